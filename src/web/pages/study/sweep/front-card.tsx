import { useMemo, type ReactElement } from "react";
import { Chart } from "../../../charts/chart.js";
import { useChartColors } from "../../../charts/colors.js";
import { frontOption, type FrontPoint } from "../../../charts/front.js";
import { formatBytes } from "../../../format/numbers.js";
import { useOpenRun } from "../../../charts/use-open-run.js";
import { sizeText } from "./setting-text.js";
import type { ScoreKind, StudySetting } from "./study-settings.js";

const LATENCY = { name: "latency_seconds", isRate: false };

/** Quality against speed, and the memory that models take as the size of a point. */
export function FrontCard({ settings, kinds }: { settings: readonly StudySetting[]; kinds: readonly ScoreKind[] }): ReactElement | null {
  const colors = useChartColors();
  const openRun = useOpenRun();
  const [score] = kinds;
  const points = useMemo(() => (score ? frontPoints(settings, score) : []), [settings, score]);
  const option = useMemo(() => score && frontOption(points, [LATENCY, score], colors), [points, score, colors]);
  if (!score || !option || points.length < 2 || score.name === LATENCY.name || score.direction === "none") return null;
  const hasSizes = points.some(({ size }) => size !== undefined);
  return (
    <figure className="card wide">
      <figcaption>
        Quality and speed{hasSizes && ", and memory as size"}
        <small className="soft">green: no other mean is better in all; where intervals overlap, that is not certain</small>
      </figcaption>
      <Chart option={option} label={`${score.name} against latency; the table below has the numbers`} height={320} onPick={openRun} />
    </figure>
  );
}

/** The points of settings that have both numbers. */
export function frontPoints(settings: readonly StudySetting[], { name }: ScoreKind): FrontPoint[] {
  const sizes = settings.flatMap(({ memoryBytes }) => memoryBytes ?? []);
  const most = new Set(sizes).size > 1 ? Math.max(...sizes) : undefined;
  return settings.flatMap((setting): FrontPoint[] => {
    const [x, y] = [setting.scores.get(LATENCY.name), setting.scores.get(name)];
    if (!x || !y) return [];
    const { memoryBytes, runId: run, isOnFront } = setting;
    const size = most === undefined || memoryBytes === null ? undefined : memoryBytes / most;
    const notes = [...(memoryBytes === null ? [] : [`memory: ${formatBytes(memoryBytes)}`]), sizeText(setting, y)];
    return [{ name: setting.name, x, y, size, notes, run, isOnFront }];
  });
}
