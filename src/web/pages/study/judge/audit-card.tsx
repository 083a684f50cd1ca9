import type { ReactElement } from "react";
import type { AuditSummary } from "../../../api/judge-documents.js";
import { formatNumber } from "../../../format/numbers.js";
import { formatDifference, formatInterval, formatP, formatScore } from "../../../format/scores.js";
import { useUrlState } from "../../../parts/use-url-state.js";
import { Verdict } from "../verdict.js";

const SCORE = { name: "score", isRate: false };
const RATE = { name: "share", isRate: true };
const ORDER = ["fooled", "cannot tell", "holds"];

/** What the judge is fooled by: how planted changes move its scores. */
export function AuditCard({ audit }: { audit: AuditSummary }): ReactElement {
  const [isWhole, setWhole] = useUrlState("audit", "");
  const all = audit.shifts.filter(({ base }) => base === "all");
  const sorted = [...all].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) || (b.shift ?? 0) - (a.shift ?? 0));
  const shown = isWhole === "" ? sorted.slice(0, 10) : sorted;
  return (
    <section className="card" aria-label="Audit">
      <div className="card-head">
        <h2>Audit</h2>
        <small className="soft">
          changes that must not raise a score, planted in right and wrong answers; {audit.created.slice(0, 10)}
        </small>
      </div>
      {Object.entries(audit.discrimination).map(([criterion, estimate]) => (
        <p key={criterion} dir="auto">
          {criterion}: the right answer scores higher in {formatScore(RATE, estimate.mean)} <small>{formatInterval(RATE, estimate)}</small>{" "}
          <small className="soft">n = {formatNumber(estimate.n)}</small>
        </p>
      ))}
      <div className="scroll-x" tabIndex={0} role="region" aria-label="Table of the audit">
        <table className="plain study-table">
          <thead>
            <tr>
              {["Change", "Criterion", "Verdict", "Shift of the score", "p", "Answers"].map((name) => (
                <th key={name} scope="col" className={name === "Verdict" || name === "Criterion" ? "left" : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ perturbation, criterion, verdict, shift, low, high, p_value, n }) => (
              <tr key={`${perturbation} ${criterion}`}>
                <th scope="row" dir="auto">
                  {perturbation}
                </th>
                <td className="left">{criterion}</td>
                <td className="left">
                  <Verdict verdict={verdict} />
                </td>
                <td>
                  {formatDifference(SCORE, shift)} <small>{formatInterval(SCORE, { low, high })}</small>
                </td>
                <td>{formatP(p_value)}</td>
                <td>{formatNumber(n)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {sorted.length > shown.length && (
        <button type="button" className="link" onClick={() => setWhole("all")}>
          {formatNumber(sorted.length - shown.length)} more
        </button>
      )}
    </section>
  );
}
