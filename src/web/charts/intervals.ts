import type { CustomSeriesRenderItemAPI } from "echarts";

interface WhiskerOptions {
  color: string;
  /** Whether the interval is one of the vertical axis, which is usual. */
  isVertical?: boolean;
  /** In pixels, from the line to the end of a cap. */
  cap?: number;
}

/** A place on the other axis and the two ends; "-" where there is none. */
export type Whisker = readonly [at: number | string, low: number | "-", high: number | "-"];

/** A series of lines from the low to the high end of intervals, with caps. */
export function whiskerSeries(data: readonly Whisker[], { color, isVertical = true, cap = 4 }: WhiskerOptions): object {
  return {
    ...{ type: "custom", silent: true, z: 4, data, encode: isVertical ? { x: 0, y: [1, 2] } : { y: 0, x: [1, 2] } },
    tooltip: { show: false },
    renderItem: (_params: unknown, api: CustomSeriesRenderItemAPI) => {
      const [low, high] = [Number(api.value(1)), Number(api.value(2))];
      if (!Number.isFinite(low) || !Number.isFinite(high)) return undefined;
      const place = (value: number) => api.coord(isVertical ? [api.value(0), value] : [value, api.value(0)]) as [number, number];
      const [from, to] = [place(low), place(high)];
      const capAt = ([x, y]: [number, number]) => (isVertical ? line([x - cap, y], [x + cap, y]) : line([x, y - cap], [x, y + cap]));
      const line = ([x1, y1]: [number, number], [x2, y2]: [number, number]) => ({
        ...{ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: color, lineWidth: 1.4 } },
      });
      return { type: "group", children: [line(from, to), capAt(from), capAt(to)] };
    },
  };
}

/** A place with the two ends of its interval. */
export type BandPoint = readonly [x: number, low: number, high: number];

/** A series that fills what lies between the ends of the intervals of neighbors; points are in order. */
export function bandSeries(points: readonly BandPoint[], color: string, opacity = 0.16): object {
  const pieces = points.slice(1).map((point, i) => [...(points[i] ?? point), ...point]);
  return {
    ...{ type: "custom", silent: true, z: 1, data: pieces, encode: { x: [0, 3], y: [1, 2, 4, 5] } },
    tooltip: { show: false },
    renderItem: (_params: unknown, api: CustomSeriesRenderItemAPI) => {
      const [x1, low1, high1, x2, low2, high2] = [0, 1, 2, 3, 4, 5].map((i) => Number(api.value(i))) as [
        ...[number, number, number],
        ...[number, number, number],
      ];
      const corners = [api.coord([x1, low1]), api.coord([x1, high1]), api.coord([x2, high2]), api.coord([x2, low2])];
      return { type: "polygon", shape: { points: corners }, style: { fill: color, opacity } };
    },
  };
}
