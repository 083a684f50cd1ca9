import type { ReactElement } from "react";
import type { PairwiseDocument } from "../../../api/judge-documents.js";
import { count, formatNumber } from "../../../format/numbers.js";
import { formatInterval, formatP, formatScore } from "../../../format/scores.js";
import { Empty } from "../../../parts/states.js";
import { useUrlState } from "../../../parts/use-url-state.js";
import { NameSelect } from "../name-select.js";
import { Problems } from "../problems.js";
import { Verdict } from "../verdict.js";
import { OrderTables } from "./order-tables.js";
import { PairwiseRows } from "./pairwise-rows.js";
import { RankingCard } from "./ranking-card.js";

type Comparison = PairwiseDocument["criteria"][string];

const RATE = { name: "win rate", isRate: true };

/** Which contestant the judge prefers, and whether that depends on the order in which answers were shown. */
export function PairwiseView({ document }: { document: PairwiseDocument }): ReactElement {
  const [chosen, choose] = useUrlState("criterion", "");
  const names = Object.keys(document.criteria);
  const name = names.includes(chosen) ? chosen : (names[0] ?? "");
  const compared = document.criteria[name];
  const rows = document.rows.filter(({ criterion }) => criterion === name);
  if (!compared) return <Empty title="Nothing is compared yet" />;
  return (
    <>
      {names.length > 1 && (
        <div className="tools study-tools">
          <NameSelect label="Criterion" names={names} value={name} choose={choose} />
        </div>
      )}
      <FirstPlace compared={compared} />
      <Pairs compared={compared} />
      <div className="panels">
        {compared.ranking.length > 1 && <RankingCard ranking={compared.ranking} />}
        <OrderTables pairs={compared.pairs} rows={rows} />
      </div>
      <PairwiseRows rows={rows} />
      <Problems errors={document.errors} checks={[]} />
    </>
  );
}

function FirstPlace({ compared: { first_place: place, unscored } }: { compared: Comparison }): ReactElement {
  const isFavorite = place.low !== null && place.high !== null && (place.low > 0.5 || place.high < 0.5);
  return (
    <p className={isFavorite ? "flat" : "soft"}>
      The answer shown first won {formatScore(RATE, place.mean)} {formatInterval(RATE, place)} of {count(place.n, "verdict")} that were no
      ties
      {isFavorite ? ": the judge favors a place, which both orders together make up for" : "; 50 % is a judge without a favorite place"}
      {unscored > 0 && `; ${formatNumber(unscored)} unscored`}.
    </p>
  );
}

function Pairs({ compared: { pairs } }: { compared: Comparison }): ReactElement {
  const worst = [...pairs].sort(
    (a, b) => Number(a.verdict === "cannot tell") - Number(b.verdict === "cannot tell") || a.p_value - b.p_value,
  );
  return (
    <section className="card" aria-label="Pairs">
      <h2>Pairs</h2>
      <div className="scroll-x" tabIndex={0} role="region" aria-label="Table of pairs">
        <table className="plain study-table">
          <thead>
            <tr>
              {["Pair", "Verdict on the first", "Win rate of the first", "Won, tied, lost", "Orders disagree", "p"].map((name) => (
                <th key={name} scope="col" className={name.startsWith("Verdict") ? "left" : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {worst.map(({ first, second, win_rate: rate, wins, ties, losses, flips, flip_rate: share, p_value, verdict, confidence }) => (
              <tr key={`${first}\n${second}`}>
                <th scope="row">
                  <span className="setting-name" dir="auto">
                    {first}
                  </span>{" "}
                  <small className="soft">against</small>{" "}
                  <span className="setting-name" dir="auto">
                    {second}
                  </span>
                </th>
                <td className="left">
                  <Verdict verdict={verdict} />
                </td>
                <td title={`confidence ${formatNumber(100 * confidence)} %`}>
                  {formatScore(RATE, rate.mean)} <small>{formatInterval(RATE, rate)}</small>
                  <small className="size">n = {formatNumber(rate.n)}</small>
                </td>
                <td>{[wins, ties, losses].map(formatNumber).join(", ")}</td>
                <td>
                  {formatNumber(flips)} <small>({formatScore(RATE, share)})</small>
                </td>
                <td>{formatP(p_value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="soft">
        Ties count half. Where the two orders name different winners, it is a tie. p values and intervals are corrected over all pairs.
      </p>
    </section>
  );
}
