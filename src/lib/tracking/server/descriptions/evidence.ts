import { z } from "zod";
import { modelVersionAnswer } from "./answers.js";
import { MISSING, type ApiDescriptions } from "./description.js";
import { optionalText, text, textList } from "./fields.js";

const requirement = z.object({
  requirement: z.string(),
  state: z.enum(["met", "not met", "cannot tell", "too much failed"]),
  evidence: z.string().describe("What was seen, in words."),
  hint: z.string().nullable().describe("What to do where it cannot be told."),
});
const pair = z.object({
  run_id: z.string(),
  samples: z.number().int(),
  difference: z.number().describe("The run's mean less the baseline's, over the samples that both scored."),
  low: z.number().nullable().describe("The interval that belongs to the verdict, corrected as the p value is."),
  high: z.number().nullable(),
  confidence: z.number(),
  p_value: z.number().describe("Corrected for all runs of the comparison (Holm)."),
  test: z.string(),
  verdict: z.enum(["better", "worse", "higher", "lower", "no difference", "cannot tell"]),
  further_samples: z.number().nullable().describe("How many more samples would probably tell."),
});

/** What the web application asks about the measurements in a store: an API of llmops, beside MLflow's. */
export const EVIDENCE_DESCRIPTIONS: ApiDescriptions = {
  "POST llmops/1/models/promote": {
    summary: "Give a version an alias or a stage if it meets the requirements, as `llmops mlflow promote` does",
    fields: z.object({
      name: text("The registered model."),
      version: text("Its version."),
      alias: optionalText("The alias to move to the version."),
      stage: optionalText("The stage to move the version to: an alias, a stage, or both."),
      archive_existing_versions: z.boolean().optional().describe("Versions that are in the stage go to Archived."),
      require: textList("What has to be proven: METRIC>=ALIAS, METRIC>ALIAS, METRIC<NUMBER."),
      fail_under: textList("Conditions that keep the version back where they hold for the number as it is."),
      min_effect: z.number().optional().describe("The largest loss to tolerate: METRIC>=ALIAS has to rule out a larger one."),
      max_failed: optionalText("Cells of the version's run that may have no score: a number or a share, as 5 or 2%; 0 when absent."),
      dry_run: z.boolean().optional().describe("The requirements are checked, and nothing is moved."),
    }),
    answer: z.object({ promoted: z.boolean(), requirements: z.array(requirement), version: modelVersionAnswer.shape.model_version }),
    errors: MISSING,
  },
  "POST llmops/1/runs/compare": {
    summary: "Compare runs with one of them, sample by sample where both scored the same samples",
    fields: z.object({
      baseline: optionalText("The run the others are compared with; the first when absent."),
      runs: z.array(z.string()).describe("At most 100 runs, with the baseline or without."),
      score: optionalText("The score of single samples to compare; the one that decides in the baseline's study when absent."),
    }),
    answer: z.object({
      score: z.string().nullable().describe("What was compared; null where the baseline has no scores of single samples."),
      scores: z.array(z.string()).describe("The scores of single samples that the baseline has."),
      directions: z.record(z.string(), z.enum(["max", "min", "none"])).describe("Which way each metric of the runs is better."),
      notes: z.array(z.string()).describe("Which samples were left out, in words."),
      pairs: z.array(pair),
    }),
    errors: MISSING,
  },
};
