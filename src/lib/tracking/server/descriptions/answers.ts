import { z } from "zod";
import { MODEL_STATUSES } from "../../logged-model-records.js";
import { STAGES } from "../../registry-records.js";
import { storedSpan } from "./spans.js";

/** What is answered, in the shapes of MLflow's REST API. Times are milliseconds since 1970, if nothing else is said; empty lists are left out. */
export const pairs = z.array(z.object({ key: z.string(), value: z.string() }));
const time = z.number().int();
export const wireNumber = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])]);
const stage = z.enum(["active", "deleted"]);
const nextPage = { next_page_token: z.string().optional().describe("For the next page; absent on the last one.") };

/** The answer of a call that only does something. */
export const nothing = z.object({});

const experiment = z.object({
  experiment_id: z.string(),
  name: z.string(),
  artifact_location: z.string(),
  lifecycle_stage: stage,
  last_update_time: time,
  creation_time: time,
  tags: pairs.optional(),
});
export const experimentAnswer = z.object({ experiment });
export const experimentsAnswer = z.object({ experiments: z.array(experiment).optional(), ...nextPage });

const metric = z.object({
  key: z.string(),
  value: wireNumber,
  timestamp: time,
  step: z.number().int(),
  model_id: z.string().optional(),
  dataset_name: z.string().optional(),
  dataset_digest: z.string().optional(),
});
export const metricsAnswer = z.object({ metrics: z.array(metric).optional(), ...nextPage });
export const runMetricsAnswer = z.object({ metrics: z.array(metric.extend({ run_id: z.string() })).optional() });

