import { useMemo, type ReactElement } from "react";
import { Chart } from "../../../charts/chart.js";
import { useChartColors } from "../../../charts/colors.js";
import { heatEnds } from "../../../charts/heat-map.js";
import { sequentialGradient } from "../../../charts/sequential.js";
import { formatScore } from "../../../format/scores.js";
import { useUrlState } from "../../../parts/use-url-state.js";
import { NameSelect } from "../name-select.js";
import { useOpenRun } from "../../../charts/use-open-run.js";
import { heatCells, heatOption } from "./heat-option.js";
import { isGrid, valueText, type VariedParam } from "./layout.js";
import type { ScoreKind, StudySetting } from "./study-settings.js";

interface Props {
  settings: readonly StudySetting[];
  kinds: readonly ScoreKind[];
  varied: readonly VariedParam[];
}

const CELL_HEIGHT = 38;

/** A map of a score over two parameters; further ones are held where the best setting has them. */
export function HeatCard({ settings, kinds, varied }: Props): ReactElement | null {
  const colors = useChartColors();
  const openRun = useOpenRun();
  const [chosen, choose] = useUrlState("score", "");
  const [pair, setPair] = useUrlState("map", "");
  const score = kinds.find(({ name }) => name === chosen) ?? kinds[0];
  const pairs = useMemo(() => pairsOf(settings, varied), [settings, varied]);
  const axes = pairs.find(({ id }) => id === pair) ?? pairs[0];
  const held = axes ? varied.filter((param) => param !== axes.x && param !== axes.y) : [];
  const best = settings.find(({ isBest }) => isBest) ?? settings[0];
  const cells = useMemo(() => {
    if (!axes || !score) return [];
    const others = varied.filter((param) => param !== axes.x && param !== axes.y);
    const fits = settings.filter(({ params }) => others.every(({ name }) => params.get(name) === best?.params.get(name)));
    return heatCells(fits, axes.x, axes.y, score);
  }, [settings, varied, axes, score, best]);
  const option = useMemo(() => axes && score && heatOption(cells, [axes.x, axes.y], score, colors), [cells, axes, score, colors]);
  if (!axes || !score || !option || cells.length === 0) return null;
  const [low, high] = heatEnds(cells);
  return (
    <figure className="card wide">
      <figcaption>
        Map
        <NameSelect label="Of" names={kinds.map(({ name }) => name)} value={score.name} choose={choose} />
        <NameSelect label="Over" names={pairs.map(({ id }) => id)} value={axes.id} choose={setPair} />
        <span className="scale" style={{ background: sequentialGradient(colors.isDark) }} aria-hidden="true" />
        <small className="soft">
          {formatScore(score, low)} to {formatScore(score, high)}; intervals are in the tooltips and the table
        </small>
      </figcaption>
      <p className="soft axis-name" dir="auto">
        {axes.y.name}
        {held.length > 0 &&
          best &&
          ` (${held.map(({ name }) => `${name} held at ${valueText(best.params.get(name)).slice(0, 60)}`).join(", ")})`}
      </p>
      <Chart
        option={option}
        label={`${score.name} over ${axes.x.name} and ${axes.y.name}; the table below has the numbers`}
        height={56 + CELL_HEIGHT * Math.min(14, axes.y.values.length)}
        onPick={openRun}
      />
    </figure>
  );
}

function pairsOf(settings: readonly StudySetting[], varied: readonly VariedParam[]): { id: string; x: VariedParam; y: VariedParam }[] {
  const all = varied.flatMap((x, i) => varied.slice(i + 1).map((y) => ({ id: `${x.name} × ${y.name}`, x, y })));
  return all.filter(({ x, y }) => isGrid(settings, x, y));
}
