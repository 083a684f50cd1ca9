import { z } from "zod";
import {
  assessmentAnswer,
  nothing,
  traceAnswer,
  tracesAnswer,
  tracesDeletedAnswer,
  tracesReadAnswer,
  traceV2Answer,
  tracesV2Answer,
} from "./answers.js";
import { MISSING, type ApiDescriptions } from "./description.js";
import { experimentId, experimentIds, optionalText, pairList, runId, search, tag, tagKey, text, textList } from "./fields.js";

const TRACES = "3.0/mlflow/traces";
const TRACES_V2 = "2.0/mlflow/traces";
const ASSESSMENTS = `${TRACES}/:trace_id/assessments`;

const texts = z.record(z.string(), z.string()).optional();
const place = z.object({ mlflow_experiment: z.object({ experiment_id: z.string() }) });
const time = z.number().int().describe("Milliseconds since 1970.");

const newTrace = z.object({
  trace_info: z.object({
    ...{ trace_id: z.string(), trace_location: place, request_time: z.string(), execution_duration: z.string().optional() },
    ...{ state: z.string().optional(), client_request_id: z.string().optional(), trace_metadata: texts, tags: texts },
    ...{ request_preview: z.string().optional(), response_preview: z.string().optional() },
  }),
});
const setTag = { summary: "Set a tag of a trace", fields: z.object(tag), answer: nothing, errors: MISSING };
const deleteTag = { summary: "Delete a tag of a trace", fields: z.object(tagKey), answer: nothing, errors: MISSING };
const remove = {
  summary: "Delete traces of an experiment: by id, or those up to a time",
  fields: z.object({
    ...experimentId,
    request_ids: textList("The traces."),
    max_timestamp_millis: z.number().int().optional().describe("Milliseconds since 1970; required without request_ids."),
    max_traces: z.number().int().optional().describe("Most items to return, oldest first."),
  }),
  answer: tracesDeletedAnswer,
};

/** Traces as MLflow 3 has them. */
export const TRACE_DESCRIPTIONS: ApiDescriptions = {
  [`POST ${TRACES}`]: {
    summary: "Write a trace, replacing what is known about it; spans come by /v1/traces, or in its artifact traces.json",
    fields: z.object({ trace: newTrace }),
    answer: traceAnswer,
    errors: MISSING,
  },
  [`POST ${TRACES}/search`]: {
    summary: "Search traces, newest first unless ordered otherwise",
    fields: z.object({ locations: z.array(place).describe("Experiments to search."), ...search("100") }),
    answer: tracesAnswer,
  },
  [`GET ${TRACES}/batchGet`]: {
    summary: "Read several traces, with their spans where these are in the store; missing ones are left out",
    fields: z.object({ trace_ids: textList("The traces.") }),
    answer: tracesReadAnswer,
  },
  [`GET ${TRACES}/:trace_id`]: { summary: "Read a trace with its assessments", answer: traceAnswer, errors: MISSING },
  [`POST ${TRACES}/delete-traces`]: remove,
  [`POST ${TRACES_V2}/delete-traces`]: remove,
  [`PATCH ${TRACES}/:trace_id/tags`]: setTag,
  [`DELETE ${TRACES}/:trace_id/tags`]: deleteTag,
  [`PATCH ${TRACES_V2}/:trace_id/tags`]: setTag,
  [`DELETE ${TRACES_V2}/:trace_id/tags`]: deleteTag,
  [`POST ${TRACES_V2}/link-to-run`]: {
    summary: "Link traces to a run",
    fields: z.object({ ...runId, trace_ids: textList("At most 100.") }),
    answer: nothing,
  },
};

const assessmentFields = {
  assessment_name: text("The name of what is assessed."),
  source: z.object({ source_type: z.string().optional(), source_id: z.string().optional() }).optional(),
  feedback: z.object({ value: z.unknown(), error: z.unknown().optional() }).optional(),
  expectation: z.object({ value: z.unknown() }).optional(),
  ...{ rationale: z.string().optional(), metadata: texts, overrides: z.string().optional(), span_id: z.string().optional() },
};

/** Assessments of traces. */
export const ASSESSMENT_DESCRIPTIONS: ApiDescriptions = {
  [`POST ${ASSESSMENTS}`]: {
    summary: "Add an assessment to a trace; one that it overrides becomes invalid",
    fields: z.object({ assessment: z.object(assessmentFields).describe("With feedback, or with an expectation.") }),
    answer: assessmentAnswer,
    errors: MISSING,
  },
  [`GET ${ASSESSMENTS}/:assessment_id`]: { summary: "Read an assessment", answer: assessmentAnswer, errors: MISSING },
  [`PATCH ${ASSESSMENTS}/:assessment_id`]: {
    summary: "Change an assessment",
    fields: z.object({
      assessment: z.object(assessmentFields).partial().extend({ valid: z.boolean().optional() }),
      update_mask: text("The fields to change, comma-separated."),
    }),
    answer: assessmentAnswer,
    errors: MISSING,
  },
  [`DELETE ${ASSESSMENTS}/:assessment_id`]: {
    summary: "Delete an assessment; what it overrode is valid again",
    answer: nothing,
    errors: MISSING,
  },
};

const more = { request_metadata: pairList("Its metadata."), tags: pairList("Its tags.") };

/** Traces as clients of MLflow 2 start, end and read them. */
export const TRACE_V2_DESCRIPTIONS: ApiDescriptions = {
  [`POST ${TRACES_V2}`]: {
    summary: "Start a trace, as MLflow 2 clients do",
    fields: z.object({ ...experimentId, timestamp_ms: time, ...more }),
    answer: traceV2Answer,
    errors: MISSING,
  },
  [`PATCH ${TRACES_V2}/:request_id`]: {
    summary: "End a trace",
    fields: z.object({ timestamp_ms: time, status: optionalText("OK (default), ERROR, or IN_PROGRESS."), ...more }),
    answer: traceV2Answer,
    errors: MISSING,
  },
  [`GET ${TRACES_V2}/:request_id/info`]: { summary: "Read a trace without its assessments", answer: traceV2Answer, errors: MISSING },
  [`GET ${TRACES_V2}`]: {
    summary: "Search traces without their assessments",
    fields: z.object({ ...experimentIds, ...search("100") }),
    answer: tracesV2Answer,
  },
};
