import type { Estimate } from "../stats/estimate.js";
import { formatScore } from "./format-score.js";

const WIDTH = 48;
const LONGEST_LABEL = 28;

export interface PlotRow {
  label: string;
  estimate: Estimate | undefined;
}

/** Means and intervals beneath each other on one axis, in characters; nothing where they are all the same. */
export function intervalPlot(rows: readonly PlotRow[], kind: "rate" | "mean"): string {
  const ends = rows.flatMap(({ estimate }) => (estimate ? [estimate.low ?? estimate.mean, estimate.high ?? estimate.mean] : []));
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  if (ends.length === 0 || !(high > low)) return "";
  const place = (value: number) => Math.round(((value - low) / (high - low)) * (WIDTH - 1));
  const labels = rows.map(({ label }) => (label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL - 1)}…` : label));
  const margin = Math.max(...labels.map((label) => label.length));
  const lines = rows.map(({ estimate }, i) =>
    `${(labels[i] ?? "").padStart(margin)} ${estimate ? plotLine(estimate, place) : ""}`.trimEnd(),
  );
  const [left, right] = [formatScore(low, kind), formatScore(high, kind)];
  return [...lines, `${" ".repeat(margin)} ${left}${right.padStart(WIDTH - left.length)}`].join("\n");
}

function plotLine({ mean, low, high }: Estimate, place: (value: number) => number): string {
  const line = new Array<string>(WIDTH).fill(" ");
  if (low !== null && high !== null) {
    line.fill("─", place(low), place(high) + 1);
    line[place(low)] = "├";
    line[place(high)] = "┤";
  }
  line[place(mean)] = "●";
  return line.join("");
}
