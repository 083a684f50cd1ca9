import type { ReactElement } from "react";

const TONES = new Map([
  ...["better", "holds", "met"].map((verdict) => [verdict, "good"] as const),
  ...["worse", "fooled", "not met", "too much failed"].map((verdict) => [verdict, "bad"] as const),
]);

/** A verdict as a word with a mark; what cannot be told looks like neither good nor bad. */
export function Verdict({ verdict }: { verdict: string }): ReactElement {
  return (
    <span className="study-verdict" data-tone={TONES.get(verdict) ?? "open"}>
      {verdict}
    </span>
  );
}
