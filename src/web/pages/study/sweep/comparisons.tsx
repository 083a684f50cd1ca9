import type { ReactElement } from "react";
import type { Comparison, SweepDocument } from "../../../api/sweep-document.js";
import { formatNumber } from "../../../format/numbers.js";
import { formatDifference } from "../../../format/scores.js";
import { PageLink } from "../../../parts/page-link.js";
import type { ScoreKind, StudySetting } from "./study-settings.js";
import { reachOf, SettingName, VerdictRow, VerdictTable } from "./verdict-table.js";

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
  const reach = reachOf(compared.map(({ comparison }) => comparison));
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
      <VerdictTable label="Table of verdicts" heads={["Setting", "Verdict"]}>
        {compared.map((setting, i) => (
          <VerdictRow
            key={setting.runId ?? i}
            name={<RunName setting={setting} />}
            compared={setting.comparison}
            note={<Further {...setting.comparison} />}
            {...{ score, reach }}
          />
        ))}
      </VerdictTable>
    </section>
  );
}

function RunName({ setting: { name, runId } }: { setting: StudySetting }): ReactElement {
  return <SettingName name={name}>{runId === null ? name : <PageLink href={`/runs/${runId}`}>{name}</PageLink>}</SettingName>;
}

function Further({ verdict, further_samples: further }: Comparison): ReactElement | null {
  if (verdict !== "cannot tell" || further === null) return null;
  return <small className="size">about {formatNumber(further)} more would tell</small>;
}

/** Settings with a comparison, the worst difference first: where less is better that is the greatest. */
export function worstFirst(settings: readonly StudySetting[], { direction }: Pick<ScoreKind, "direction">): Compared[] {
  const sign = direction === "min" ? -1 : 1;
  const compared = settings.filter((setting): setting is Compared => setting.comparison !== null);
  return compared.sort((a, b) => sign * (a.comparison.difference - b.comparison.difference));
}
