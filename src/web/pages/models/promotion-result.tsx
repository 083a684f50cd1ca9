import type { ReactElement } from "react";
import type { PromotionAnswer, Requirement } from "../../api/registry.js";

const SIGNS: Record<Requirement["state"], string> = { met: "✓", "not met": "✗", "cannot tell": "?", "too much failed": "✗" };

/** What became of each condition, with what was seen. */
export function PromotionResult({ answer: { promoted, requirements, version } }: { answer: PromotionAnswer }): ReactElement {
  const isMet = requirements.every(({ state }) => state === "met");
  const says = promoted
    ? `Version ${version.version} is promoted.`
    : isMet
      ? "All conditions are met; nothing was moved yet."
      : "Not promoted: not all conditions are met. Nothing was moved.";
  return (
    <div className="promotion" role="status">
      <strong className={isMet ? "good" : "bad"}>{says}</strong>
      <ul>
        {requirements.map(({ requirement, state, evidence, hint }) => (
          <li key={requirement} data-state={state}>
            <span className="sign" aria-hidden="true">
              {SIGNS[state]}
            </span>
            <div>
              <strong dir="auto">{requirement}</strong>: {state}
              <p dir="auto">{evidence}</p>
              {hint !== null && (
                <p className="soft" dir="auto">
                  {hint}
                </p>
              )}
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}
