import { useState, type ReactElement } from "react";
import type { PairwiseRow } from "../../../api/judge-documents.js";
import { count, formatNumber } from "../../../format/numbers.js";
import { isFlip } from "./judge-data.js";

const STEP = 30;

/** The samples with what was said in each order. */
export function PairwiseRows({ rows }: { rows: readonly PairwiseRow[] }): ReactElement {
  const [most, setMost] = useState(STEP);
  const [isFlips, setFlips] = useState(false);
  const flips = rows.filter(isFlip);
  const found = isFlips ? flips : rows;
  return (
    <section className="card" aria-label="Samples">
      <div className="card-head">
        <h2>Samples</h2>
        <span className="count">{formatNumber(found.length)}</span>
        {flips.length > 0 && (
          <label className="card-link check">
            <input type="checkbox" checked={isFlips} onChange={(event) => setFlips(event.target.checked)} />
            Only where the orders disagree ({formatNumber(flips.length)})
          </label>
        )}
      </div>
      <div className="scroll-x" tabIndex={0} role="region" aria-label="Table of samples">
        <table className="plain study-table texts">
          <thead>
            <tr>
              {["Sample", "First", "Second", "First shown first", "Second shown first", "Together"].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {found.slice(0, most).map((row) => (
              <tr key={`${row.id}\n${row.first}\n${row.second}`}>
                <th scope="row" dir="auto">
                  <span className="setting-name">{row.id}</span>
                </th>
                {[row.first, row.second].map((name, i) => (
                  <td key={i}>
                    <span className="setting-name" dir="auto">
                      {name}
                    </span>
                  </td>
                ))}
                {[0, 1].map((order) => (
                  <td key={order}>{row.verdicts[order] ?? "–"}</td>
                ))}
                <td title={row.problem?.slice(0, 500)}>{row.winner ?? row.state}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {found.length > most && (
        <button type="button" className="link" onClick={() => setMost(most + 10 * STEP)}>
          {count(found.length - most, "more sample")}
        </button>
      )}
    </section>
  );
}
