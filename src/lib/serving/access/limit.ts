import { LlmopsError } from "../../base/errors/llmops-error.js";

export type LimitUnit = "requests" | "tokens" | "usd";

/** So much of something in a window of time that begins with its first use. */
export interface Limit {
  unit: LimitUnit;
  amount: number;
  windowMs: number;
  /** As it was written. */
  text: string;
}

const WINDOWS: Record<string, number> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
};
const FACTORS: Record<string, number> = { "": 1, k: 1e3, m: 1e6 };
const FORM = /^(\$)?\s*(\d+(?:\.\d+)?)([km]?)\s*(requests?|tokens?)?\s*\/\s*(second|minute|hour|day|week|month)$/i;

/** Reads "5/minute", "20ktokens/minute", "$2/day". A month has 30 days. Throws INVALID_ARGUMENT. */
export function parseLimit(text: string): Limit {
  const [, dollars, number = "", factor = "", what = "", window = ""] = FORM.exec(text.trim()) ?? [];
  const amount = Number(number) * (FACTORS[factor.toLowerCase()] ?? 1);
  const windowMs = WINDOWS[window.toLowerCase()];
  if (windowMs === undefined || !(amount > 0) || (dollars && what)) {
    throw new LlmopsError("INVALID_ARGUMENT", `"${text}" is not a limit.`, {
      hint: "Write it like 5/minute, 20ktokens/minute or $2/day; windows are second, minute, hour, day, week, month.",
    });
  }
  return { unit: unitOf(dollars, what), amount, windowMs, text: text.trim() };
}

function unitOf(dollars: string | undefined, what: string): LimitUnit {
  if (dollars) return "usd";
  return what.toLowerCase().startsWith("token") ? "tokens" : "requests";
}

/** What a request costs, in each unit. */
export type Cost = Record<LimitUnit, number>;

/** Money per million tokens. */
export interface Prices {
  promptPerMillion: number;
  completionPerMillion: number;
}

/** The cost of one request of so many tokens. */
export function costOf(tokens: { prompt: number; completion: number }, prices: Prices | undefined): Cost {
  const usd = prices ? (tokens.prompt * prices.promptPerMillion + tokens.completion * prices.completionPerMillion) / 1e6 : 0;
  return { requests: 1, tokens: tokens.prompt + tokens.completion, usd };
}
