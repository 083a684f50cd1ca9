import { LlmopsError } from "../errors/llmops-error.js";
import type { RequestTiming } from "./request-timing.js";

/** What of a request an objective bounds: first token, time per further token, or the whole, all in milliseconds. */
export type SloMeasure = "ttft" | "itl" | "e2e";

/** An objective: that share of requests stays within the bound. */
export interface Slo {
  /** As it was written. */
  text: string;
  measure: SloMeasure;
  boundMs: number;
  /** 0..1 */
  share: number;
}

const DEFAULT_SHARE = 0.99;
const UNITS: Record<string, number> = { ms: 1, s: 1000 };

/** Reads "ttft<500ms@99%" (99 % when it is left out). Throws INVALID_ARGUMENT. */
export function parseSlo(text: string): Slo {
  const [, measure, amount, unit, percent] = /^\s*(ttft|itl|e2e)\s*<=?\s*([\d.]+)\s*(ms|s)\s*(?:@\s*([\d.]+)\s*%)?\s*$/.exec(text) ?? [];
  const boundMs = Number(amount) * (UNITS[unit ?? ""] ?? Number.NaN);
  const share = percent === undefined ? DEFAULT_SHARE : Number(percent) / 100;
  if (measure !== undefined && boundMs > 0 && share > 0 && share <= 1) return { text, measure: measure as SloMeasure, boundMs, share };
  throw new LlmopsError("INVALID_ARGUMENT", `"${text}" is no objective.`, {
    hint: "Write ttft<500ms@99%, itl<50ms or e2e<2s@95%: first token, time per further token, whole answer.",
  });
}

/** Whether a request met an objective; a failed one never does. */
export function meets(timing: RequestTiming, { measure, boundMs }: Slo): boolean {
  if (timing.error !== undefined) return false;
  const value = { ttft: timing.firstTokenMs, itl: timing.perTokenMs, e2e: timing.totalMs }[measure];
  return value === undefined || value < boundMs;
}

/** The share of requests that met an objective; 0 without requests. */
export function shareWithin(timings: readonly RequestTiming[], slo: Slo): number {
  return timings.length === 0 ? 0 : timings.filter((timing) => meets(timing, slo)).length / timings.length;
}
