import { Flags } from "@oclif/core";
import { STAGES } from "../../lib/tracking/registry-records.js";
import { numberFlag } from "./number-flag.js";
import { trackingUriFlag } from "./store-flags.js";

/** The flags of `mlflow promote`. */
export const promoteFlags = {
  alias: Flags.string({ description: "alias to move to the version" }),
  stage: Flags.option({ options: STAGES, description: "stage to move the version to" })(),
  "archive-others": Flags.boolean({ description: "with --stage: move the versions already in it to Archived", dependsOn: ["stage"] }),
  require: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "REQUIREMENT",
    description: "METRIC>=ALIAS, METRIC>ALIAS, METRIC<NUMBER, ...",
  }),
  "min-effect": numberFlag({
    default: 0,
    helpValue: "SIZE",
    description: "largest loss to tolerate: METRIC>=ALIAS must rule out a larger one",
  }),
  "fail-under": Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "CONDITION",
    description: "exit 1 if this holds for the value itself, ignoring its error, as in 'loss>1.5'",
  }),
  "max-failed": Flags.string({
    default: "0",
    helpValue: "N|SHARE%",
    description: "with a requirement: exit 3 if more cells of the version's run failed, were filtered, or stayed unscored",
  }),
  "tracking-uri": trackingUriFlag,
};
