import { Flags, type Interfaces } from "@oclif/core";
import type { CompareOptions } from "../../app/studies/compare-results.js";
import type { Complete } from "./complete.js";
import { reportFlags } from "./output-flags.js";
import { trackingUriFlag } from "./store-flags.js";
import { comparingFlags } from "./study-flags.js";

/** The flags of `compare`. */
export const compareFlags = {
  "tracking-uri": trackingUriFlag,
  ...comparingFlags,
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
  return { results, gated, correction, minEffect, maxFailed, trackingUri };
}
