import { Flags, type Interfaces } from "@oclif/core";
import type { CompareOptions } from "../../app/studies/compare-results.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { Direction } from "../../lib/base/stats/verdict.js";
import type { Complete } from "./complete.js";
import { reportFlags } from "./output-flags.js";
import { trackingUriFlag } from "./store-flags.js";
import { comparingFlags } from "./study-flags.js";

/** Which way scores are better, where neither their makers nor their names say it, or say it wrongly. */
export const directionFlags = {
  "higher-is-better": Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "SCORE",
    description: "more of this score is better [default: what its run recorded, or what its name says]",
  }),
  "lower-is-better": Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "SCORE",
    description: "less of this score is better [default: what its run recorded, or what its name says]",
  }),
};

/** What the flags say of scores. Throws INVALID_ARGUMENT for a score that both name. */
export function directionsOf(flags: Interfaces.InferredFlags<typeof directionFlags>): Record<string, Direction> {
  const { "higher-is-better": higher = [], "lower-is-better": lower = [] } = flags;
  const both = higher.find((score) => lower.includes(score));
  if (both !== undefined) {
    throw new LlmopsError("INVALID_ARGUMENT", `"${both}" is named by --higher-is-better and by --lower-is-better.`, {
      hint: "Leave one of them out.",
    });
  }
  return Object.fromEntries([...higher.map((score) => [score, "max"] as const), ...lower.map((score) => [score, "min"] as const)]);
}

/** The flags of `compare`. */
export const compareFlags = {
  "tracking-uri": trackingUriFlag,
  ...comparingFlags,
  ...directionFlags,
  gate: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: "SCORE", description: "a score that decides the exit code" }),
  "max-failed": Flags.string({
    helpValue: "N|SHARE%",
    dependsOn: ["gate"],
    description: "exit 3 if more rows of a result lack a gated score: a number, or a share of its rows [default: 0]",
  }),
  ...reportFlags,
};

/** What the flags have compared of these results. */
export function compareOf(flags: Interfaces.InferredFlags<typeof compareFlags>, results: readonly string[]): Complete<CompareOptions> {
  const { gate: gated, correction, "min-effect": minEffect, "max-failed": maxFailed, "tracking-uri": trackingUri } = flags;
  return { results, gated, correction, minEffect, maxFailed, directions: directionsOf(flags), trackingUri };
}
