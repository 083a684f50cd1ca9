import type { ReactElement } from "react";
import type { CriterionMetrics, JudgedRow, JudgementDocument } from "../../../api/judge-documents.js";
import { formatNumber } from "../../../format/numbers.js";
import { formatInterval, formatScore } from "../../../format/scores.js";
import { levelCounts } from "./judge-data.js";

type Criterion = JudgementDocument["judge"]["criteria"][number];

const RATE = { name: "pass", isRate: true };

/** The grades by one criterion: their mean, how many answers pass, and how they spread over the levels. */
export function CriterionCard({
  criterion,
  metrics,
  rows,
}: {
  criterion: Criterion;
  metrics: CriterionMetrics;
  rows: readonly JudgedRow[];
}): ReactElement {
  const levels = Object.keys(criterion.levels).sort((a, b) => Number(b) - Number(a));
  const counts = levelCounts(criterion.name, levels, metrics, rows);
  const most = Math.max(1e-9, ...counts.map((one) => one.rows));
  return (
    <section className="card" aria-label={criterion.title}>
      <h2 dir="auto">{criterion.title}</h2>
      <Mean name={criterion.name} metrics={metrics} />
      <dl className="bars">
        {counts.map(({ level, rows: number }) => (
          <div key={level}>
            <dt dir="auto" title={criterion.levels[level]}>
              {level} <small>{criterion.levels[level]?.split(" - ")[0]}</small>
            </dt>
            <dd>
              <span className="meter">
                <span style={{ width: `${(100 * number) / most}%` }} />
              </span>
              {formatNumber(Math.round(10 * number) / 10)}
            </dd>
          </div>
        ))}
      </dl>
      <p className="soft">
        {metrics.distribution ? "Rows expected on each level, by the judge's probabilities" : "Rows on each level, scores rounded"}
        {metrics.unscored > 0 && `; ${formatNumber(metrics.unscored)} unscored`}
      </p>
      {metrics.pass && <Pass pass={metrics.pass} />}
    </section>
  );
}

/** All criteria together. */
export function OverallCard({ metrics }: { metrics: CriterionMetrics }): ReactElement {
  return (
    <section className="card" aria-label="Overall">
      <h2>Overall</h2>
      <Mean name="overall" metrics={metrics} />
      <p className="soft">The criteria together, by their weights</p>
    </section>
  );
}

function Mean({ name, metrics }: { name: string; metrics: CriterionMetrics }): ReactElement {
  const format = { name, isRate: false };
  const { mean, median, p90, n } = metrics;
  return (
    <p className="figure" title={String(mean)}>
      <strong>{formatScore(format, mean)}</strong> {formatInterval(format, metrics)}{" "}
      <small className="soft">
        n = {formatNumber(n)}
        {median !== null && `; median ${formatScore(format, median)}`}
        {p90 !== null && `; 90 % up to ${formatScore(format, p90)}`}
      </small>
    </p>
  );
}

function Pass({ pass: { at, rate, corrected } }: { pass: NonNullable<CriterionMetrics["pass"]> }): ReactElement {
  return (
    <p>
      {formatScore(RATE, rate)} pass at {at} or more
      {corrected && (
        <>
          ; without the judge&apos;s known errors {formatScore(RATE, corrected.rate)} <small>{formatInterval(RATE, corrected)}</small>
        </>
      )}
    </p>
  );
}
