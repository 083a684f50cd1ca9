import { z } from "zod";
import {
  datasetsAnswer,
  experimentAnswer,
  experimentsAnswer,
  metricsAnswer,
  nothing,
  runAnswer,
  runInfoAnswer,
  runMetricsAnswer,
  runsAnswer,
} from "./answers.js";
import { MISSING, TAKEN, type ApiDescriptions } from "./description.js";
import {
  experimentId,
  experimentIds,
  metricFields,
  optionalText,
  page,
  pairList,
  runId,
  search,
  tag,
  tagKey,
  text,
  textList,
  viewType,
} from "./fields.js";

const EXPERIMENTS = "2.0/mlflow/experiments";
const RUNS = "2.0/mlflow/runs";
const METRICS = "2.0/mlflow/metrics";

/** Experiments: MLflow's REST API 2.0. */
export const EXPERIMENT_DESCRIPTIONS: ApiDescriptions = {
  [`POST ${EXPERIMENTS}/create`]: {
    summary: "Create an experiment",
    fields: z.object({
      name: text("A name that no other experiment has, not even a deleted one."),
      artifact_location: optionalText("Where the artifacts of its runs are stored; by default on the server."),
      tags: pairList("Its tags."),
    }),
    answer: z.object({ experiment_id: z.string() }),
    errors: TAKEN,
  },
  [`GET ${EXPERIMENTS}/get`]: {
    summary: "Read an experiment, deleted ones included",
    fields: z.object(experimentId),
    answer: experimentAnswer,
    errors: MISSING,
  },
  [`GET ${EXPERIMENTS}/get-by-name`]: {
    summary: "Read the experiment of a name, deleted ones included",
    fields: z.object({ experiment_name: text("The name.") }),
    answer: experimentAnswer,
    errors: MISSING,
  },
  [`GET|POST ${EXPERIMENTS}/search`]: {
    summary: "Search experiments, newest first unless ordered otherwise",
    fields: z.object({ ...search("none"), max_results: z.number().int().describe("Most items per page."), view_type: viewType }),
    answer: experimentsAnswer,
  },
  [`POST ${EXPERIMENTS}/delete`]: {
    summary: "Mark an experiment and its runs deleted",
    fields: z.object(experimentId),
    answer: nothing,
    errors: MISSING,
  },
  [`POST ${EXPERIMENTS}/restore`]: {
    summary: "Make a deleted experiment and its runs active again",
    fields: z.object(experimentId),
    answer: nothing,
    errors: MISSING,
  },
  [`POST ${EXPERIMENTS}/update`]: {
    summary: "Rename an experiment",
    fields: z.object({ ...experimentId, new_name: text("A unique name.") }),
    answer: nothing,
    errors: [...MISSING, ...TAKEN],
  },
  [`POST ${EXPERIMENTS}/set-experiment-tag`]: {
    summary: "Set a tag of an experiment",
    fields: z.object({ ...experimentId, ...tag }),
    answer: nothing,
    errors: MISSING,
  },
  [`POST ${EXPERIMENTS}/delete-experiment-tag`]: {
    summary: "Delete a tag of an experiment",
    fields: z.object({ ...experimentId, ...tagKey }),
    answer: nothing,
    errors: MISSING,
  },
  [`POST ${EXPERIMENTS}/search-datasets`]: {
    summary: "List the datasets that experiments used, at most 1000",
    fields: z.object(experimentIds),
    answer: datasetsAnswer,
  },
};

const dataset = z.object({
  tags: pairList("Such as mlflow.data.context."),
  dataset: z.object({
    ...{ name: z.string(), digest: z.string(), source_type: z.string(), source: z.string() },
    ...{ schema: z.string().optional(), profile: z.string().optional() },
  }),
});

