import { LlmopsError } from "../errors/llmops-error.js";

const UNIT_MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Milliseconds of a duration such as 90s, 15m, 24h, 7d, 2w. Throws INVALID_ARGUMENT. */
export function parseDuration(text: string): number {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)(ms|[smhdw])$/.exec(text.trim()) ?? [];
  if (amount !== undefined) return Number(amount) * (UNIT_MS[unit] ?? 0);
  throw new LlmopsError("INVALID_ARGUMENT", `"${text}" is not a duration.`, { hint: "Write it as 90s, 15m, 24h, 7d or 2w." });
}

/** Milliseconds of a time limit: a plain number means seconds, as with every --timeout; otherwise a duration. Throws INVALID_ARGUMENT. */
export function parseTimeout(text: string): number {
  const ms = parseDuration(/^\s*\d+(\.\d+)?\s*$/.test(text) ? `${text.trim()}s` : text);
  if (ms > 0) return ms;
  throw new LlmopsError("INVALID_ARGUMENT", `--timeout ${text} is not longer than 0.`, {
    hint: "Write seconds, such as 3, or a duration such as 500ms.",
  });
}

/** A duration in words people read: "3 d 4 h", "12 min", "8 s". */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
