import { Flags, type Interfaces } from "@oclif/core";
import { DEFAULT_SHOWN, type ShowOptions } from "../../app/studies/show-answers.js";
import type { Complete } from "./complete.js";
import { movedDatasetFlag } from "./study-flags.js";

/** The flags of `show`. */
export const showFlags = {
  failed: Flags.boolean({ description: "only cells without a score: failed, filtered, or unscored", exclusive: ["worst", "by", "diff"] }),
  worst: Flags.integer({ min: 1, helpValue: "N", description: "the N answers with the worst scores", exclusive: ["by", "diff"] }),
  by: Flags.string({
    helpValue: "COLUMN",
    description: "means per value of topic or another column",
    exclusive: ["diff", "thoughts"],
  }),
  diff: Flags.string({
    multiple: true,
    helpValue: "SETTING",
    description: "rows on which two settings (--diff A B) score differently or, if there are none, answer differently",
  }),
  setting: Flags.string({ helpValue: "NAME", description: "only answers of this setting", exclusive: ["diff"] }),
  id: Flags.string({ helpValue: "ROW", description: "only of the row with this id" }),
  limit: Flags.integer({
    min: 0,
    default: DEFAULT_SHOWN,
    description: "maximum number of answers shown; 0 shows all",
    exclusive: ["by", "worst"],
  }),
  thoughts: Flags.boolean({ description: "also show what the model thought before it answered" }),
  dataset: movedDatasetFlag,
};

/** Which answers the flags have shown. */
export function showOf(flags: Interfaces.InferredFlags<typeof showFlags>): Complete<Omit<ShowOptions, "study">> {
  const { dataset, failed, worst, by, diff, setting, id, limit } = flags;
  return { dataset, failed, worst, by, diff, setting, id, limit };
}