/** Runs: MLflow's REST API 2.0. */
export const RUN_DESCRIPTIONS: ApiDescriptions = {
  [`POST ${RUNS}/create`]: {
    summary: "Start a run",
    fields: z.object({
      ...experimentId,
      run_name: optionalText("Its name; by default the tag mlflow.runName, or a generated name."),
      start_time: z.number().int().optional().describe("Milliseconds since 1970."),
      user_id: optionalText("Who started it."),
      tags: pairList("Its tags."),
    }),
    answer: runAnswer,
    errors: MISSING,
  },
  [`POST ${RUNS}/update`]: {
    summary: "Change the status, end time, or name of a run",
    fields: z.object({
      ...runId,
      status: z.enum(["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]).optional(),
      end_time: z.number().int().optional().describe("Milliseconds since 1970."),
      run_name: optionalText("Its new name."),
    }),
    answer: runInfoAnswer,
    errors: MISSING,
  },
  [`GET ${RUNS}/get`]: {
    summary: "Read a run, with the latest point of each metric",
    fields: z.object(runId),
    answer: runAnswer,
    errors: MISSING,
  },
  [`POST ${RUNS}/delete`]: { summary: "Mark a run deleted", fields: z.object(runId), answer: nothing, errors: MISSING },
  [`POST ${RUNS}/restore`]: { summary: "Make a deleted run active again", fields: z.object(runId), answer: nothing, errors: MISSING },
  [`POST ${RUNS}/search`]: {
    summary: "Search the runs of experiments, newest first unless ordered otherwise",
    fields: z.object({ ...experimentIds, ...search("1000"), run_view_type: viewType }),
    answer: runsAnswer,
  },
  [`POST ${RUNS}/log-metric`]: {
    summary: "Add a point to a metric",
    fields: z.object({ ...runId, ...metricFields }),
    answer: nothing,
    errors: MISSING,
  },
  [`POST ${RUNS}/log-parameter`]: {
    summary: "Add a param, which cannot change later",
    fields: z.object({ ...runId, key: text("The param."), value: optionalText("Its value; empty when absent.") }),
    answer: nothing,
    errors: MISSING,
  },
  [`POST ${RUNS}/log-batch`]: {
    summary: "Add metrics, params, and tags: either all of them or, if one is refused, none",
    fields: z.object({
      ...runId,
      metrics: z.array(z.object(metricFields)).optional().describe("At most 1000."),
      params: pairList("At most 100."),
      tags: pairList("At most 100; at most 1000 of all three combined."),
    }),
    answer: nothing,
    errors: MISSING,
  },
  [`POST ${RUNS}/set-tag`]: { summary: "Set a tag of a run", fields: z.object({ ...runId, ...tag }), answer: nothing, errors: MISSING },
  [`POST ${RUNS}/delete-tag`]: {
    summary: "Delete a tag of a run",
    fields: z.object({ ...runId, ...tagKey }),
    answer: nothing,
    errors: MISSING,
  },
  [`POST ${RUNS}/log-inputs`]: {
    summary: "Record the datasets and logged models that a run used",
    fields: z.object({
      ...runId,
      datasets: z.array(dataset).optional().describe("At most 1000."),
      models: z.array(z.object({ model_id: z.string() })).optional(),
    }),
    answer: nothing,
    errors: MISSING,
  },
  [`POST ${RUNS}/outputs`]: {
    summary: "Record the logged models that a run produced",
    fields: z.object({ ...runId, models: z.array(z.object({ model_id: z.string(), step: z.number().int().optional() })) }),
    answer: nothing,
    errors: MISSING,
  },
  [`POST ${RUNS}/log-model`]: {
    summary: "Record a model that a run produced, as MLflow 2 clients do",
    fields: z.object({ ...runId, model_json: text("JSON with artifact_path, flavors, utc_time_created and run_id.") }),
    answer: nothing,
    errors: MISSING,
  },
};

const steps = {
  metric_key: text("The metric."),
  start_step: z.number().int().optional().describe("The first step."),
  end_step: z.number().int().optional().describe("The last step."),
};

/** The history of metrics: MLflow's REST API 2.0. */
export const METRIC_DESCRIPTIONS: ApiDescriptions = {
  [`GET ${METRICS}/get-history`]: {
    summary: "Read the points of a metric, ordered by timestamp, step, and value",
    fields: z.object({ ...runId, metric_key: text("The metric."), ...page("all") }),
    answer: metricsAnswer,
    errors: MISSING,
  },
  [`GET ${METRICS}/get-history-bulk-interval`]: {
    summary: "Read the points of a metric of several runs, evenly downsampled",
    fields: z.object({ run_ids: textList("At most 100."), ...steps, max_results: page("2500").max_results }),
    answer: runMetricsAnswer,
  },
  [`GET ${METRICS}/get-history-bulk`]: {
    summary: "Read the points of a metric of several runs",
    fields: z.object({ run_id: textList("At most 100."), ...steps, max_results: page("25000").max_results }),
    answer: runMetricsAnswer,
  },
};
