import { quantileSorted } from "simple-statistics";
import type { RequestFailure } from "./request-timing.js";
import type { LevelRun } from "./run-level.js";
import { meets, shareWithin, type Slo } from "../slo/slo.js";

/** Percentiles of a time in milliseconds; null where nothing was measured. */
export interface Percentiles {
  p50: number | null;
  p90: number | null;
  p99: number | null;
  max: number | null;
}

/** A reason why requests failed, and how many it cost. */
export interface LevelError extends RequestFailure {
  requests: number;
}

/** Reasons that are told of each level. */
const MOST_REASONS = 3;

/** What a level of load gave, as `bench --json` prints it. */
export interface LevelResult {
  load: "concurrency" | "rate";
  value: number;
  seconds: number;
  /** `rate_limited` of the failed were refused because too much was asked; only where some were. */
  requests: { done: number; failed: number; rate_limited?: number };
  requests_per_second: number;
  completion_tokens_per_second: number;
  prompt_tokens_per_second: number;
  ttft_ms: Percentiles;
  /** Between any two tokens. */
  itl_ms: Percentiles;
  e2e_ms: Percentiles;
  /** Requests a second that met every objective; null without objectives. */
  goodput: number | null;
  slos: { slo: string; share: number; met: boolean }[];
  /** The commonest reasons why requests failed, the most frequent first. */
  errors: LevelError[];
}

/** Sums up a level. */
export function toLevelResult({ load, timings, seconds }: LevelRun, slos: readonly Slo[]): LevelResult {
  const good = timings.filter(({ error }) => error === undefined);
  const limited = timings.filter(({ isRateLimited }) => isRateLimited === true).length;
  const perSecond = (total: number) => (seconds > 0 ? total / seconds : 0);
  const sum = (count: (timing: (typeof good)[number]) => number) => good.reduce((total, timing) => total + count(timing), 0);
  return {
    load: load.kind,
    value: load.value,
    seconds,
    requests: { done: timings.length, failed: timings.length - good.length, ...(limited > 0 && { rate_limited: limited }) },
    requests_per_second: perSecond(good.length),
    completion_tokens_per_second: perSecond(sum(({ completionTokens }) => completionTokens)),
    prompt_tokens_per_second: perSecond(sum(({ promptTokens }) => promptTokens)),
    ttft_ms: percentiles(good.flatMap(({ firstTokenMs }) => firstTokenMs ?? [])),
    itl_ms: percentiles(good.flatMap(({ gapsMs }) => gapsMs)),
    e2e_ms: percentiles(good.map(({ totalMs }) => totalMs)),
    goodput: slos.length === 0 ? null : perSecond(timings.filter((timing) => slos.every((slo) => meets(timing, slo))).length),
    slos: slos.map((slo) => {
      const share = shareWithin(timings, slo);
      return { slo: slo.text, share, met: share >= slo.share };
    }),
    errors: tally(timings.flatMap(({ error }) => error ?? [])),
  };
}

/** True when requests were answered and every objective is met. */
export function isMet({ slos, requests }: LevelResult): boolean {
  return requests.done > requests.failed && slos.every(({ met }) => met);
}

function tally(failures: readonly RequestFailure[]): LevelError[] {
  const byReason = new Map<string, LevelError>();
  for (const { code, message } of failures) {
    const key = `${code} ${message}`;
    byReason.set(key, { code, message, requests: (byReason.get(key)?.requests ?? 0) + 1 });
  }
  return [...byReason.values()].sort((a, b) => b.requests - a.requests).slice(0, MOST_REASONS);
}

function percentiles(values: readonly number[]): Percentiles {
  if (values.length === 0) return { p50: null, p90: null, p99: null, max: null };
  const sorted = Float64Array.from(values).sort() as unknown as number[];
  return {
    p50: quantileSorted(sorted, 0.5),
    p90: quantileSorted(sorted, 0.9),
    p99: quantileSorted(sorted, 0.99),
    max: quantileSorted(sorted, 1),
  };
}
