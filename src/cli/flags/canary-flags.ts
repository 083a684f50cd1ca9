import { Flags, type Interfaces } from "@oclif/core";
import { CANARY_ROWS } from "../../app/monitoring/plan-canary.js";
import type { TypedCommand } from "../../app/studies/study-options.js";
import { DEFAULT_TOLERANCES, type CanaryOptions } from "../../app/monitoring/canary.js";
import type { Complete } from "./complete.js";
import { numberFlag } from "./number-flag.js";
import { reportFlags } from "./output-flags.js";
import { experimentFlag } from "./store-flags.js";
import { pick, promptOf, studyFlags } from "./study-flags.js";
import { argumentTargetFlags, targetOf } from "./target-flags.js";

/** The flags of `monitor canary`. */
export const canaryFlags = {
  ...argumentTargetFlags,
  ...pick(studyFlags, ["dataset", "map", "repeats", "seed", "system", "prompt", "max_tokens", "set", "concurrency", "timeout", "retries"]),
  ...pick(studyFlags, ["scorer", "plugin", "tracking-uri"]),
  limit: Flags.integer({
    min: 0,
    default: CANARY_ROWS,
    description: "use a fixed random subset of this many rows; 0 uses all",
  }),
  name: Flags.string({ default: "canary", description: "name of the canary to save or to compare with" }),
  bless: Flags.boolean({ description: "save how the model answers now", exclusive: ["interval"] }),
  "quality-tolerance": numberFlag({
    default: DEFAULT_TOLERANCES.quality,
    helpValue: "SIZE",
    description: "largest change of a score or rate to tolerate",
  }),
  "length-tolerance": numberFlag({
    default: DEFAULT_TOLERANCES.length,
    helpValue: "SHARE",
    description: "largest change of the answers' length to tolerate",
  }),
  "latency-tolerance": numberFlag({
    default: DEFAULT_TOLERANCES.latency,
    helpValue: "SHARE",
    description: "largest slowdown to tolerate",
  }),
  interval: Flags.string({ char: "i", helpValue: "TIME", description: "repeat at this interval until Ctrl+C" }),
  alerts: Flags.string({
    helpValue: "FILE",
    dependsOn: ["interval"],
    description: "YAML file of alerts whose sinks are notified of drift [default: drift is only printed]",
  }),
  experiment: experimentFlag("canary"),
  ...reportFlags,
};

/** What `canaryFlags` have a canary ask, and compare. */
export function canaryOptionsOf(flags: Interfaces.InferredFlags<typeof canaryFlags>, command: TypedCommand): Complete<CanaryOptions> {
  const { name, bless, dataset, map, limit, seed, repeats, scorer: scorers, plugin: plugins, concurrency, retries, experiment } = flags;
  return {
    ...{ ...targetOf(flags), ...promptOf(flags), command, folder: undefined },
    ...{ name, bless, dataset, map, limit, seed, repeats, scorers, plugins, concurrency, retries, experiment },
    tolerances: { quality: flags["quality-tolerance"], length: flags["length-tolerance"], latency: flags["latency-tolerance"] },
  };
}
