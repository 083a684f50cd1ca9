import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams } from "echarts";
import type { EChartsCoreOption } from "echarts/core";
import type { ChartColors } from "./colors.js";
import { categoryAxis, tooltip } from "./common-options.js";
import { inkOn, sequentialColor } from "./sequential.js";

/** A cell of a map: the places of its values on both axes, from 0, and the mean there. */
export interface HeatCell {
  x: number;
  y: number;
  mean: number;
  isBest?: boolean;
  /** The run that is opened when the cell is pressed. */
  run?: string | null;
}

/** The name of an axis, and the labels of its places. */
export interface HeatAxis {
  name: string;
  labels: readonly string[];
}

/** What a map shows, and what it says of a mean and, in a tooltip, of a cell. */
export interface HeatMap<Cell extends HeatCell> {
  cells: readonly Cell[];
  axes: readonly [x: HeatAxis, y: HeatAxis];
  text: (mean: number) => string;
  describe: (cell: Cell) => string;
}

/** The least and the greatest mean of cells. */
export function heatEnds(cells: readonly HeatCell[]): [low: number, high: number] {
  const means = cells.map(({ mean }) => mean);
  return [Math.min(...means), Math.max(...means)];
}

/** A map of means over two axes, a number in each cell. Places without a cell stay empty: nothing is made up between. */
export function heatMapOption<Cell extends HeatCell>(
  { cells, axes: [x, y], text, describe }: HeatMap<Cell>,
  colors: ChartColors,
): EChartsCoreOption {
  const [low, high] = heatEnds(cells);
  const share = (mean: number) => (high > low ? (mean - low) / (high - low) : 0.5);
  return {
    animation: false,
    grid: { left: 16, right: 16, top: 10, bottom: 34, containLabel: true },
    tooltip: tooltip(colors, {
      trigger: "item",
      formatter: ({ dataIndex }: { dataIndex: number }) => (cells[dataIndex] ? describe(cells[dataIndex]) : ""),
    }),
    xAxis: categoryAxis(colors, x.name, x.labels),
    yAxis: categoryAxis(colors, "", y.labels),
    series: [
      {
        ...{ type: "custom", encode: { x: 0, y: 1 }, data: cells.map((cell) => ({ value: [cell.x, cell.y, cell.mean], run: cell.run })) },
        renderItem: ({ dataIndex }: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) => {
          const cell = cells[dataIndex];
          return cell && drawCell(api, cell, { share: share(cell.mean), text: text(cell.mean), colors });
        },
      },
    ],
  };
}

interface CellParts {
  /** Of the way from the least to the greatest mean: 0 to 1. */
  share: number;
  text: string;
  colors: ChartColors;
}

/** A color, and a text where there is room. */
function drawCell(api: CustomSeriesRenderItemAPI, { x: right, y: up, isBest = false }: HeatCell, { share, text, colors }: CellParts) {
  const [x = 0, y = 0] = api.coord([right, up]);
  const [width = 0, height = 0] = (api.size?.([1, 1]) ?? [0, 0]) as number[];
  const shape = { x: x - width / 2 + 1, y: y - height / 2 + 1, width: width - 2, height: height - 2, r: 3 };
  const ink = inkOn(share, colors.isDark);
  const isWide = width > 44 && height > 15;
  return {
    type: "group" as const,
    children: [
      {
        ...{ type: "rect" as const, shape },
        style: { fill: sequentialColor(share, colors.isDark), stroke: isBest ? colors.good : "transparent", lineWidth: 3 },
      },
      ...(isWide
        ? [{ type: "text" as const, style: { x, y, text, fill: ink, align: "center" as const, verticalAlign: "middle" as const } }]
        : []),
    ],
  };
}