const runInfo = z.object({
  run_uuid: z.string().describe("The same as run_id."),
  experiment_id: z.string(),
  run_name: z.string(),
  user_id: z.string(),
  status: z.enum(["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]),
  start_time: time,
  end_time: time.optional(),
  artifact_uri: z.string(),
  lifecycle_stage: stage,
  run_id: z.string(),
});
const datasetInput = z.object({
  tags: pairs.optional(),
  dataset: z.object({
    name: z.string(),
    digest: z.string(),
    source_type: z.string(),
    source: z.string(),
    schema: z.string().optional(),
    profile: z.string().optional(),
  }),
});
const run = z.object({
  info: runInfo,
  data: z.object({ metrics: z.array(metric).optional(), params: pairs.optional(), tags: pairs.optional() }),
  inputs: z.object({
    dataset_inputs: z.array(datasetInput).optional(),
    model_inputs: z.array(z.object({ model_id: z.string() })).optional(),
  }),
  outputs: z.object({ model_outputs: z.array(z.object({ model_id: z.string(), step: z.number().int() })).optional() }),
});
export const runAnswer = z.object({ run });
export const runInfoAnswer = z.object({ run_info: runInfo });
export const runsAnswer = z.object({ runs: z.array(run).optional(), ...nextPage });
export const datasetsAnswer = z.object({
  dataset_summaries: z
    .array(z.object({ experiment_id: z.string(), name: z.string(), digest: z.string(), context: z.string().nullable() }))
    .optional(),
});

const modelVersion = z.object({
  name: z.string(),
  version: z.string(),
  creation_timestamp: time,
  last_updated_timestamp: time,
  user_id: z.string().optional(),
  current_stage: z.enum(STAGES),
  description: z.string(),
  source: z.string(),
  run_id: z.string(),
  status: z.enum(["READY", "PENDING_REGISTRATION", "FAILED_REGISTRATION"]),
  status_message: z.string().optional(),
  tags: pairs.optional(),
  run_link: z.string(),
  aliases: z.array(z.string()).optional(),
  model_id: z.string().optional(),
});
const registeredModel = z.object({
  name: z.string(),
  creation_timestamp: time,
  last_updated_timestamp: time,
  description: z.string(),
  latest_versions: z.array(modelVersion).optional().describe("The newest version of every stage."),
  tags: pairs.optional(),
  aliases: z.array(z.object({ alias: z.string(), version: z.string() })).optional(),
});
export const registeredModelAnswer = z.object({ registered_model: registeredModel });
export const registeredModelsAnswer = z.object({ registered_models: z.array(registeredModel).optional(), ...nextPage });
export const modelVersionAnswer = z.object({ model_version: modelVersion });
export const modelVersionsAnswer = z.object({ model_versions: z.array(modelVersion).optional(), ...nextPage });

const loggedModel = z.object({
  info: z.object({
    model_id: z.string(),
    experiment_id: z.string(),
    name: z.string(),
    creation_timestamp_ms: time,
    last_updated_timestamp_ms: time,
    artifact_uri: z.string(),
    status: z.enum(MODEL_STATUSES),
    model_type: z.string().optional(),
    source_run_id: z.string().optional(),
    status_message: z.string().optional(),
    tags: pairs.optional(),
  }),
  data: z.object({ params: pairs.optional(), metrics: z.array(metric.extend({ run_id: z.string() })).optional() }),
});
export const loggedModelAnswer = z.object({ model: loggedModel });
export const loggedModelsAnswer = z.object({ models: z.array(loggedModel).optional(), ...nextPage });

const timestamp = z.string().describe("RFC 3339, such as 2026-01-31T12:00:00.000Z.");
const texts = z.record(z.string(), z.string());
const assessment = z.object({
  assessment_id: z.string(),
  assessment_name: z.string(),
  trace_id: z.string(),
  span_id: z.string().optional(),
  source: z.object({ source_type: z.string(), source_id: z.string() }),
  create_time: timestamp,
  last_update_time: timestamp,
  feedback: z.object({ value: z.unknown(), error: z.unknown().optional() }).optional(),
  expectation: z
    .object({
      value: z.unknown().optional(),
      serialized_value: z.object({ value: z.string(), serialization_format: z.string() }).optional(),
    })
    .optional()
    .describe("Objects and lists are JSON in serialized_value."),
  rationale: z.string().optional(),
  metadata: texts.optional(),
  overrides: z.string().optional().describe("The assessment that this one corrects."),
  valid: z.boolean(),
});
export const assessmentAnswer = z.object({ assessment });

const traceInfo = z.object({
  trace_id: z.string(),
  client_request_id: z.string().optional(),
  trace_location: z.object({ type: z.literal("MLFLOW_EXPERIMENT"), mlflow_experiment: z.object({ experiment_id: z.string() }) }),
  request_preview: z.string().optional(),
  response_preview: z.string().optional(),
  request_time: timestamp,
  execution_duration: z.string().optional().describe("Seconds, such as 0.158s."),
  state: z.enum(["OK", "ERROR", "IN_PROGRESS", "STATE_UNSPECIFIED"]),
  trace_metadata: texts,
  tags: texts,
  assessments: z.array(assessment).optional(),
});
export const traceAnswer = z.object({ trace: z.object({ trace_info: traceInfo }) });
export const tracesAnswer = z.object({ traces: z.array(traceInfo).optional(), ...nextPage });
export const tracesReadAnswer = z.object({
  traces: z.array(z.object({ trace_info: traceInfo, spans: z.array(storedSpan).optional() })).optional(),
});
export const tracesDeletedAnswer = z.object({ traces_deleted: z.number().int() });

const traceInfoV2 = z.object({
  request_id: z.string(),
  experiment_id: z.string(),
  timestamp_ms: time,
  execution_time_ms: z.number().optional(),
  status: z.enum(["OK", "ERROR", "IN_PROGRESS", "TRACE_STATUS_UNSPECIFIED"]),
  request_metadata: pairs.optional(),
  tags: pairs.optional(),
});
export const traceV2Answer = z.object({ trace_info: traceInfoV2 });
export const tracesV2Answer = z.object({ traces: z.array(traceInfoV2).optional(), ...nextPage });

const file = z.object({
  path: z.string(),
  is_dir: z.boolean(),
  file_size: z.number().int().optional().describe("In bytes; absent for 0."),
});
export const filesAnswer = z.object({ files: z.array(file).optional() });
export const folderAnswer = filesAnswer.extend({ root_uri: z.string() });

/** An error, whatever was asked. */
export const errorAnswer = z.object({ error_code: z.string(), message: z.string() });
