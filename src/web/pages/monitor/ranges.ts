const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How far back panels go, by what stands in the address. */
export const RANGES: ReadonlyMap<string, { name: string; ms: number }> = new Map([
  ["15m", { name: "15 minutes", ms: 15 * MINUTE }],
  ["1h", { name: "1 hour", ms: HOUR }],
  ["6h", { name: "6 hours", ms: 6 * HOUR }],
  ["1d", { name: "1 day", ms: DAY }],
  ["7d", { name: "7 days", ms: 7 * DAY }],
  ["28d", { name: "28 days", ms: 28 * DAY }],
]);

/** The range where the address names none, or one there is not. */
export const USUAL_RANGE = "1h";

/** A stretch of time in milliseconds since the epoch. */
export interface Span {
  from: number;
  to: number;
}

/** The stretch that a range shows: up to now, or up to when the server was last seen by a monitor that has ended. */
export function spanOf(range: string, { isLive, seen }: { isLive: boolean; seen: number | null }, now = Date.now()): Span {
  const { ms } = RANGES.get(range) ?? { ms: HOUR };
  const to = isLive || seen === null ? now : seen;
  return { from: to - ms, to };
}
