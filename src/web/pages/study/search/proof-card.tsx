import type { ReactElement } from "react";
import type { OptimizationDocument, ProofDocument } from "../../../api/search-document.js";
import { formatNumber } from "../../../format/numbers.js";
import { formatDifference, formatInterval, formatP, formatScore } from "../../../format/scores.js";
import { Verdict } from "../verdict.js";
import { PageLink } from "../../../parts/page-link.js";
import { formatOf } from "./search-options.js";

type Objectives = OptimizationDocument["objectives"];

/** The proof on rows that the search never saw: every candidate beside the default. */
export function ProofCard({ proof, objectives }: { proof: ProofDocument; objectives: Objectives }): ReactElement {
  return (
    <section className="card" aria-label="Proof">
      <div className="card-head">
        <h2>Proof</h2>
        <small className="soft">
          on {formatNumber(proof.samples)} rows that the search never saw; differences to the default, sample by sample
        </small>
      </div>
      {proof.status !== "finished" && <p className="flat">The proof is not complete, so it claims nothing yet.</p>}
      <div className="scroll-x" tabIndex={0} role="region" aria-label="Table of the proof">
        <table className="plain study-table">
          <thead>
            <tr>
              <th scope="col">Setting</th>
              {objectives.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
              {objectives.map(({ name }) => (
                <th key={name} scope="col">
                  Against the default
                  {objectives.length > 1 && `, ${name}`}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {proof.settings.map((setting, i) => (
              <ProofLine key={i} {...{ setting, objectives }} isWinner={isSame(setting.params, proof.winner)} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

interface LineProps {
  setting: ProofDocument["settings"][number];
  objectives: Objectives;
  isWinner: boolean;
}

function ProofLine({ setting: { name, role, metrics, comparisons, broken, run_id }, objectives, isWinner }: LineProps): ReactElement {
  return (
    <tr data-best={isWinner || undefined}>
      <th scope="row">
        <span className="setting-name" dir="auto" title={name.slice(0, 500)}>
          {run_id === null ? name : <PageLink href={`/runs/${run_id}`}>{name}</PageLink>}
        </span>
        {role !== name && <span className="chip">{role}</span>}
        {isWinner && <span className="chip chip-good">proven</span>}
        {broken.length > 0 && <small className="size bad">breaks {broken.map(({ condition }) => condition).join(", ")}</small>}
      </th>
      {objectives.map((objective) => {
        const format = formatOf(objective);
        const score = metrics[objective.name];
        return (
          <td key={objective.name}>
            {score ? formatScore(format, score.mean) : "–"} <small>{score && formatInterval(format, score)}</small>
            {score && <small className="size">n = {formatNumber(score.n)}</small>}
          </td>
        );
      })}
      {objectives.map((objective) => {
        const format = formatOf(objective);
        const compared = comparisons[objective.name];
        if (!compared) return <td key={objective.name}>–</td>;
        return (
          <td key={objective.name}>
            <Verdict verdict={compared.verdict} /> {formatDifference(format, compared.difference)}{" "}
            <small>{formatInterval(format, compared)}</small>
            <small className="size">
              p {compared.p_value !== null && compared.p_value < 0.001 ? formatP(compared.p_value) : `= ${formatP(compared.p_value)}`}
            </small>
          </td>
        );
      })}
    </tr>
  );
}

function isSame(params: object, winner: object | null): boolean {
  return winner !== null && JSON.stringify(params) === JSON.stringify(winner);
}
