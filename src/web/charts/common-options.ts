import { formatNumber } from "../format/numbers.js";
import { visibleText } from "../format/visible-text.js";
import type { ChartColors } from "./colors.js";

/** An axis of numbers. */
export function valueAxis(colors: ChartColors, name: string, more: object = {}): object {
  return {
    ...{ type: "value", scale: true, name, nameLocation: "middle", nameGap: 28 },
    nameTextStyle: { color: colors.soft, width: 260, overflow: "truncate" },
    axisLabel: { color: colors.soft, formatter: (value: number) => formatNumber(value), hideOverlap: true },
    axisLine: { lineStyle: { color: colors.line } },
    splitLine: { lineStyle: { color: colors.line } },
    ...more,
  };
}

/** An axis of categories with these labels. Data name a category by its place, from 0: texts may be equal, or mean something to the library. */
export function categoryAxis(colors: ChartColors, name: string, labels: readonly string[]): object {
  return {
    ...valueAxis(colors, short(name, 50)),
    ...{ type: "category", data: labels.map((_, i) => i), splitLine: { show: false }, axisTick: { show: false } },
    axisLabel: { color: colors.soft, hideOverlap: true, formatter: (i: string) => labels[Number(i)] ?? "" },
  };
}

/** A tooltip that is drawn, not made of HTML: names of runs are only ever text in it. */
export function tooltip(colors: ChartColors, more: object = {}): object {
  return {
    ...{ renderMode: "richText", confine: true, backgroundColor: colors.surface, borderColor: colors.line },
    textStyle: { color: colors.ink, fontSize: 12.5 },
    ...more,
  };
}

/** A text from anywhere as a chart shows it: visible, in one line, and cut where there is little room. */
export function short(text: string, most = 28): string {
  const letters = Array.from(visibleText(text.replaceAll(/\s+/gu, " ")));
  return letters.length <= most ? letters.join("") : `${letters.slice(0, most - 1).join("")}…`;
}
