const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Before this a time was not set, but counted from 0: tests and importers do. */
const FIRST_PLAUSIBLE = 366 * DAY;

/** A time in milliseconds as local ISO date and time; a dash where it is unknown. */
export function formatTime(time: number | null | undefined): string {
  if (!isKnown(time)) return "–";
  const date = new Date(time);
  const two = (number: number) => String(number).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** How long ago a time was, in the largest unit that fits; the date where it is over a month. */
export function formatAgo(time: number | null | undefined, now = Date.now()): string {
  if (!isKnown(time)) return "–";
  const ago = now - time;
  if (ago < 5 * SECOND) return "just now";
  if (ago < MINUTE) return `${Math.floor(ago / SECOND)} s ago`;
  if (ago < HOUR) return `${Math.floor(ago / MINUTE)} min ago`;
  if (ago < DAY) return `${Math.floor(ago / HOUR)} h ago`;
  if (ago < 31 * DAY) return `${Math.floor(ago / DAY)} d ago`;
  return formatTime(time).slice(0, 10);
}

/** A length of time in milliseconds with its two largest units. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms) || ms < 0) return "–";
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${Number((ms / SECOND).toFixed(1))} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${Math.floor((ms % MINUTE) / SECOND)} s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${Math.floor((ms % HOUR) / MINUTE)} min`;
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`;
}

/** A length of time that somebody chose: without a second unit that is 0. */
export function formatWindow(ms: number): string {
  return formatDuration(ms).replace(/ 0 (?:s|min|h)$/, "");
}

function isKnown(time: number | null | undefined): time is number {
  return typeof time === "number" && time >= FIRST_PLAUSIBLE;
}
