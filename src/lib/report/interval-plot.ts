import type { Estimate } from "../base/stats/estimate.js";
import { displayWidth, shortenMiddle } from "./display-width.js";
import { visibleLine } from "./visible-text.js";
import { formatScore } from "./format-score.js";

const WIDEST = 48;
const NARROWEST = 10;
const LONGEST_LABEL = 28;

export interface PlotRow {
  label: string;
  estimate: Estimate | undefined;
}

/** Means and intervals beneath each other on one axis, in characters, at most `width` columns; nothing where they are all the same. */
export function intervalPlot(rows: readonly PlotRow[], kind: "rate" | "mean", width = Infinity): string {
  const ends = rows.flatMap(({ estimate }) => (estimate ? [estimate.low ?? estimate.mean, estimate.high ?? estimate.mean] : []));
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  if (ends.length === 0 || !(high > low)) return "";
  const longest = Math.max(...rows.map(({ label }) => displayWidth(label)));
  const margin = Math.min(longest, LONGEST_LABEL, Math.max(NARROWEST, Math.floor(width / 3)));
  const axis = Math.max(NARROWEST, Math.min(WIDEST, width - margin - 1));
  const place = (value: number) => Math.round(((value - low) / (high - low)) * (axis - 1));
  const lines = rows.map(({ label, estimate }) => {
    const short = shortenMiddle(visibleLine(label), margin);
    return `${" ".repeat(margin - displayWidth(short))}${short} ${estimate ? plotLine(estimate, place, axis) : ""}`.trimEnd();
  });
  const [left, right] = [formatScore(low, kind), formatScore(high, kind)];
  return [...lines, `${" ".repeat(margin)} ${left}${right.padStart(axis - left.length)}`].join("\n");
}

function plotLine({ mean, low, high }: Estimate, place: (value: number) => number, axis: number): string {
  const line = new Array<string>(axis).fill(" ");
  if (low !== null && high !== null) {
    line.fill("─", place(low), place(high) + 1);
    line[place(low)] = "├";
    line[place(high)] = "┤";
  }
  line[place(mean)] = "●";
  return line.join("");
}
