import { useState, type ReactElement } from "react";
import type { PairDocument } from "../../../api/sweep-document.js";
import { count, formatNumber } from "../../../format/numbers.js";
import { formatDifference, formatInterval, formatP } from "../../../format/scores.js";
import { DifferenceBar } from "../difference-bar.js";
import { Verdict } from "../verdict.js";
import type { ScoreKind, StudySetting } from "./study-settings.js";

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
  const reach = Math.max(...pairs.flatMap(({ difference, low, high }) => [difference, low ?? 0, high ?? 0].map(Math.abs)));
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
      <div className="scroll-x" tabIndex={0} role="region" aria-label="Table of every pair">
        <table className="plain study-table">
          <thead>
            <tr>
              {["Pair", "Verdict on the first", "Difference", "", "p", "Samples"].map((name, i) => (
                <th key={i} scope="col" className={name.startsWith("Verdict") ? "left" : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {(isWhole ? pairs : pairs.slice(0, AT_FIRST)).map((pair) => (
              <PairLine key={`${pair.first} ${pair.second}`} {...{ pair, settings, score, reach }} />
            ))}
          </tbody>
        </table>
      </div>
      {pairs.length > AT_FIRST && !isWhole && (
        <button type="button" className="link" onClick={() => setWhole(true)}>
          {count(pairs.length - AT_FIRST, "more pair")}
        </button>
      )}
    </section>
  );
}

interface LineProps extends Omit<Props, "pairs"> {
  pair: PairDocument;
  reach: number;
}

function PairLine({ pair, settings, score, reach }: LineProps): ReactElement {
  const { first, second, difference, p_value, samples, verdict, confidence } = pair;
  return (
    <tr>
      <th scope="row">
        <Name of={settings[second]} /> <small className="soft">against</small> <Name of={settings[first]} />
      </th>
      <td className="left">
        <Verdict verdict={verdict} />
      </td>
      <td title={`${difference}; confidence ${formatNumber(100 * confidence)} %`}>
        {formatDifference(score, difference)} <small>{formatInterval(score, pair)}</small>
      </td>
      <td>
        <DifferenceBar {...pair} reach={reach} />
      </td>
      <td>{formatP(p_value)}</td>
      <td>{formatNumber(samples)}</td>
    </tr>
  );
}

function Name({ of: setting }: { of: StudySetting | undefined }): ReactElement {
  const name = setting?.name ?? "";
  return (
    <span className="setting-name" dir="auto" title={name.slice(0, 500)}>
      {name}
    </span>
  );
}
