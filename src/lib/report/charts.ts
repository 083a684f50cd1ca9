import type { CustomSeriesRenderItemAPI } from "echarts";
import { axisEnds, type AxisEnds } from "./axis-ends.js";
import { draw, HEIGHT, WIDTH } from "./draw-chart.js";

export interface ScatterPoint {
  x: number;
  y: number;
  label: string;
  /** Its interval. */
  low?: number | undefined;
  high?: number | undefined;
}

export interface Line {
  name: string;
  points: readonly [x: number, y: number][];
}

/**
 * The ends of an axis that shows values: those of a rate never lie beyond 0 and 1, however ticks would round them; the ends are
 * named where ticks could pass them.
 */
export function valueAxis(values: readonly (number | undefined)[], kind: "rate" | "mean"): AxisEnds & { scale: true } {
  return { scale: true, ...(kind === "rate" && axisEnds(values, [0, 1])) };
}

/** Points with their intervals as bars, as SVG. `kind` is what the y axis shows. */
export async function scatterChart(
  title: string,
  names: { x: string; y: string },
  points: readonly ScatterPoint[],
  { labels = false, kind = "mean" }: { labels?: boolean; kind?: "rate" | "mean" } = {},
): Promise<string> {
  const bars = points.flatMap(({ x, low, high }) => (low === undefined || high === undefined ? [] : [[x, low, high]]));
  return draw({
    title: { text: title, textStyle: { fontSize: 13 } },
    grid: { left: 60, right: 20, bottom: 45 },
    xAxis: { type: "value", name: names.x, nameLocation: "middle", nameGap: 28, scale: true },
    yAxis: {
      ...{ type: "value", name: names.y },
      ...valueAxis(
        points.flatMap(({ y, low, high }) => [y, low, high]),
        kind,
      ),
    },
    series: [
      { type: "custom", data: bars, encode: { x: 0, y: [1, 2] }, renderItem: drawBar },
      {
        type: "scatter",
        symbolSize: 8,
        itemStyle: { color: "#5470c6" },
        label: { show: labels, formatter: "{b}", position: "top", fontSize: 10 },
        labelLayout: { hideOverlap: true },
        data: points.map(({ x, y, label }) => ({ value: [x, y], name: label })),
      },
    ],
  });
}

/** A vertical bar from the low to the high end of an interval. */
function drawBar(_: unknown, api: CustomSeriesRenderItemAPI) {
  const [x = 0, top = 0] = api.coord([api.value(0), api.value(2)]);
  const [, bottom = 0] = api.coord([api.value(0), api.value(1)]);
  return {
    type: "line" as const,
    shape: { x1: x, y1: top, x2: x, y2: bottom },
    style: { stroke: "#5470c6", lineWidth: 1.5, opacity: 0.5 },
  };
}

export interface RangeRow {
  label: string;
  mean: number;
  low: number;
  high: number;
}

/** Means with their intervals, a row each, the first on top, as SVG. */
export async function rangeChart(title: string, rows: readonly RangeRow[], kind: "rate" | "mean" = "mean"): Promise<string> {
  const labels = rows.map(({ label }) => label);
  return draw(
    {
      title: { text: title, textStyle: { fontSize: 13 } },
      grid: { left: 20, right: 30, bottom: 30, containLabel: true },
      xAxis: {
        type: "value",
        ...valueAxis(
          rows.flatMap(({ low, high }) => [low, high]),
          kind,
        ),
      },
      yAxis: { type: "category", data: labels, inverse: true, axisLabel: { width: 260, overflow: "truncate" } },
      series: [
        {
          type: "custom",
          data: rows.map(({ low, high }, index) => [index, low, high]),
          encode: { x: [1, 2], y: 0 },
          renderItem: drawRow,
        },
        { type: "scatter", symbolSize: 8, itemStyle: { color: "#5470c6" }, data: rows.map(({ mean }, index) => [mean, index]) },
      ],
    },
    2 * WIDTH,
    Math.max(HEIGHT, 80 + 24 * rows.length),
  );
}

