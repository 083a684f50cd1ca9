import { useState, type ReactElement } from "react";
import { Link } from "wouter";
import { compareNames } from "../../../lib/base/pages/texts.js";
import type { RunRow } from "../../api/documents.js";
import type { Run } from "../../api/runs.js";
import { formatMetric, formatNumber } from "../../format/numbers.js";
import { intervalOf, isIntervalEnd } from "../runs/columns.js";

const MANY = 12;

/** A run's metrics: the last value with its interval, and the least and greatest of those with more than one point. */
export function MetricTable({ run, row }: { run: Run; row: RunRow | undefined }): ReactElement {
  const [words, setWords] = useState("");
  const metrics = run.data.metrics ?? [];
  const keys = new Set(metrics.map(({ key }) => key));
  const shown = metrics
    .filter(({ key }) => !isIntervalEnd(key, keys) && key.toLowerCase().includes(words.toLowerCase()))
    .sort((a, b) => compareNames(a.key, b.key));
  const hasCurves = Object.values(row?.metrics ?? {}).some(({ points }) => points > 1);
  return (
    <section className="card" aria-label="Metrics">
      <div className="card-head">
        <h2>Metrics</h2>
        {metrics.length > 0 && <span className="count">{formatNumber(shown.length)}</span>}
        {metrics.length > MANY && (
          <input
            type="search"
            aria-label="Find in Metrics"
            placeholder="Find…"
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
        )}
        {hasCurves && (
          <Link className="card-link" href={`/runs/${run.info.run_id}?tab=curves`}>
            Curves
          </Link>
        )}
      </div>
      {metrics.length === 0 ? (
        <p className="soft">No metrics</p>
      ) : (
        <div className="scroll-x">
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">Metric</th>
                <th scope="col">Last</th>
                {hasCurves && (
                  <>
                    <th scope="col">Min</th>
                    <th scope="col">Max</th>
                    <th scope="col">Points</th>
                  </>
                )}
              </tr>
            </thead>
            <tbody>
              {shown.map(({ key, value }) => (
                <MetricLine key={key} name={key} value={value} row={row} hasCurves={hasCurves} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

interface LineProps {
  name: string;
  value: number | string;
  row: RunRow | undefined;
  hasCurves: boolean;
}

function MetricLine({ name, value, row, hasCurves }: LineProps): ReactElement {
  const summary = row?.metrics[name];
  const interval = row && intervalOf(row.metrics, name);
  const number = (each: number | string) => <span title={String(each)}>{formatMetric(name, each)}</span>;
  return (
    <tr>
      <th scope="row" dir="auto">
        {name}
      </th>
      <td>
        {number(value)}
        {interval && <small> [{interval.map((end) => formatMetric(name, end)).join(", ")}]</small>}
      </td>
      {hasCurves && (
        <>
          <td>{summary && summary.points > 1 && number(summary.min)}</td>
          <td>{summary && summary.points > 1 && number(summary.max)}</td>
          <td>{summary && formatNumber(summary.points)}</td>
        </>
      )}
    </tr>
  );
}
