import { useState, type ReactElement } from "react";
import type { OptimizationDocument, TrialDocument } from "../../../api/search-document.js";
import { count, formatNumber } from "../../../format/numbers.js";
import { formatScore } from "../../../format/scores.js";
import { PageLink } from "../../../parts/page-link.js";
import { useUrlState } from "../../../parts/use-url-state.js";
import { NameSelect } from "../name-select.js";
import { formatOf } from "./search-options.js";

const AT_FIRST = 50;
const ORDERS = ["newest first", "best first", "first tried first"] as const;

/** All trials; each leads to its run. */
export function TrialsTable({ document }: { document: OptimizationDocument }): ReactElement {
  const { trials, space, objectives, best } = document;
  const [order, setOrder] = useUrlState("order", "best first");
  const [isWhole, setWhole] = useState(false);
  const sorted = sortTrials(trials, order, objectives[0]?.direction ?? "max");
  return (
    <section className="card" aria-label="Trials">
      <div className="card-head">
        <h2>Trials</h2>
        <span className="count">{formatNumber(trials.length)}</span>
        <span className="card-link held">
          <NameSelect label="Order" names={ORDERS} value={order} choose={setOrder} />
        </span>
      </div>
      <div className="scroll-x" tabIndex={0} role="region" aria-label="Table of trials">
        <table className="plain study-table">
          <thead>
            <tr>
              <th scope="col">Trial</th>
              {space.map(({ name }) => (
                <th key={name} scope="col" dir="auto">
                  {name.slice(0, 100)}
                </th>
              ))}
              {objectives.map(({ name }) => (
                <th key={name} scope="col" dir="auto">
                  {name.slice(0, 100)}
                </th>
              ))}
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {(isWhole ? sorted : sorted.slice(0, AT_FIRST)).map((trial) => (
              <TrialLine key={trial.trial} {...{ trial, document }} isBest={trial.trial === best?.trial} />
            ))}
          </tbody>
        </table>
      </div>
      {sorted.length > AT_FIRST && !isWhole && (
        <button type="button" className="link" onClick={() => setWhole(true)}>
          {count(sorted.length - AT_FIRST, "more trial")}
        </button>
      )}
    </section>
  );
}

interface LineProps {
  trial: TrialDocument;
  document: OptimizationDocument;
  isBest: boolean;
}

function TrialLine({ trial, document: { space, objectives }, isBest }: LineProps): ReactElement {
  const { run_id, params, state, problem, feasible } = trial;
  const name = `Trial ${trial.trial + 1}`;
  return (
    <tr data-best={isBest || undefined}>
      <th scope="row">
        {run_id === null ? name : <PageLink href={`/runs/${run_id}`}>{name}</PageLink>}
        {isBest && <span className="chip chip-good">best</span>}
      </th>
      {space.map((dimension) => (
        <td key={dimension.name} className="param-cell" dir="auto">
          {String(params[dimension.name] ?? "–").slice(0, 200)}
        </td>
      ))}
      {objectives.map((objective, i) => {
        const value = trial.values ? (trial.values[i] ?? null) : trial.value;
        const format = formatOf(objective);
        const error = i === 0 ? trial.se : null;
        return (
          <td key={objective.name}>
            {formatScore(format, value)}
            {error !== null && value !== null && (
              <small> ± {format.isRate ? formatNumber(Math.round(1000 * error) / 10) : formatScore(format, error)}</small>
            )}
          </td>
        );
      })}
      <td title={problem?.slice(0, 500)}>
        {state}
        {feasible === false && <small className="size bad">breaks a constraint</small>}
      </td>
    </tr>
  );
}

function sortTrials(trials: readonly TrialDocument[], order: string, direction: "max" | "min"): TrialDocument[] {
  if (order === "first tried first") return [...trials];
  if (order === "newest first") return [...trials].reverse();
  const worst = direction === "max" ? -Infinity : Infinity;
  const sign = direction === "max" ? -1 : 1;
  return [...trials].sort((a, b) => sign * ((a.value ?? worst) - (b.value ?? worst)) || a.trial - b.trial);
}
