import type { CustomSeriesRenderItemAPI } from "echarts";
import type { ChartColors } from "./colors.js";
import { inkOn, sequentialColor } from "./sequential.js";

interface CellParts {
  /** Of the way from the least to the greatest value: 0 to 1. */
  share: number;
  text: string;
  isBest?: boolean;
  colors: ChartColors;
}

/** Draws a cell of a map, of two axes with categories at whole numbers: a color, and a text where there is room. */
export function heatCell(api: CustomSeriesRenderItemAPI, { share, text, isBest = false, colors }: CellParts) {
  const [x = 0, y = 0] = api.coord([api.value(0), api.value(1)]);
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
