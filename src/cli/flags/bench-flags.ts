import { Flags, type Interfaces } from "@oclif/core";
import { DEFAULT_DURATION, DEFAULT_WARMUP, type BenchOptions } from "../../app/bench/bench-options.js";
import { DEFAULT_MAX_TOKENS, DEFAULT_SEED, DEFAULT_TIMEOUT } from "../../app/studies/study-defaults.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { Load } from "../../lib/operations/load/run-level.js";
import type { Complete } from "./complete.js";
import { reportFlags } from "./output-flags.js";
import { experimentFlag, trackingUriFlag } from "./store-flags.js";
import { studyFlags } from "./study-flags.js";
import { argumentTargetFlags, targetOf } from "./target-flags.js";

/** The flags of `bench`. */
export const benchFlags = {
  ...argumentTargetFlags,
  concurrency: Flags.string({
    char: "c",
    helpValue: "LIST",
    description: "concurrent requests at each level, such as 1,2,4,8 [default: 1,4,16]",
  }),
  rate: Flags.string({ helpValue: "LIST", description: "arrivals per second at each level, such as 1,2.5,5", exclusive: ["concurrency"] }),
  "find-rate": Flags.boolean({
    description: "search for the highest rate that meets the objectives",
    exclusive: ["concurrency", "rate"],
    dependsOn: ["slo"],
  }),
  arrival: Flags.option({ options: ["poisson", "constant"] as const, default: "poisson", description: "gaps between arrivals" })(),
  slo: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "OBJECTIVE",
    description: "such as 'ttft<500ms@99%', 'itl<50ms' or 'e2e<2s@95%'",
  }),
  "max-failed": Flags.string({
    helpValue: "N|SHARE%",
    description: "exit 3 if more requests of a level fail: a number or a share [default: 0 with --slo, otherwise half of them]",
  }),
  requests: Flags.integer({ min: 1, description: "maximum requests per level [default: as many as its duration allows]" }),
  duration: Flags.integer({ default: DEFAULT_DURATION, min: 1, description: "maximum seconds per level" }),
  warmup: Flags.integer({ default: DEFAULT_WARMUP, min: 0, description: "warm-up requests before the first level, not counted" }),
  timeout: Flags.integer({
    default: DEFAULT_TIMEOUT,
    min: 1,
    description: "seconds one attempt may take before it counts as failed",
  }),
  dataset: Flags.string({
    char: "d",
    helpValue: "FILE",
    description: "questions to ask, in random order [default: the example questions]",
  }),
  map: studyFlags.map,
  max_tokens: Flags.integer({ aliases: ["max-tokens"], default: DEFAULT_MAX_TOKENS, min: 1, description: "maximum tokens per completion" }),
  "ignore-eos": Flags.boolean({ description: "always generate max_tokens, if the endpoint supports it" }),
  seed: Flags.integer({ default: DEFAULT_SEED, min: 0, description: "seed of prompts, arrivals and sampling" }),
  "tracking-uri": trackingUriFlag,
  experiment: experimentFlag("bench"),
  ...reportFlags,
};

/** What the flags say of a load test. Throws INVALID_ARGUMENT. */
export function benchOf(flags: Interfaces.InferredFlags<typeof benchFlags>): Complete<Omit<BenchOptions, "command">> {
  return {
    ...targetOf(flags),
    loads: readLoads(flags),
    findRate: flags["find-rate"],
    arrival: flags.arrival,
    slos: flags.slo,
    maxFailed: flags["max-failed"],
    requests: flags.requests,
    duration: flags.duration,
    warmup: flags.warmup,
    dataset: flags.dataset,
    map: flags.map,
    maxTokens: flags.max_tokens,
    ignoreEos: flags["ignore-eos"],
    seed: flags.seed,
    experiment: flags.experiment,
  };
}

function readLoads({ concurrency, rate }: { concurrency?: string | undefined; rate?: string | undefined }): Load[] | undefined {
  const kind = rate === undefined ? "concurrency" : "rate";
  return (rate ?? concurrency)?.split(",").map((part) => {
    const value = Number(part);
    if (value > 0 && Number.isFinite(value) && (kind === "rate" || Number.isInteger(value))) return { kind, value };
    throw new LlmopsError("INVALID_ARGUMENT", `"${part}" is not a valid ${kind}.`, { hint: `Write --${kind} 1,2,4.` });
  });
}
