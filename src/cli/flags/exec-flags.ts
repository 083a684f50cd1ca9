import { Flags } from "@oclif/core";
import { experimentFlag, pairsFlag, trackingUriFlag } from "./store-flags.js";

/** The flags of `mlflow exec`. */
export const execFlags = {
  param: pairsFlag({ char: "p", description: "param of the run" }),
  tag: pairsFlag({ description: "tag of the run" }),
  name: Flags.string({ description: "name of the run" }),
  "system-metrics": Flags.string({
    default: "10s",
    helpValue: "TIME",
    description: "pause between readings of the machine; 0s for none",
  }),
  webhook: Flags.string({
    helpValue: "URL",
    description: "POST a message there (JSON with `text`, as Slack takes it) when the command fails",
  }),
  experiment: experimentFlag("training"),
  "tracking-uri": trackingUriFlag,
};
