import type { ReactElement } from "react";
import type { BurnWindow, Objective } from "../../api/monitors.js";
import { formatNumber } from "../../format/numbers.js";
import { formatWindow } from "../../format/times.js";
import { formatIn } from "../../format/units.js";

/** Objectives with what is left of their error budgets, and how fast that goes. */
export function ObjectivesCard({ objectives }: { objectives: readonly Objective[] }): ReactElement {
  return (
    <section className="card" aria-labelledby="objectives">
      <h2 id="objectives">Objectives</h2>
      {objectives.length === 0 && (
        <p className="soft">
          None. The monitor takes them with <code>--slo &apos;ttft&lt;500ms@99%/28d&apos;</code>.
        </p>
      )}
      <ul className="list">
        {objectives.map((objective) => (
          <ObjectiveItem key={objective.slo} objective={objective} />
        ))}
      </ul>
    </section>
  );
}

function ObjectiveItem({
  objective: { slo, attained, requests, met, error_budget_left, burn, window_ms, share },
}: {
  objective: Objective;
}): ReactElement {
  const left = error_budget_left;
  const percent = left === null ? 0 : Math.min(100, Math.max(0, left * 100));
  return (
    <li>
      <div className="item-line">
        <strong dir="auto">{slo}</strong>
        <span className="item-end" data-met={met ?? undefined}>
          {attained === null ? "no requests yet" : met ? "met" : "missed"}
        </span>
      </div>
      <div
        className="meter budget"
        role="meter"
        aria-label={`Error budget left of ${slo}`}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(percent)}
        data-tone={left === null ? "none" : left <= 0 ? "bad" : left < 0.25 ? "warn" : "good"}
      >
        <span style={{ width: `${percent}%` }} />
      </div>
      <p className="item-note">{describeBudget(left)}</p>
      {attained !== null && (
        <p className="item-note">
          {formatIn("ratio", attained)} of {formatNumber(Math.round(requests))} requests, of {formatIn("ratio", share)} wanted over{" "}
          {formatWindow(window_ms)}
        </p>
      )}
      <p className="item-note burn">{burn.map((window) => describeBurn(window))}</p>
    </li>
  );
}

function describeBudget(left: number | null): string {
  if (left === null) return "The error budget is whole: nothing was counted.";
  if (left < -1) return `The error budget was used ${formatNumber(Number((1 - left).toPrecision(2)))} times over`;
  if (left < 0) return `The error budget is overdrawn by ${formatIn("ratio", -left)}`;
  return `${formatIn("ratio", left)} of the error budget left`;
}

function describeBurn({ factor, long_ms, long_rate, exceeded }: BurnWindow): ReactElement {
  const rate = long_rate === null ? "–" : `${formatNumber(Number(long_rate.toPrecision(2)))}×`;
  return (
    <span key={factor} className={exceeded ? "chip chip-bad" : "chip"} title={`Alerts above ${factor} times the sustainable rate`}>
      burns {rate} in {formatWindow(long_ms)}
      {exceeded && ` (over ${factor}×)`}
    </span>
  );
}