/** A horizontal bar from the low to the high end of an interval. */
function drawRow(_: unknown, api: CustomSeriesRenderItemAPI) {
  const [left = 0, y = 0] = api.coord([api.value(1), api.value(0)]);
  const [right = 0] = api.coord([api.value(2), api.value(0)]);
  return {
    type: "line" as const,
    shape: { x1: left, y1: y, x2: right, y2: y },
    style: { stroke: "#5470c6", lineWidth: 2, opacity: 0.5 },
  };
}

/** Lines over steps, as SVG. */
export async function lineChart(title: string, lines: readonly Line[]): Promise<string> {
  return draw({
    title: { text: title, textStyle: { fontSize: 13 } },
    ...(lines.length > 1 ? { legend: { type: "scroll", bottom: 0, textStyle: { fontSize: 10 } } } : {}),
    grid: { left: 60, right: 20, bottom: 60 },
    xAxis: { type: "value", name: "step", scale: true },
    yAxis: { type: "value", scale: true },
    series: lines.map(({ name, points }) => ({
      type: "line",
      name,
      showSymbol: points.length < 30,
      symbolSize: 4,
      data: points.map(([x, y]) => [x, y]),
    })),
  });
}

/** A line for every row across all axes, as SVG; a missing value breaks the row's line. */
export async function parallelChart(axes: readonly string[], rows: readonly (readonly (number | string | undefined)[])[]): Promise<string> {
  const isText = axes.map((_, axis) => rows.some((row) => typeof row[axis] === "string"));
  return draw(
    {
      parallelAxis: axes.map((name, dim) => ({
        dim,
        name,
        nameTextStyle: { fontSize: 10 },
        ...(isText[dim] ? { type: "category" as const, data: [...new Set(rows.map((row) => String(row[dim] ?? "")))] } : { scale: true }),
      })),
      parallel: { left: 60, right: 60, top: 50, bottom: 30 },
      series: [
        {
          type: "parallel",
          lineStyle: { width: 1.5, opacity: 0.5 },
          data: rows.map((row) => row.map((value, dim) => value ?? (isText[dim] ? "" : "-"))),
        },
      ],
    },
    2 * WIDTH,
    HEIGHT + 40,
  );
}

/** Counts by category as columns, a group of them for each series, as SVG. */
export async function columnChart(
  title: string,
  names: { x: string; y: string },
  categories: readonly string[],
  series: readonly { name: string; counts: readonly number[] }[],
): Promise<string> {
  return draw({
    title: { text: title, textStyle: { fontSize: 13 } },
    legend: { bottom: 0, show: series.length > 1 },
    grid: { left: 60, right: 20, bottom: series.length > 1 ? 70 : 45 },
    xAxis: { type: "category", name: names.x, nameLocation: "middle", nameGap: 28, data: [...categories] },
    yAxis: { type: "value", name: names.y },
    series: series.map(({ name, counts }) => ({ type: "bar" as const, name, data: [...counts] })),
  });
}

/** A line with the band it lies in, and points beside it, as SVG; texts on the x axis stand side by side. */
export async function bandChart(
  title: string,
  names: { x: string; y: string; kind?: "rate" | "mean" },
  band: { values: readonly (number | string)[]; mean: readonly number[]; low: readonly number[]; high: readonly number[] },
  points: readonly [x: number | string, y: number][],
): Promise<string> {
  const isText = band.values.some((value) => typeof value === "string");
  const at = (values: readonly number[]) => band.values.map((x, i) => [isText ? String(x) : x, values[i] ?? 0]);
  const width = band.high.map((high, i) => high - (band.low[i] ?? high));
  const hidden = { type: "line" as const, stack: "band", symbol: "none", lineStyle: { opacity: 0 } };
  return draw({
    title: { text: title, textStyle: { fontSize: 13 } },
    grid: { left: 60, right: 20, bottom: 45 },
    xAxis: { type: isText ? "category" : "value", name: names.x, nameLocation: "middle", nameGap: 28, scale: true },
    yAxis: { type: "value", name: names.y, ...valueAxis([...band.low, ...band.high, ...points.map(([, y]) => y)], names.kind ?? "mean") },
    series: [
      // the band is a transparent line with the band's width stacked on it
      { ...hidden, data: at(band.low), stackStrategy: "all" },
      { ...hidden, data: at(width), areaStyle: { color: "#5470c6", opacity: 0.18 }, stackStrategy: "all" },
      {
        type: "line",
        symbol: isText ? "circle" : "none",
        data: at(band.mean),
        lineStyle: { color: "#5470c6" },
        itemStyle: { color: "#5470c6" },
      },
      { type: "scatter", symbolSize: 7, itemStyle: { color: "#ee6666" }, data: points.map(([x, y]) => [isText ? String(x) : x, y]) },
    ],
  });
}

