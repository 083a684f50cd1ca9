import { z } from "zod";
import { quantileSorted } from "simple-statistics";
import { quantileInterval } from "../../base/stats/quantile-interval.js";
import { type RequestFailure, requestFailureSchema } from "./request-timing.js";
import type { LevelRun } from "./run-level.js";
import { meets, shareWithin, type Slo } from "../slo/slo.js";

const intervalSchema = z.object({ low: z.number().nullable(), high: z.number().nullable() });

const percentilesSchema = z.object({
  p50: z.number().nullable(),
  p90: z.number().nullable(),
  p99: z.number().nullable(),
  max: z.number().nullable(),
  intervals: z
    .object({ p50: intervalSchema, p90: intervalSchema, p99: intervalSchema })
    .exactOptional()
    .describe("95 % intervals of times that each request has one of; an end is null if too few requests were measured to have it."),
});

type Interval = z.infer<typeof intervalSchema>;

/** Percentiles of a time in milliseconds; null where nothing was measured. */
export type Percentiles = z.infer<typeof percentilesSchema>;

const levelErrorSchema = requestFailureSchema.extend({
  requests: z.number(),
});

/** A reason why requests failed, and how many it cost. */
export type LevelError = z.infer<typeof levelErrorSchema>;

export const levelResultSchema = z.object({
  load: z.enum(["concurrency", "rate"]),
  value: z.number(),
  seconds: z.number(),
  requests: z
    .object({
      done: z.number(),
      failed: z.number(),
      rate_limited: z.number().exactOptional(),
    })
    .describe("`rate_limited` of the failed were refused because too much was asked; only where some were."),
  requests_per_second: z.number(),
  completion_tokens_per_second: z.number(),
  prompt_tokens_per_second: z.number(),
  ttft_ms: percentilesSchema,
  itl_ms: percentilesSchema.describe("Between any two tokens."),
  e2e_ms: percentilesSchema,
  goodput: z.number().nullable().describe("Requests a second that met every objective; null without objectives."),
  slos: z.array(
    z.object({
      slo: z.string(),
      share: z.number(),
      met: z.boolean(),
    }),
  ),
  errors: z.array(levelErrorSchema).describe("The commonest reasons why requests failed, the most frequent first."),
});

/** What a level of load gave, as `bench --json` prints it. */
export type LevelResult = z.infer<typeof levelResultSchema>;

/** Reasons that are told of each level. */
const MOST_REASONS = 3;

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
    ttft_ms: withIntervals(good.flatMap(({ firstTokenMs }) => firstTokenMs ?? [])),
    itl_ms: percentiles(good.flatMap(({ gapsMs }) => gapsMs)),
    e2e_ms: withIntervals(good.map(({ totalMs }) => totalMs)),
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

/** Times of requests, which are measured one by one; those between tokens of one request hang together. */
function withIntervals(values: readonly number[]): Percentiles {
  const sorted = inOrder(values);
  const [p50, p90, p99] = [0.5, 0.9, 0.99].map((share) => quantileInterval(sorted, share)) as [Interval, Interval, Interval];
  return { ...percentiles(values), ...(values.length > 0 && { intervals: { p50, p90, p99 } }) };
}

function inOrder(values: readonly number[]): number[] {
  return Float64Array.from(values).sort() as unknown as number[];
}

function percentiles(values: readonly number[]): Percentiles {
  if (values.length === 0) return { p50: null, p90: null, p99: null, max: null };
  const sorted = inOrder(values);
  return {
    p50: quantileSorted(sorted, 0.5),
    p90: quantileSorted(sorted, 0.9),
    p99: quantileSorted(sorted, 0.99),
    max: quantileSorted(sorted, 1),
  };
}
