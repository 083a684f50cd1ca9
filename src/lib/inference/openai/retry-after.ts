/** A header's value by its name in small letters. */
export type ReadHeader = (name: string) => string | null | undefined;

const UNITS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * Seconds until a server wants to be asked again: retry-after-ms, Retry-After in seconds or as a date (RFC 9110), otherwise when the
 * limit that is used up is renewed (x-ratelimit-reset-requests and -tokens as "1s", "6m0s", "120ms", or a moment). Undefined where it
 * does not say.
 */
export function readRetryAfter(header: ReadHeader, nowMs = Date.now()): number | undefined {
  const milliseconds = header("retry-after-ms");
  if (isNumber(milliseconds)) return Math.max(0, Number(milliseconds) / 1000);
  return readMoment(header("retry-after"), nowMs) ?? readReset(header, nowMs);
}

/** Of several limits those count that have nothing left; all of them where no header says which. */
function readReset(header: ReadHeader, nowMs: number): number | undefined {
  const names = ["x-ratelimit-reset-requests", "x-ratelimit-reset-tokens", "x-ratelimit-reset", "ratelimit-reset"];
  const resets = names.flatMap((name) => {
    const seconds = readMoment(header(name), nowMs);
    return seconds === undefined ? [] : [{ seconds, left: header(name.replace("reset", "remaining")) }];
  });
  const spent = resets.filter(({ left }) => isNumber(left) && Number(left) <= 0);
  const binding = (spent.length > 0 ? spent : resets).map(({ seconds }) => seconds);
  return binding.length === 0 ? undefined : Math.max(...binding);
}

/** "1.5", "6m0s", a date, or seconds or milliseconds since 1970, as seconds from now. */
function readMoment(value: string | null | undefined, nowMs: number): number | undefined {
  const text = (value ?? "").trim();
  if (isNumber(text)) {
    const number = Number(text);
    // no limit lasts for decades: larger numbers are moments
    if (number > 1e11) return Math.max(0, (number - nowMs) / 1000);
    return Math.max(0, number > 1e9 ? number - nowMs / 1000 : number);
  }
  if (/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) {
    return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)].reduce((sum, [, n, unit = ""]) => sum + Number(n) * (UNITS[unit] ?? 0), 0);
  }
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - nowMs) / 1000);
}

function isNumber(text: string | null | undefined): boolean {
  return typeof text === "string" && /^\s*\d+(\.\d+)?\s*$/.test(text);
}
