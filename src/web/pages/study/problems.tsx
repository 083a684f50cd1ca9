import type { ReactElement } from "react";
import type { CheckDocument, ReasonCount } from "../../api/study-parts.js";
import { count } from "../../format/numbers.js";
import { Verdict } from "./verdict.js";

/** Why cells have no score, and what the result had to hold. */
export function Problems({ errors, checks }: { errors: readonly ReasonCount[]; checks: readonly CheckDocument[] }): ReactElement | null {
  if (errors.length + checks.length === 0) return null;
  return (
    <div className="columns">
      {checks.length > 0 && (
        <section className="card" aria-label="Conditions">
          <h2>Conditions</h2>
          <ul className="list">
            {checks.map(({ name, state, evidence }) => (
              <li key={name}>
                <div className="item-line">
                  <strong dir="auto">{name}</strong>
                  <span className="item-end">
                    <Verdict verdict={state} />
                  </span>
                </div>
                <p className="item-note" dir="auto">
                  {evidence}
                </p>
              </li>
            ))}
          </ul>
        </section>
      )}
      {errors.length > 0 && (
        <section className="card" aria-label="Errors">
          <h2>Errors</h2>
          <ul className="list">
            {errors.map(({ code, message, cells }) => (
              <li key={`${code} ${message}`}>
                <div className="item-line">
                  <strong>{code}</strong>
                  <span className="item-end">{count(cells, "cell")}</span>
                </div>
                <p className="item-note" dir="auto">
                  {message.slice(0, 2000)}
                </p>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
