import type { ReactElement } from "react";
import type { Comparison, SweepDocument } from "../../../api/sweep-document.js";
import { formatNumber } from "../../../format/numbers.js";
import { formatDifference, formatInterval, formatP } from "../../../format/scores.js";
import { DifferenceBar } from "../difference-bar.js";
import { Verdict } from "../verdict.js";
import { PageLink } from "../../../parts/page-link.js";
import type { ScoreKind, StudySetting } from "./study-settings.js";

interface Props {
  document: SweepDocument;
  settings: readonly StudySetting[];
  score: ScoreKind;
}

type Compared = StudySetting & { comparison: Comparison };

/** The verdict on every setting beside the reference, sample by sample, the worst first. */
export function Comparisons({ document: { comparisons, study }, settings, score }: Props): ReactElement | null {
  const compared = worstFirst(settings, score);
  if (compared.length === 0) return null;
  const reference = settings.find(({ isReference }) => isReference);
  const isCorrected = comparisons.pairs > 1 && comparisons.correction !== "none";
  const reach = Math.max(
    ...compared.flatMap(({ comparison: { difference, low, high } }) => [difference, low ?? 0, high ?? 0].map(Math.abs)),
  );
  return (
    <section className="card" aria-label="Verdicts">
      <div className="card-head">
        <h2>Verdicts</h2>
        <span className="count">{formatNumber(compared.length)}</span>
      </div>
      <p className="soft" dir="auto">
        {score.name} against {reference?.name.slice(0, 200) ?? "the best"}, sample by sample
        {isCorrected &&
          `; p values and intervals are corrected for all ${formatNumber(comparisons.pairs)} pairs (${comparisons.correction})`}
        {comparisons.told === "with the reference" &&
          `; of more than ${formatNumber(comparisons.most_settings ?? 0)} settings no other pairs are told`}
        {study.min_effect > 0 && `; differences below ${formatDifference(score, study.min_effect)} do not matter`}
      </p>
      <div className="scroll-x" tabIndex={0} role="region" aria-label="Table of verdicts">
        <table className="plain study-table">
          <thead>
            <tr>
              {["Setting", "Verdict", "Difference", "", "p", "Samples"].map((name, i) => (
                <th key={i} scope="col" className={name === "Verdict" ? "left" : undefined}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {compared.map((setting, i) => (
              <ComparisonLine key={setting.runId ?? i} {...{ setting, score, reach }} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function ComparisonLine({ setting, score, reach }: { setting: Compared; score: ScoreKind; reach: number }): ReactElement {
  const { name, runId, comparison } = setting;
  const { difference, p_value, samples, further_samples: further, verdict } = comparison;
  return (
    <tr>
      <th scope="row">
        <span className="setting-name" dir="auto" title={name.slice(0, 500)}>
          {runId === null ? name : <PageLink href={`/runs/${runId}`}>{name}</PageLink>}
        </span>
      </th>
      <td className="left">
        <Verdict verdict={verdict} />
      </td>
      <td title={`${difference}; confidence ${formatNumber(100 * comparison.confidence)} %`}>
        {formatDifference(score, difference)} <small>{formatInterval(score, comparison)}</small>
      </td>
      <td>
        <DifferenceBar {...comparison} reach={reach} />
      </td>
      <td>{formatP(p_value)}</td>
      <td>
        {formatNumber(samples)}
        {verdict === "cannot tell" && further !== null && <small className="size">about {formatNumber(further)} more would tell</small>}
      </td>
    </tr>
  );
}

/** Settings with a comparison, the worst difference first: where less is better that is the greatest. */
export function worstFirst(settings: readonly StudySetting[], { direction }: Pick<ScoreKind, "direction">): Compared[] {
  const sign = direction === "min" ? -1 : 1;
  const compared = settings.filter((setting): setting is Compared => setting.comparison !== null);
  return compared.sort((a, b) => sign * (a.comparison.difference - b.comparison.difference));
}
