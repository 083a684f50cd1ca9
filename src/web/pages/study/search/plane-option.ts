import type { CustomSeriesRenderItemAPI } from "echarts";
import type { EChartsCoreOption } from "echarts/core";
import type { PlaneDocument, SearchDimension } from "../../../api/search-document.js";
import type { ChartColors } from "../../../charts/colors.js";
import { tooltip } from "../../../charts/common-options.js";
import { sequentialColor } from "../../../charts/sequential.js";
import { formatInterval, formatScore, type ScoreFormat } from "../../../format/scores.js";
import { dimensionAxis, formatOf, placeOn, trialText } from "./search-options.js";
import type { MeasuredTrial, Objective } from "./search-data.js";

interface Parts {
  measured: readonly MeasuredTrial[];
  objective: Objective;
  colors: ChartColors;
  /** The trial believed best. */
  best: number | undefined;
}

/** What is believed over two parameters, as colors, with the trials on it. */
export function planeOption(plane: PlaneDocument, [x, y]: readonly [SearchDimension, SearchDimension], parts: Parts): EChartsCoreOption {
  const { measured, objective, colors, best } = parts;
  const format = formatOf(objective);
  const all = plane.mean.flat();
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const share = (mean: number) => (most > least ? (mean - least) / (most - least) : 0.5);
  const [across, up] = [plane.x.values.map((value) => placeOn(x, value)), plane.y.values.map((value) => placeOn(y, value))];
  const cells = plane.mean.flatMap((row, j) => row.map((mean, i) => ({ value: [across[i] ?? 0, up[j] ?? 0, mean], cell: [i, j] })));
  return {
    animation: false,
    grid: { left: 66, right: 18, top: 14, bottom: 44 },
    tooltip: tooltip(colors, {
      trigger: "item",
      formatter: ({ data: { trial = -1, cell } }: { data: { trial?: number; cell?: [number, number] } }) => {
        const one = measured[trial];
        return one ? trialText(one, format) : cell ? cellText(plane, cell, format) : "";
      },
    }),
    xAxis: { ...dimensionAxis(x, colors), splitLine: { show: false } },
    yAxis: { ...dimensionAxis(y, colors), nameGap: 48, splitLine: { show: false } },
    series: [
      {
        ...{ type: "custom", z: 1, clip: true, encode: { x: 0, y: 1 }, data: cells },
        renderItem: ({ dataIndex }: { dataIndex: number }, api: CustomSeriesRenderItemAPI) => {
          const [i, j] = [dataIndex % across.length, Math.floor(dataIndex / across.length)];
          const [left, right] = pixelsOf(api, x, { places: across, index: i, other: up[j] ?? 0, isX: true });
          const [bottom, top] = pixelsOf(api, y, { places: up, index: j, other: across[i] ?? 0, isX: false });
          // whole pixels, so that no ground shines through between two cells
          const [x0, y0] = [Math.floor(left), Math.floor(top)];
          const shape = { x: x0, y: y0, width: Math.ceil(right) - x0, height: Math.ceil(bottom) - y0 };
          return { type: "rect", shape, style: { fill: sequentialColor(share(Number(api.value(2))), colors.isDark) } };
        },
      },
      {
        ...{ type: "scatter", z: 6 },
        data: measured.map(({ trial }, i) => ({
          ...{ value: [placeOn(x, trial.params[x.name]), placeOn(y, trial.params[y.name])], trial: i, run: trial.run_id },
          ...{ symbol: trial.trial === best ? "diamond" : "circle", symbolSize: trial.trial === best ? 16 : 9 },
          itemStyle: { color: trial.trial === best ? colors.good : colors.surface, borderColor: colors.ink, borderWidth: 1.5 },
        })),
      },
    ],
  };
}

function cellText({ x, y, mean, low, high }: PlaneDocument, [i, j]: [number, number], format: ScoreFormat): string {
  const at = (grid: number[][] | undefined) => grid?.[j]?.[i] ?? null;
  const believed = `believed ${formatScore(format, at(mean))} ${formatInterval(format, { low: at(low), high: at(high) })}`.trim();
  return [`${x.name} ${x.values[i] ?? ""}`, `${y.name} ${y.values[j] ?? ""}`, believed].join("\n");
}

interface PlaceParts {
  places: readonly number[];
  index: number;
  /** A place on the other axis. */
  other: number;
  isX: boolean;
}

/** The pixels at which the cell of a place begins and ends on an axis: halfway to its neighbors, and at the axis' own ends. */
function pixelsOf(api: CustomSeriesRenderItemAPI, { kind, ...dimension }: SearchDimension, parts: PlaceParts): [from: number, to: number] {
  const { places, index, other, isX } = parts;
  const pixel = (at: number) => api.coord(isX ? [at, other] : [other, at])[isX ? 0 : 1] ?? 0;
  const place = places[index] ?? 0;
  if (kind === "categorical") {
    const half = (((api.size?.([1, 1]) ?? [0, 0]) as number[])[isX ? 0 : 1] ?? 0) / 2;
    return isX ? [pixel(place) - half, pixel(place) + half] : [pixel(place) + half, pixel(place) - half];
  }
  const isLog = "log" in dimension && dimension.log;
  const between = (a: number, b: number) => (isLog ? Math.sqrt(a * b) : (a + b) / 2);
  const [before = place, after = place] = [places[index - 1], places[index + 1]];
  return [pixel(between(before, place)), pixel(between(place, after))];
}
