import type { ReactElement } from "react";
import type { PairDocument, PairwiseRow } from "../../../api/judge-documents.js";
import { ConfusionMatrix } from "./confusion-matrix.js";
import { orderCounts, VERDICTS } from "./judge-data.js";

const MOST = 12;
const NAMES = ["first won", "tie", "second won"];

/** Of each pair, what the judge said in one order against what it said in the other. */
export function OrderTables({ pairs, rows }: { pairs: readonly PairDocument[]; rows: readonly PairwiseRow[] }): ReactElement {
  return (
    <>
      {pairs.slice(0, MOST).map(({ first, second }) => {
        const counts = orderCounts(rows.filter((row) => row.first === first && row.second === second));
        return (
          <section key={`${first}\n${second}`} className="card" aria-label="Both orders">
            <h2 dir="auto" className="pair-name">
              {first} <small className="soft">against</small> {second}
            </h2>
            <ConfusionMatrix
              confusion={VERDICTS.map((one) => VERDICTS.map((two) => counts[one][two]))}
              names={NAMES}
              rows="First shown first"
              columns="Second shown first"
            />
          </section>
        );
      })}
    </>
  );
}
