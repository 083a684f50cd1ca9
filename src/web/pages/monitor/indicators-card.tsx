import type { ReactElement } from "react";
import type { Indicator } from "../../api/monitors.js";
import { formatIn } from "../../format/units.js";
import { unitOf } from "./panels.js";

const SIGNS: Record<Indicator["state"], { sign: string; word: string }> = {
  passed: { sign: "✓", word: "met" },
  failed: { sign: "✗", word: "missed" },
  "no data": { sign: "?", word: "not known" },
};

/** Indicators with their values. */
export function IndicatorsCard({ indicators }: { indicators: readonly Indicator[] }): ReactElement {
  return (
    <section className="card" aria-labelledby="indicators">
      <h2 id="indicators">Indicators</h2>
      {indicators.length === 0 && (
        <p className="soft">
          None. The monitor takes them with <code>--kpis default</code>, or <code>--kpis &apos;error_rate&lt;1%&apos;</code>.
        </p>
      )}
      <ul className="indicators">
        {indicators.map(({ kpi, metric, value, state }) => (
          <li key={kpi} data-state={state}>
            <span className="sign" role="img" aria-label={SIGNS[state]?.word ?? state}>
              {SIGNS[state]?.sign ?? "?"}
            </span>
            <span dir="auto">{kpi}</span>
            <strong>{formatIn(unitOf(metric), value)}</strong>
          </li>
        ))}
      </ul>
    </section>
  );
}
