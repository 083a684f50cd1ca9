import type { Sample } from "../../lib/experiments/dataset/sample.js";
import { toMessages } from "../../lib/experiments/study/run-cell.js";
import type { LevelOptions, Load } from "../../lib/operations/load/run-level.js";
import { DEFAULT_MAX_TOKENS, DEFAULT_SEED, DEFAULT_TIMEOUT } from "../studies/study-defaults.js";
import type { RowOptions, TypedCommand } from "../studies/study-options.js";
import type { TargetOptions } from "../targets/open-target.js";

/** The levels of a load test where none is named. */
export const DEFAULT_LOADS: readonly Load[] = [1, 4, 16].map((value) => ({ kind: "concurrency", value }));
/** The seconds of a level at most, and the requests before the first one that do not count. */
export const [DEFAULT_DURATION, DEFAULT_WARMUP] = [10, 5];

/** A load test. */
export interface BenchOptions extends TargetOptions, Omit<RowOptions, "limit"> {
  /** Requests at a time, or arrivals a second, level by level. */
  loads?: readonly Load[] | undefined;
  /** Search the highest rate that meets the objectives, instead of levels. */
  findRate?: boolean | undefined;
  /** Gaps between arrivals; "poisson" when absent. */
  arrival?: LevelOptions["arrival"] | undefined;
  /** Objectives, as "ttft<500ms@99%". */
  slos?: readonly string[] | undefined;
  /** The most requests of a level that may fail: a number, or a share as "5%". */
  maxFailed?: string | undefined;
  /** Most requests of a level; as many as fit into its duration when absent. */
  requests?: number | undefined;
  /** Most seconds of a level. */
  duration?: number | undefined;
  /** Requests before the first level that do not count. */
  warmup?: number | undefined;
  /** The maximum tokens per completion. */
  maxTokens?: number | undefined;
  /** Always generate `maxTokens`, where the endpoint can. */
  ignoreEos?: boolean | undefined;
  /** The MLflow experiment of the run. */
  experiment?: string | undefined;
  command?: TypedCommand | undefined;
}

/** How each level asks the samples, in turn. */
export function levelOptionsOf(options: BenchOptions, samples: readonly Sample[], signal: AbortSignal): LevelOptions {
  const { seed = DEFAULT_SEED, maxTokens = DEFAULT_MAX_TOKENS, requests = Infinity, arrival = "poisson" } = options;
  const { duration = DEFAULT_DURATION, timeout = DEFAULT_TIMEOUT } = options;
  return {
    requestAt: (index) => {
      const sample = samples[index % samples.length];
      const messages = sample ? toMessages(sample, { system: undefined, prompt: undefined }) : [];
      return { messages, maxTokens, seed: seed + index, ...(options.ignoreEos && { ignoreEndTokens: true }) };
    },
    ...{ requests, durationMs: duration * 1000, arrival, seed, signal, timeoutMs: timeout * 1000 },
  };
}
