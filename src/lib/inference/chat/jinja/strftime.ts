const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = "January February March April May June July August September October November December".split(" ");
const DAY_MS = 86_400_000;

function two(number: number, fill = "0"): string {
  return String(number).padStart(2, fill);
}

/** Days since the first of January, in local time. */
function dayOfYear(time: Date): number {
  return Math.round((Date.UTC(time.getFullYear(), time.getMonth(), time.getDate()) - Date.UTC(time.getFullYear(), 0, 1)) / DAY_MS);
}

/** Weeks since the year's first day of a kind: 0 Sunday, 1 Monday. */
function weekOfYear(time: Date, first: 0 | 1): number {
  const weekday = (time.getDay() - first + 7) % 7;
  return Math.floor((dayOfYear(time) + 7 - weekday) / 7);
}

/** The parts of a date by the letters of strftime, in the C locale. */
const PARTS: Readonly<Record<string, (time: Date) => string>> = {
  a: (time) => (DAYS[time.getDay()] ?? "").slice(0, 3),
  A: (time) => DAYS[time.getDay()] ?? "",
  b: (time) => (MONTHS[time.getMonth()] ?? "").slice(0, 3),
  B: (time) => MONTHS[time.getMonth()] ?? "",
  c: (time) => strftime(time, "%a %b %e %H:%M:%S %Y"),
  d: (time) => two(time.getDate()),
  D: (time) => strftime(time, "%m/%d/%y"),
  e: (time) => two(time.getDate(), " "),
  f: (time) => String(time.getMilliseconds() * 1000).padStart(6, "0"),
  F: (time) => strftime(time, "%Y-%m-%d"),
  h: (time) => strftime(time, "%b"),
  H: (time) => two(time.getHours()),
  I: (time) => two(time.getHours() % 12 || 12),
  j: (time) => String(dayOfYear(time) + 1).padStart(3, "0"),
  m: (time) => two(time.getMonth() + 1),
  M: (time) => two(time.getMinutes()),
  n: () => "\n",
  p: (time) => (time.getHours() < 12 ? "AM" : "PM"),
  R: (time) => strftime(time, "%H:%M"),
  s: (time) => String(Math.floor(time.getTime() / 1000)),
  S: (time) => two(time.getSeconds()),
  t: () => "\t",
  T: (time) => strftime(time, "%H:%M:%S"),
  u: (time) => String(time.getDay() || 7),
  U: (time) => two(weekOfYear(time, 0)),
  w: (time) => String(time.getDay()),
  W: (time) => two(weekOfYear(time, 1)),
  x: (time) => strftime(time, "%m/%d/%y"),
  X: (time) => strftime(time, "%H:%M:%S"),
  y: (time) => two(time.getFullYear() % 100),
  Y: (time) => String(time.getFullYear()),
  // a date without a time zone, as the reference renderer's, has none to print
  z: () => "",
  Z: () => "",
  "%": () => "%",
};

/** A local date as text, by a format of strftime in the C locale; "%-d" is without zeros in front. */
export function strftime(time: Date, format: string): string {
  return format.replace(/%(-?)([a-zA-Z%])/gu, (whole, flag: string, letter: string) => {
    const text = PARTS[letter]?.(time);
    if (text === undefined) return whole;
    return flag === "-" ? text.replace(/^[0 ]+(?=\d)/u, "") : text;
  });
}
