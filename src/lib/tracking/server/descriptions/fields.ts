import { z } from "zod";

/** What requests are given, as documentation has it: names may also be camelCase, and numbers written as text. */
export const text = (about: string) => z.string().describe(about);
export const optionalText = (about: string) => z.string().optional().describe(about);

export const pairList = (about: string) =>
  z
    .array(z.object({ key: z.string(), value: z.string().optional() }))
    .optional()
    .describe(about);
export const textList = (about: string) => z.array(z.string()).optional().describe(about);
export const experimentId = { experiment_id: text("The experiment.") };
export const runId = { run_id: text("The run. Also: run_uuid.") };
export const tag = { key: text("The tag."), value: optionalText("Its value; empty when absent.") };
export const tagKey = { key: text("The tag.") };
export const experimentIds = { experiment_ids: textList("Where to look.") };

export const page = (defaultSize: string) => ({
  max_results: z.number().int().optional().describe(`Most items per page; default ${defaultSize}.`),
  page_token: optionalText("The next_page_token of the previous page."),
});
export const search = (defaultSize: string) => ({
  filter: optionalText("A filter in MLflow's grammar: metrics.accuracy > 0.9 AND tags.team = 'a'."),
  order_by: textList("Names with ASC or DESC, in order of precedence."),
  ...page(defaultSize),
});
export const viewType = z.enum(["ACTIVE_ONLY", "DELETED_ONLY", "ALL"]).optional().describe("ACTIVE_ONLY when absent.");

export const metricFields = {
  key: text("The metric."),
  value: z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])]).describe("A number; NaN and infinities as words."),
  timestamp: z.number().int().describe("Milliseconds since 1970."),
  step: z.number().int().optional().describe("0 when absent."),
  model_id: optionalText("The logged model it belongs to."),
  dataset_name: optionalText("The dataset it belongs to."),
  dataset_digest: optionalText("That dataset's digest."),
};
