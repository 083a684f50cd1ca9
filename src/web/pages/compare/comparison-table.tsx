import { useMemo, useState, type ReactElement } from "react";
import type { RunRow } from "../../api/documents.js";
import type { Direction } from "../../api/study-parts.js";
import { formatMetric, formatNumber } from "../../format/numbers.js";
import { formatDuration, formatTime } from "../../format/times.js";
import { PageLink } from "../../parts/page-link.js";
import { Status } from "../../parts/status.js";
import { useUrlState } from "../../parts/use-url-state.js";
import { intervalOf } from "../runs/columns.js";
import { comparedMetrics, comparedParams, standings, type ComparedRow, type Standing } from "./comparison-data.js";

interface Props {
  runs: readonly RunRow[];
  baseline: string;
  directions: Readonly<Record<string, Direction>>;
}

const MEANINGS: Record<Standing, string> = {
  best: "the best: its interval is apart from all others",
  tied: "among the best: intervals do not tell them apart",
  first: "the best value; nothing proves that it is better, for intervals are missing",
};
const SIGNS: Record<Standing, string> = { best: "★", tied: "≈", first: "☆" };

/** The runs as columns: parameters, then metrics, those that differ first. */
export function ComparisonTable({ runs, baseline, directions }: Props): ReactElement {
  const [all, setAll] = useUrlState("all", "");
  const [words, setWords] = useState("");
  const params = useMemo(() => comparedParams(runs), [runs]);
  const metrics = useMemo(() => comparedMetrics(runs), [runs]);
  const has = ({ key, isDiffering }: ComparedRow) =>
    (isDiffering || all !== "" || runs.length < 2) && key.toLowerCase().includes(words.toLowerCase());
  const hidden = [...params, ...metrics].filter(({ isDiffering }) => !isDiffering).length;
  return (
    <section className="card" aria-label="Values">
      <div className="card-head">
        <h2>Values</h2>
        <div className="tools">
          <input
            type="search"
            aria-label="Find a parameter or metric"
            placeholder="Find…"
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
          <label>
            <input type="checkbox" checked={all !== ""} onChange={(event) => setAll(event.target.checked ? "1" : "")} />
            Also what is the same ({formatNumber(hidden)})
          </label>
        </div>
      </div>
      <div className="scroll-x compare-rows" tabIndex={0} role="region" aria-label="Values of the runs">
        <table className="plain">
          <Head runs={runs} baseline={baseline} />
          <Params runs={runs} rows={params.filter(has)} />
          <Metrics runs={runs} rows={metrics.filter(has)} directions={directions} />
        </table>
      </div>
      <p className="soft legend">
        {Object.entries(SIGNS).map(([standing, sign]) => (
          <span key={standing}>
            {sign} {MEANINGS[standing as Standing]}
          </span>
        ))}
      </p>
    </section>
  );
}

function Head({ runs, baseline }: Pick<Props, "runs" | "baseline">): ReactElement {
  return (
    <thead>
      <tr>
        <th scope="col">Run</th>
        {runs.map(({ run_id, run_name, status, start_time, end_time }) => (
          <th key={run_id} scope="col">
            <PageLink href={`/runs/${run_id}`} dir="auto" title={run_name}>
              {run_name === "" ? run_id : run_name}
            </PageLink>
            <span className="column-note">
              {run_id === baseline && <em>baseline</em>}
              {start_time !== null && (
                <>
                  <Status status={status} />
                  <time title={formatTime(start_time)}>
                    {end_time === null ? formatTime(start_time).slice(0, 10) : formatDuration(end_time - start_time)}
                  </time>
                </>
              )}
            </span>
          </th>
        ))}
      </tr>
    </thead>
  );
}

function Params({ runs, rows }: { runs: readonly RunRow[]; rows: readonly ComparedRow[] }): ReactElement {
  return (
    <tbody>
      <tr className="group-line">
        <th scope="rowgroup">Parameters</th>
        <td colSpan={runs.length}>{rows.length === 0 && "none that differ"}</td>
      </tr>
      {rows.map(({ key, isDiffering }) => (
        <tr key={key} className={isDiffering ? undefined : "same"}>
          <th scope="row" dir="auto" title={key}>
            {key}
          </th>
          {runs.map(({ run_id, params }) => (
            <td key={run_id} dir="auto" title={params[key]}>
              {params[key] === undefined ? <span className="soft">–</span> : params[key].slice(0, 300)}
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}

function Metrics({ runs, rows, directions }: Pick<Props, "runs" | "directions"> & { rows: readonly ComparedRow[] }): ReactElement {
  return (
    <tbody>
      <tr className="group-line">
        <th scope="rowgroup">Metrics</th>
        <td colSpan={runs.length}>{rows.length === 0 && "none that differ"}</td>
      </tr>
      {rows.map(({ key, isDiffering }) => {
        const standing = standings(runs, key, Object.hasOwn(directions, key) ? directions[key] : undefined);
        return (
          <tr key={key} className={isDiffering ? undefined : "same"}>
            <th scope="row" dir="auto" title={key}>
              {key}
            </th>
            {runs.map((run) => (
              <MetricCell key={run.run_id} run={run} name={key} standing={standing.get(run.run_id)} />
            ))}
          </tr>
        );
      })}
    </tbody>
  );
}

function MetricCell({ run: { metrics }, name, standing }: { run: RunRow; name: string; standing: Standing | undefined }): ReactElement {
  const value = metrics[name]?.last;
  const interval = intervalOf(metrics, name);
  if (value === undefined) return <td className="soft">–</td>;
  return (
    <td data-standing={standing} title={standing && MEANINGS[standing]}>
      {standing && <span className="standing">{SIGNS[standing]}</span>} {formatMetric(name, value)}
      {interval && <small>[{interval.map((end) => formatMetric(name, end)).join(", ")}]</small>}
    </td>
  );
}
