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
    description: "interval between system metrics; 0s records none",
  }),
  webhook: Flags.string({
    helpValue: "URL",
    description: "URL to POST a message to when the command fails (JSON with `text`, as Slack expects)",
  }),
  experiment: experimentFlag("training"),
  "tracking-uri": trackingUriFlag,
};
