import { monitorEventLoopDelay, type IntervalHistogram } from "node:perf_hooks";

/** How late a timer fires because something else runs, in seconds. */
export interface EventLoopDelay {
  p50: number;
  p99: number;
  max: number;
}

const RESOLUTION_MS = 10;
const WINDOW_MS = 60_000;

let windows: [older: IntervalHistogram, younger: IntervalHistogram] | undefined;

/** The delay of this process's event loop over the last one to two minutes; measured from the first call on, all zero in it. */
export function eventLoopDelay(): EventLoopDelay {
  windows ??= start();
  const [older] = windows;
  if (older.count === 0) return { p50: 0, p99: 0, max: 0 };
  return { p50: delayOf(older.percentile(50)), p99: delayOf(older.percentile(99)), max: delayOf(older.max) };
}

/** Two windows, one begun half its time after the other: what is read is never empty, and never older than two minutes. */
function start(): NonNullable<typeof windows> {
  const begun = [0, 1].map(() => monitorEventLoopDelay({ resolution: RESOLUTION_MS })) as NonNullable<typeof windows>;
  for (const histogram of begun) histogram.enable();
  setInterval(() => {
    if (!windows) return;
    const [older, younger] = windows;
    older.reset();
    windows = [younger, older];
  }, WINDOW_MS).unref();
  return begun;
}

/** The histogram holds the times between two ticks, in nanoseconds. */
function delayOf(betweenTicks: number): number {
  return Math.max(0, Math.round(betweenTicks / 1000 - RESOLUTION_MS * 1000) / 1e6);
}
