import { z } from "zod";
import { wireNumber } from "./answers.js";
import type { ApiDescriptions } from "./description.js";
import { optionalText, textList, viewType } from "./fields.js";

const scope = {
  experiment_ids: textList("Where to look; in all active experiments when absent or empty."),
  filter: optionalText("What to look for, in MLflow's grammar: metrics.accuracy > 0.9 AND tags.team = 'a'."),
  words: optionalText("Words, each to be found in a run's name or id, in a param or in a tag, in any case."),
  run_view_type: viewType,
  parent: optionalText("roots for runs without a parent, or a run's id for its children; all runs when absent."),
};
const count = z.number().int();
const status = z.enum(["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]);
const texts = z.record(z.string(), z.string());
const metric = z.object({
  last: wireNumber,
  min: wireNumber.describe("Of all its points."),
  max: wireNumber.describe("Of all its points."),
  step: count.describe("Of the last value."),
  points: count,
});

const row = z.object({
  run_id: z.string(),
  run_name: z.string(),
  experiment_id: z.string(),
  status,
  lifecycle_stage: z.enum(["active", "deleted"]),
  start_time: count,
  end_time: count.nullable(),
  user_id: z.string(),
  parent_run_id: z.string().nullable(),
  children: count.describe("Active runs that name it as their parent."),
  params: texts,
  metrics: z.record(z.string(), metric),
  tags: texts.describe("Without notes; values are cut after 200 characters."),
});
const textColumn = z.object({
  key: z.string(),
  runs: count,
  distinct: count.describe("How many values there are."),
  values: z.array(z.object({ value: z.string(), runs: count })).describe("The 20 most frequent."),
});

const runOf = { run_id: z.string(), run_name: z.string(), experiment_id: z.string() };

/** What the web application asks of runs: an API of llmops, beside MLflow's. */
export const VIEW_DESCRIPTIONS: ApiDescriptions = {
  "GET llmops/1/overview": {
    summary: "Read what is running, what ended last, and which models are registered, 20 of each at most",
    answer: z.object({
      experiments: count,
      runs: count,
      running: z.array(
        z.object({
          ...runOf,
          start_time: count,
          progress: z.number().nullable().describe("The share of a study's cells that are done."),
          eta_ms: z.number().nullable().describe("Milliseconds until a study is done."),
          tags: texts.describe("Those of llmops."),
        }),
      ),
      recent: z.array(
        z.object({ ...runOf, status, end_time: count.nullable(), verdict: z.string().nullable().describe("What a study came to.") }),
      ),
      models: z.array(
        z.object({ name: z.string(), newest_version: z.string().nullable(), champion: z.string().nullable(), aliases: texts }),
      ),
    }),
  },
  "POST llmops/1/runs/query": {
    summary: "Read a part of the runs of a search by place, as rows of a table, and how many runs there are",
    fields: z.object({
      ...scope,
      order_by: textList(
        "Names with ASC or DESC, the first counts most; also metrics.loss.min and metrics.loss.max. The newest first when absent.",
      ),
      offset: count.optional().describe("The place of the first run; 0 when absent."),
      limit: count.optional().describe("At most so many runs, up to 500; 100 when absent."),
    }),
    answer: z.object({ total: count, offset: count, runs: z.array(row) }),
  },
  "POST llmops/1/runs/columns": {
    summary: "Read which metrics, params and tags the runs of a search have, with their ranges and most frequent values",
    fields: z.object(scope),
    answer: z.object({
      total: count,
      statuses: z.partialRecord(status, count),
      metrics: z.array(z.object({ key: z.string(), runs: count, min: wireNumber, max: wireNumber })).describe("Of the latest values."),
      params: z.array(textColumn),
      tags: z.array(textColumn).describe("MLflow's own are left out, but for mlflow.source.name and mlflow.user."),
    }),
  },
};
