import { z } from "zod";
import { wireNumber } from "./answers.js";
import { MISSING, type ApiDescriptions } from "./description.js";
import { optionalText, runId, text, textList, viewType } from "./fields.js";
import { TRACE_VIEW_DESCRIPTIONS } from "./trace-views.js";

const scope = {
  experiment_ids: textList("Experiments to search; all active ones if absent or empty."),
  filter: optionalText("A filter in MLflow's grammar: metrics.accuracy > 0.9 AND tags.team = 'a'."),
  words: optionalText("Words that must each occur in a run's name, id, params, or tags; case-insensitive."),
  run_view_type: viewType,
  parent: optionalText("roots for runs without a parent, or a run's id for its children; default all runs."),
};
const count = z.number().int();
/** How a run is. */
export const runStatus = z.enum(["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]);
const texts = z.record(z.string(), z.string());
const metric = z.object({
  last: wireNumber,
  min: wireNumber.optional().describe("Over all its points; with metrics=last it and the following are absent."),
  max: wireNumber.optional().describe("Over all its points."),
  step: count.optional().describe("Of the last value."),
  points: count.optional(),
});
const isCurrent = z
  .boolean()
  .describe("False where a part that is slow to compute, such as the total of a large store, may be some seconds old. Ask again.");

const row = z.object({
  run_id: z.string(),
  run_name: z.string(),
  experiment_id: z.string(),
  status: runStatus,
  lifecycle_stage: z.enum(["active", "deleted"]),
  start_time: count,
  end_time: count.nullable(),
  user_id: z.string(),
  parent_run_id: z.string().nullable(),
  children: count.describe("Active runs that have it as their parent."),
  params: texts,
  metrics: z.record(z.string(), metric),
  tags: texts.describe("Without notes; values are truncated to 200 characters."),
});
const textColumn = z.object({
  key: z.string(),
  runs: count,
  distinct: count.describe("How many values there are."),
  values: z.array(z.object({ value: z.string(), runs: count })).describe("The 20 most frequent."),
});

/** What the web application asks of runs and traces: an API of llmops, beside MLflow's. */
export const VIEW_DESCRIPTIONS: ApiDescriptions = {
  ...TRACE_VIEW_DESCRIPTIONS,
  "POST llmops/1/runs/query": {
    summary: "Read a range of the runs of a search, as rows of a table, and their total number",
    fields: z.object({
      ...scope,
      order_by: textList(
        "Names with ASC or DESC, in order of precedence; also metrics.loss.min and metrics.loss.max. Default: newest first.",
      ),
      offset: count.optional().describe("The index of the first run; default 0."),
      group_by: optionalText("params.X, tags.X, or dataset: only the runs of the group that group_value names; default all runs."),
      group_value: optionalText("The value of the group, as runs/groups writes it; absent for the runs without one."),
      limit: count.optional().describe("Most runs to return, up to 500, or 2,000 with metrics=last; default 100."),
      metrics: z.enum(["last"]).optional().describe("last returns only the last value of each metric, not its range; default all."),
    }),
    answer: z.object({ is_current: isCurrent, total: count, offset: count, runs: z.array(row) }),
  },
  "POST llmops/1/runs/columns": {
    summary: "Read the metrics, params, and tags of the runs of a search, with ranges and most frequent values",
    fields: z.object(scope),
    answer: z.object({
      is_current: isCurrent,
      total: count,
      statuses: z.partialRecord(runStatus, count),
      metrics: z.array(z.object({ key: z.string(), runs: count, min: wireNumber, max: wireNumber })).describe("Of the latest values."),
      params: z.array(textColumn),
      tags: z.array(textColumn).describe("MLflow's own tags are left out, except mlflow.source.name and mlflow.user."),
    }),
  },
  "POST llmops/1/runs/groups": {
    summary: "Read a range of the groups of the runs of a search: by a param, a tag, or dataset, with means and ranges of metrics",
    fields: z.object({
      ...scope,
      group_by: text("params.X, tags.X, or dataset. A run that used several datasets is in the group of each."),
      metrics: textList("Metrics to summarize, up to 100."),
      order_by: optionalText("value, runs, or a metric, as metrics.loss for its mean, with ASC or DESC; default value ASC."),
      offset: count.optional().describe("The index of the first group; default 0."),
      limit: count.optional().describe("Most groups to return, up to 500; default 100."),
    }),
    answer: z.object({
      is_current: isCurrent,
      total: count,
      offset: count,
      groups: z.array(
        z.object({
          value: z.string().nullable().describe("A dataset is its name with its digest in parentheses; null for runs without a value."),
          runs: count,
          metrics: z
            .record(z.string(), z.object({ runs: count, mean: wireNumber, min: wireNumber, max: wireNumber }))
            .describe("Over the last values that are finite; runs counts them."),
        }),
      ),
    }),
  },
};

const cell = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.unknown()), z.looseObject({})]);

/** Tables in the files of runs. */
export const TABLE_DESCRIPTIONS: ApiDescriptions = {
  "GET llmops/1/artifacts/table": {
    summary: "Read a part of a table in a file of a run: CSV, TSV, JSONL, a JSON list of objects, or MLflow's columns and data",
    fields: z.object({
      ...runId,
      path: text("The file, from the topmost folder of the run's artifacts."),
      offset: count.optional().describe("The place of the first row; 0 when absent."),
      limit: count.optional().describe("At most so many rows, up to 500; 100 when absent."),
      sort: optionalText("A column; with - before its name from the greatest down. The file's order when absent."),
      filter: optionalText("A text to be found, in any case, in one of a row's cells."),
      where: optionalText(
        'Conditions that all have to hold, as JSON: [{"column": "score", "op": "<", "value": 0.5}]; op is =, !=, <, >, or contains.',
      ),
    }),
    answer: z.object({
      columns: z.array(z.object({ name: z.string(), type: z.enum(["number", "text", "boolean", "json"]) })),
      total: count,
      matching: count.describe("Rows that the filter and the conditions keep."),
      broken_line: count
        .nullable()
        .describe("The line that is not whole, as the last one of a file that is being written: it is not a row. null for none."),
      offset: count,
      rows: z.array(z.array(cell)).describe("A cell a column; null where there is none. Long texts end with …."),
    }),
    errors: MISSING,
  },
};
