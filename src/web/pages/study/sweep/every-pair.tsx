import { useState, type ReactElement } from "react";
import type { PairDocument } from "../../../api/sweep-document.js";
import { count, formatNumber } from "../../../format/numbers.js";
import type { ScoreKind, StudySetting } from "./study-settings.js";
import { reachOf, SettingName, VerdictRow, VerdictTable } from "./verdict-table.js";

/** Pairs that are shown at once. */
const AT_FIRST = 10;

interface Props {
  /** The worst first. */
  pairs: readonly PairDocument[];
  settings: readonly StudySetting[];
  score: ScoreKind;
}

/** The verdict on every setting beside every other, where there are more than two. */
export function EveryPair({ pairs, settings, score }: Props): ReactElement | null {
  const [isWhole, setWhole] = useState(false);
  if (pairs.length < 2) return null;
  const reach = reachOf(pairs);
  const told = pairs.filter(({ verdict }) => verdict !== "cannot tell").length;
  return (
    <section className="card" aria-label="Every pair">
      <div className="card-head">
        <h2>Every pair</h2>
        <span className="count">{formatNumber(pairs.length)}</span>
      </div>
      <p className="soft">
        {formatNumber(told)} of {count(pairs.length, "pair")} can be told apart; the worst difference comes first
      </p>
      <VerdictTable label="Table of every pair" heads={["Pair", "Verdict on the first"]}>
        {(isWhole ? pairs : pairs.slice(0, AT_FIRST)).map((pair) => (
          <VerdictRow
            key={`${pair.first} ${pair.second}`}
            name={<PairName first={settings[pair.first]} second={settings[pair.second]} />}
            compared={pair}
            {...{ score, reach }}
          />
        ))}
      </VerdictTable>
      {pairs.length > AT_FIRST && !isWhole && (
        <button type="button" className="link" onClick={() => setWhole(true)}>
          {count(pairs.length - AT_FIRST, "more pair")}
        </button>
      )}
    </section>
  );
}

function PairName({ first, second }: Record<"first" | "second", StudySetting | undefined>): ReactElement {
  return (
    <>
      <SettingName name={second?.name ?? ""} /> <small className="soft">against</small> <SettingName name={first?.name ?? ""} />
    </>
  );
}
