import { LlmopsError } from "../../base/errors/llmops-error.js";

/** What of a request an objective is about: first token, time per further token, the whole (all bounded in milliseconds), or that it succeeds. */
export type SloMeasure = "ttft" | "itl" | "e2e" | "success";

/** An objective: that share of requests stays within the bound, over a window of time. */
export interface Slo {
  /** As it was written. */
  text: string;
  measure: SloMeasure;
  /** Infinity where only success counts. */
  boundMs: number;
  /** 0..1 */
  share: number;
  /** Over which the share is to hold; load tests look at their own time only. */
  windowMs: number;
}

/** A request as far as objectives look at it; what is undefined was not measured. */
export interface MeasuredRequest {
  firstTokenMs?: number | undefined;
  perTokenMs?: number | undefined;
  totalMs: number;
  /** Why it failed. */
  error?: unknown;
}

const DEFAULT_SHARE = 0.99;
const DAY_MS = 86_400_000;
const DEFAULT_WINDOW_MS = 28 * DAY_MS;
const UNITS: Record<string, number> = { ms: 1, s: 1000 };
const WINDOW_UNITS: Record<string, number> = { m: 60_000, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS };
const GRAMMAR =
  /^\s*(?:(?<success>success)|(?<measure>ttft|itl|e2e)\s*<=?\s*(?<amount>[\d.]+)\s*(?<unit>ms|s))\s*(?:@\s*(?<percent>[\d.]+)\s*%)?\s*(?:\/\s*(?<window>[\d.]+)(?<windowUnit>[mhdw]))?\s*$/;

/** Reads "ttft<500ms@99%/28d" or "success@99.9%" (99 % over 28 days when they are left out). Throws INVALID_ARGUMENT. */
export function parseSlo(text: string): Slo {
  const { success, measure, amount, unit, percent, window, windowUnit } = GRAMMAR.exec(text)?.groups ?? {};
  const boundMs = success === undefined ? toMs(amount, unit, UNITS) : Infinity;
  const share = percent === undefined ? DEFAULT_SHARE : Number(percent) / 100;
  const windowMs = window === undefined ? DEFAULT_WINDOW_MS : toMs(window, windowUnit, WINDOW_UNITS);
  if (boundMs > 0 && share > 0 && share <= 1 && windowMs > 0) {
    return { text: text.trim(), measure: (success ?? measure) as SloMeasure, boundMs, share, windowMs };
  }
  throw new LlmopsError("INVALID_ARGUMENT", `"${text}" is not an objective.`, {
    hint: "Write ttft<500ms@99%/28d, itl<50ms, e2e<2s@95% or success@99.9%: first token, time per further token, whole answer, no failure.",
  });
}

/** NaN for what is not an amount with a unit. */
function toMs(amount: string | undefined, unit: string | undefined, units: Readonly<Record<string, number>>): number {
  return Number(amount) * (units[unit ?? ""] ?? Number.NaN);
}

/** What the share that met an objective, and other numbers of it, are called as metrics of a run. */
export function metricOfSlo(text: string, number: "attained" | "error_budget_left" | "burn_rate"): string {
  return `slo_${text.replace(/[^\w.]+/g, "_")}_${number}`;
}

/** Whether a request met an objective; a failed one never does. */
export function meets(request: MeasuredRequest, { measure, boundMs }: Slo): boolean {
  if (request.error !== undefined) return false;
  if (measure === "success") return true;
  const value = { ttft: request.firstTokenMs, itl: request.perTokenMs, e2e: request.totalMs }[measure];
  return value === undefined || value < boundMs;
}

/** The share of requests that met an objective; 0 without requests. */
export function shareWithin(requests: readonly MeasuredRequest[], slo: Slo): number {
  return requests.length === 0 ? 0 : requests.filter((request) => meets(request, slo)).length / requests.length;
}
