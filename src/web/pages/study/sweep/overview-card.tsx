import { useMemo, type ReactElement } from "react";
import { Chart } from "../../../charts/chart.js";
import { useChartColors } from "../../../charts/colors.js";
import { forestHeight, forestOption, type ForestLine } from "../../../charts/forest.js";
import { useUrlState } from "../../../parts/use-url-state.js";
import { NameSelect } from "../name-select.js";
import { useOpenRun } from "../../../charts/use-open-run.js";
import { sizeText } from "./setting-text.js";
import type { ScoreKind, StudySetting } from "./study-settings.js";

/** All settings by a score, the best first, as dots with intervals. */
export function OverviewCard({ settings, kinds }: { settings: readonly StudySetting[]; kinds: readonly ScoreKind[] }): ReactElement | null {
  const colors = useChartColors();
  const openRun = useOpenRun();
  const [chosen, choose] = useUrlState("all", "");
  const score = kinds.find(({ name }) => name === chosen) ?? kinds[0];
  const { lines, runs } = useMemo(() => (score ? rankedLines(settings, score) : { lines: [], runs: [] }), [settings, score]);
  const option = useMemo(() => score && forestOption(lines, score, colors), [lines, score, colors]);
  if (!score || !option || lines.length < 2) return null;
  return (
    <figure className="card wide">
      <figcaption>
        All settings
        <NameSelect label="By" names={kinds.map(({ name }) => name)} value={score.name} choose={choose} />
        <small className="soft">95 % intervals; green: the best, or tied with it</small>
      </figcaption>
      <Chart
        option={option}
        label={`All settings by ${score.name}; the table below has the numbers`}
        height={forestHeight(lines)}
        onPick={(index) => openRun(index, { run: runs[index] })}
      />
    </figure>
  );
}

function rankedLines(settings: readonly StudySetting[], { name, direction }: ScoreKind): { lines: ForestLine[]; runs: (string | null)[] } {
  const sign = direction === "min" ? 1 : -1;
  const scored = settings.flatMap((setting) => {
    const score = setting.scores.get(name);
    return score ? [{ setting, score }] : [];
  });
  scored.sort((a, b) => sign * (a.score.mean - b.score.mean));
  const lines = scored.map(({ setting, score }) => ({
    ...{ name: setting.name, mean: score.mean, low: score.low, high: score.high, notes: [sizeText(setting, score)] },
    isMarked: setting.isTied || (setting.isBest && setting.bestName === "best"),
  }));
  return { lines, runs: scored.map(({ setting }) => setting.runId) };
}
