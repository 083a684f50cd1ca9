const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** All there is since the server is watched. */
export const WHOLE_RANGE = "all";

/** How far back panels go, by what stands in the address. */
export const RANGES: ReadonlyMap<string, { name: string; ms: number }> = new Map([
  ["15m", { name: "15 minutes", ms: 15 * MINUTE }],
  ["1h", { name: "1 hour", ms: HOUR }],
  ["6h", { name: "6 hours", ms: 6 * HOUR }],
  ["1d", { name: "1 day", ms: DAY }],
  ["7d", { name: "7 days", ms: 7 * DAY }],
  ["28d", { name: "28 days", ms: 28 * DAY }],
  [WHOLE_RANGE, { name: "whole time", ms: Infinity }],
]);

/** The range where the address names none, or one there is not. */
export const USUAL_RANGE = "1h";

/** A stretch of time in milliseconds since the epoch. */
export interface Span {
  from: number;
  to: number;
}

interface Watch {
  isLive: boolean;
  seen: number | null;
  since: number;
}

/** The stretch that a range shows: up to now, or up to when the server was last seen by a monitor that has ended. */
export function spanOf(range: string, { isLive, seen, since }: Watch, now = Date.now()): Span {
  const { ms } = RANGES.get(range) ?? { ms: HOUR };
  const to = isLive || seen === null ? now : seen;
  return { from: ms === Infinity ? Math.min(since, to - MINUTE) : to - ms, to };
}