/** Values over two parameters as colors, with points on them, as SVG. */
export async function heatChart(
  title: string,
  x: { name: string; values: readonly (number | string)[] },
  y: { name: string; values: readonly (number | string)[] },
  values: readonly (readonly number[])[],
): Promise<string> {
  const all = values.flat();
  const label = (value: number | string) => (typeof value === "number" ? String(Number(value.toPrecision(3))) : value);
  return draw({
    title: { text: title, textStyle: { fontSize: 13 } },
    grid: { left: 70, right: 90, bottom: 45 },
    xAxis: { type: "category", name: x.name, nameLocation: "middle", nameGap: 28, data: x.values.map(label) },
    yAxis: { type: "category", name: y.name, data: y.values.map(label) },
    visualMap: {
      ...{
        min: Math.min(...all),
        max: Math.max(...all),
        right: 5,
        top: "center",
        precision: 3,
        text: [label(Math.max(...all)), label(Math.min(...all))],
        itemHeight: 120,
        textStyle: { fontSize: 10 },
      },
      inRange: { color: ["#313695", "#74add1", "#fee090", "#f46d43", "#a50026"] },
    },
    series: [{ type: "heatmap", data: values.flatMap((row, j) => row.map((value, i) => [i, j, value])) }],
  });
}

export interface TimeLine {
  name: string;
  /** Milliseconds since the epoch; null breaks the line. */
  points: readonly (readonly [time: number, value: number | null])[];
}

/** Lines over time with a unit, as SVG; the axis ends where `ends` says. */
export async function timeChart(title: string, unit: string, lines: readonly TimeLine[], ends: AxisEnds = {}): Promise<string> {
  return draw({
    title: { text: title, textStyle: { fontSize: 13 } },
    ...(lines.length > 1 ? { legend: { type: "scroll", bottom: 0, textStyle: { fontSize: 10 } } } : {}),
    grid: { left: 60, right: 20, bottom: lines.length > 1 ? 50 : 35 },
    xAxis: { type: "time", splitNumber: 4, axisLabel: { hideOverlap: true, fontSize: 10 } },
    yAxis: { type: "value", name: unit, scale: true, ...ends },
    series: lines.map(({ name, points }) => ({
      type: "line" as const,
      name,
      showSymbol: points.length < 30,
      symbolSize: 4,
      lineStyle: { width: 1.5 },
      data: points.map(([time, value]) => [time, value]),
    })),
  });
}

/** Charts side by side in one drawing with a heading, as SVG. */
export function chartGrid(heading: string, charts: readonly string[], columns = 2): string {
  const [top, gap] = [50, 10];
  const rows = Math.ceil(charts.length / columns);
  const [width, height] = [columns * (WIDTH + gap) + gap, top + rows * (HEIGHT + gap)];
  const placed = charts.map((svg, i) => {
    const [x, y] = [gap + (i % columns) * (WIDTH + gap), top + Math.floor(i / columns) * (HEIGHT + gap)];
    return svg.replace("<svg ", `<svg x="${x}" y="${y}" `);
  });
  const text = heading.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="${2 * gap}" y="32" font-size="18" font-family="sans-serif" font-weight="bold">${text}</text>`,
    ...placed,
    "</svg>",
  ].join("\n");
}
