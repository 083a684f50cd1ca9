import { formatDuration } from "../../lib/base/config/duration.js";
import { displayWidth, shortenMiddle } from "../../lib/report/display-width.js";

const BAR_WIDTH = 24;
/** The spinner and the space behind it stand before the first line. */
const SPINNER_WIDTH = 2;
/** The first line, and one for the cursor. */
const OTHER_ROWS = 2;

/** How far work is. */
export interface Progress {
  done: number;
  /** Absent where it is not known. */
  total: number | undefined;
  /** What is counted, as in "completions". */
  unit: string;
  elapsedMs: number;
}

/** What a terminal has room for, in characters. */
export interface Room {
  width: number;
  rows: number;
}

/**
 * The progress with the lines below it, as far as a terminal has room: without the bar where that is too wide, then without the time
 * left; lines below are shortened in their middle, and the last ones are left out.
 */
export function progressText(progress: Progress, below: readonly string[], { width, rows }: Room): string {
  const most = Math.max(0, Math.min(below.length, rows - OTHER_ROWS));
  return [firstLine(progress, width - SPINNER_WIDTH), ...below.slice(0, most).map((line) => shortenMiddle(line, width))].join("\n");
}

function firstLine({ done, total, unit, elapsedMs }: Progress, width: number): string {
  if (total === undefined) return shortenMiddle(`${done} ${unit}`, width);
  const count = `${done}/${total} ${unit}`;
  const left = done === 0 ? "" : `, ${formatDuration(Math.ceil((elapsedMs * (total - done)) / done / 1000) * 1000)} left`;
  const filled = Math.round((BAR_WIDTH * done) / Math.max(1, total));
  const bar = "█".repeat(filled) + "░".repeat(BAR_WIDTH - filled);
  const versions = [`${bar} ${count}${left}`, `${count}${left}`, count];
  return versions.find((one) => displayWidth(one) <= width) ?? shortenMiddle(count, width);
}
