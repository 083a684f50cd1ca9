import type { Objects } from "./users-world.js";

/** A request: parameters of the path, the query, a body, and headers. */
export interface Sample {
  path?: Record<string, string>;
  query?: Record<string, string>;
  body?: object | string;
  headers?: Record<string, string>;
}
type Samples = Readonly<Record<string, (objects: Objects) => Sample>>;

const EXPERIMENTS = "/api/2.0/mlflow/experiments";
const RUNS = "/api/2.0/mlflow/runs";
const METRICS = "/api/2.0/mlflow/metrics";
const MODELS = "/api/2.0/mlflow/registered-models";
const VERSIONS = "/api/2.0/mlflow/model-versions";
const LOGGED = "/api/2.0/mlflow/logged-models";
const TRACES = "/api/3.0/mlflow/traces";
const TRACES_V2 = "/api/2.0/mlflow/traces";
const ASSESSMENTS = `${TRACES}/:trace_id/assessments`;
const PROXY = "/api/2.0/mlflow-artifacts/artifacts";
const OWN = "/api/llmops/1";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const tag = { key: "key", value: "v" };
const feedback = { assessment_name: "a", feedback: { value: 1 }, source: { source_type: "CODE", source_id: "x" } };
const nothing = () => ({});
const ofExperiment =
  (more: object = {}) =>
  ({ experiment }: Objects): Sample => ({ body: { experiment_id: experiment, ...more } });
const ofRun =
  (more: object = {}) =>
  ({ run }: Objects): Sample => ({ body: { run_id: run, ...more } });
const ofModel =
  (more: object = {}) =>
  ({ model }: Objects): Sample => ({ body: { name: model, ...more } });
const inExperiment = ({ experiment }: Objects): Sample => ({ query: { experiment_id: experiment } });
const inRun =
  (more: Record<string, string> = {}) =>
  ({ run }: Objects): Sample => ({ query: { run_id: run, ...more } });
const inModel =
  (more: Record<string, string> = {}) =>
  ({ model }: Objects): Sample => ({ query: { name: model, ...more } });
const atLogged =
  (more: Sample = {}) =>
  ({ loggedModel }: Objects): Sample => ({ path: { model_id: loggedModel }, ...more });
const atTrace =
  (more: Sample = {}) =>
  ({ trace }: Objects): Sample => ({ path: { trace_id: trace }, ...more });
const atStarted =
  (more: Sample = {}) =>
  ({ trace }: Objects): Sample => ({ path: { request_id: trace }, ...more });
const atAssessment =
  (more: Sample = {}) =>
  ({ trace, assessment }: Objects): Sample => ({
    path: { trace_id: trace, assessment_id: assessment },
    ...more,
  });
const atFile = ({ experiment, run }: Objects): Sample => ({ path: { "*": `${experiment}/${run}/artifacts/a.txt` }, body: "text" });
const granting = (more: object = {}) => ({ username: "someone", permission: "READ", ...more });

/** Which requests READ is enough for, which need EDIT, which MANAGE, and which an admin. */
export const NEEDED = {
  READ: {
    [`GET ${EXPERIMENTS}/get`]: inExperiment,
    [`GET ${EXPERIMENTS}/get-by-name`]: ({ experimentName }) => ({ query: { experiment_name: experimentName } }),
    [`GET ${RUNS}/get`]: inRun(),
    [`GET ${METRICS}/get-history`]: inRun({ metric_key: "m" }),
    [`GET ${METRICS}/get-history-bulk-interval`]: ({ run }) => ({ query: { run_ids: run, metric_key: "m" } }),
    [`GET ${METRICS}/get-history-bulk`]: inRun({ metric_key: "m" }),
    [`GET ${MODELS}/get`]: inModel(),
    [`GET ${MODELS}/get-latest-versions`]: inModel(),
    [`POST ${MODELS}/get-latest-versions`]: ofModel(),
    [`GET ${MODELS}/alias`]: inModel({ alias: "a" }),
    [`GET ${VERSIONS}/get`]: inModel({ version: "1" }),
    [`GET ${VERSIONS}/get-download-uri`]: inModel({ version: "1" }),
    [`GET ${LOGGED}/:model_id`]: atLogged(),
    [`GET ${LOGGED}/:model_id/artifacts/directories`]: atLogged(),
    [`GET ${TRACES}/batchGet`]: ({ trace }) => ({ query: { trace_ids: trace } }),
    [`GET ${TRACES}/:trace_id`]: atTrace(),
    [`GET ${TRACES_V2}/:request_id/info`]: atStarted(),
    [`GET ${ASSESSMENTS}/:assessment_id`]: atAssessment(),
    [`GET ${PROXY}/*`]: ({ experiment }) => ({ path: { "*": `${experiment}/a.txt` } }),
    "GET /api/2.0/mlflow/artifacts/list": inRun(),
    "GET /get-artifact": inRun({ path: "a.txt" }),
    "GET /model-versions/get-artifact": inModel({ version: "1", path: "a.txt" }),
    [`GET ${OWN}/artifacts/content`]: inRun({ path: "a.txt" }),
    [`GET ${OWN}/artifacts/table`]: inRun({ path: "a.csv" }),
    [`GET ${OWN}/monitors/events`]: inRun(),
    [`GET ${OWN}/metrics/series`]: inRun({ keys: "m", from: "0", to: "1" }),
    [`GET ${OWN}/traces/spans`]: ({ trace }) => ({ query: { trace_id: trace } }),
    [`POST ${OWN}/runs/compare`]: ({ run }) => ({ body: { runs: [run] } }),
    [`POST ${OWN}/answers/query`]: ({ run }) => ({ body: { runs: [run] } }),
    [`POST ${OWN}/answers/labels`]: ({ run }) => ({ body: { runs: [run] } }),
  },
  EDIT: {
    [`POST ${EXPERIMENTS}/create`]: ({ experiment }) => ({
      body: { name: `within ${experiment}`, artifact_location: `mlflow-artifacts:/${experiment}/inner` },
    }),
    [`POST ${EXPERIMENTS}/update`]: ofExperiment({ new_name: "renamed" }),
    [`POST ${EXPERIMENTS}/set-experiment-tag`]: ofExperiment(tag),
    [`POST ${EXPERIMENTS}/delete-experiment-tag`]: ofExperiment({ key: "key" }),
    [`POST ${RUNS}/create`]: ofExperiment(),
    [`POST ${RUNS}/update`]: ofRun({ status: "FINISHED" }),
    [`POST ${RUNS}/log-metric`]: ofRun({ key: "m", value: 1, timestamp: 1 }),
    [`POST ${RUNS}/log-parameter`]: ofRun(tag),
    [`POST ${RUNS}/log-batch`]: ofRun({ tags: [tag] }),
    [`POST ${RUNS}/set-tag`]: ofRun(tag),
    [`POST ${RUNS}/delete-tag`]: ofRun({ key: "key" }),
    [`POST ${RUNS}/log-inputs`]: ofRun(),
    [`POST ${RUNS}/outputs`]: ofRun({ models: [] }),
    [`POST ${RUNS}/log-model`]: ofRun({ model_json: "{}" }),
    [`PATCH ${MODELS}/update`]: ofModel({ description: "d" }),
    [`POST ${MODELS}/rename`]: ({ model }) => ({ body: { name: model, new_name: `${model} renamed` } }),
    [`POST ${MODELS}/set-tag`]: ofModel(tag),
    [`DELETE ${MODELS}/delete-tag`]: ofModel({ key: "key" }),
    [`POST ${MODELS}/alias`]: ofModel({ alias: "a", version: "1" }),
    [`POST ${VERSIONS}/create`]: ofModel({ source: "prompt" }),
    [`PATCH ${VERSIONS}/update`]: ofModel({ version: "1", description: "d" }),
    [`POST ${VERSIONS}/transition-stage`]: ofModel({ version: "1", stage: "Staging", archive_existing_versions: false }),
    [`POST ${VERSIONS}/set-tag`]: ofModel({ version: "1", ...tag }),
    [`POST ${LOGGED}`]: ofExperiment({ name: "n" }),
    [`PATCH ${LOGGED}/:model_id`]: atLogged({ body: { status: "LOGGED_MODEL_READY" } }),
    [`PATCH ${LOGGED}/:model_id/tags`]: atLogged({ body: { tags: [tag] } }),
    [`POST ${LOGGED}/:model_id/params`]: atLogged({ body: { params: [tag] } }),
    [`POST ${TRACES}`]: ({ experiment }) => ({
      body: {
        trace: {
          trace_info: {
            ...{ trace_id: `tr-of-${experiment}`, request_time: "2026-01-31T12:00:00Z" },
            trace_location: { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: experiment } },
          },
        },
      },
    }),
    [`PATCH ${TRACES}/:trace_id/tags`]: atTrace({ body: tag }),
    [`DELETE ${TRACES}/:trace_id/tags`]: atTrace({ body: { key: "key" } }),
    [`PATCH ${TRACES_V2}/:trace_id/tags`]: atTrace({ body: tag }),
    [`DELETE ${TRACES_V2}/:trace_id/tags`]: atTrace({ body: { key: "key" } }),
    [`POST ${TRACES_V2}/link-to-run`]: ({ trace, run }) => ({ body: { trace_ids: [trace], run_id: run } }),
    [`POST ${TRACES_V2}`]: ofExperiment({ timestamp_ms: 1 }),
    [`PATCH ${TRACES_V2}/:request_id`]: atStarted({ body: { timestamp_ms: 2 } }),
    [`POST ${ASSESSMENTS}`]: atTrace({ body: { assessment: feedback } }),
    [`PATCH ${ASSESSMENTS}/:assessment_id`]: atAssessment({ body: { assessment: { rationale: "r" }, update_mask: "rationale" } }),
    [`DELETE ${ASSESSMENTS}/:assessment_id`]: atAssessment(),
    "POST /v1/traces": ({ experiment }) => ({ body: { resourceSpans: [] }, headers: { "x-mlflow-experiment-id": experiment } }),
    [`PUT ${PROXY}/*`]: atFile,
    "POST /ajax-api/2.0/mlflow/upload-artifact": ({ run }) => ({ query: { run_id: run, path: "a.txt" }, body: "text" }),
    [`POST ${OWN}/models/promote`]: ofModel({ version: "1", alias: "champion" }),
    [`POST ${OWN}/answers/rate`]: ofRun({ row_id: "1", value: 1 }),
  },
  MANAGE: {
    [`POST ${EXPERIMENTS}/delete`]: ofExperiment(),
    [`POST ${EXPERIMENTS}/restore`]: ofExperiment(),
    [`POST ${RUNS}/delete`]: ofRun(),
    [`POST ${RUNS}/restore`]: ofRun(),
    [`DELETE ${MODELS}/delete`]: ofModel(),
    [`DELETE ${MODELS}/alias`]: ofModel({ alias: "a" }),
    [`DELETE ${VERSIONS}/delete`]: ofModel({ version: "1" }),
    [`DELETE ${VERSIONS}/delete-tag`]: ofModel({ version: "1", key: "key" }),
    [`DELETE ${LOGGED}/:model_id`]: atLogged(),
    [`DELETE ${LOGGED}/:model_id/tags/:tag_key`]: ({ loggedModel }) => ({ path: { model_id: loggedModel, tag_key: "key" } }),
    [`POST ${TRACES}/delete-traces`]: ofExperiment({ max_timestamp_millis: 1 }),
    [`POST ${TRACES_V2}/delete-traces`]: ofExperiment({ max_timestamp_millis: 1 }),
    [`DELETE ${PROXY}/*`]: ({ experiment }) => ({ path: { "*": `${experiment}/a.txt` } }),
    [`POST ${EXPERIMENTS}/permissions/create`]: ofExperiment(granting()),
    [`GET ${EXPERIMENTS}/permissions/get`]: ({ experiment }) => ({ query: { experiment_id: experiment, username: "someone" } }),
    [`PATCH ${EXPERIMENTS}/permissions/update`]: ofExperiment(granting()),
    [`DELETE ${EXPERIMENTS}/permissions/delete`]: ofExperiment(granting()),
    [`POST ${MODELS}/permissions/create`]: ofModel(granting()),
    [`GET ${MODELS}/permissions/get`]: inModel({ username: "someone" }),
    [`PATCH ${MODELS}/permissions/update`]: ofModel(granting()),
    [`DELETE ${MODELS}/permissions/delete`]: ofModel(granting()),
  },
  ADMIN: {
    "GET /signup": nothing,
    "POST /api/2.0/mlflow/users/create-ui": () => ({ body: "username=x", headers: FORM }),
    "POST /api/2.0/mlflow/users/create": () => ({ body: { username: "x", password: "short" } }),
    "GET /api/2.0/mlflow/users/get": () => ({ query: { username: "someone" } }),
    "PATCH /api/2.0/mlflow/users/update-password": () => ({ body: { username: "someone", password: "short" } }),
    "PATCH /api/2.0/mlflow/users/update-admin": () => ({ body: { username: "someone", is_admin: false } }),
    "DELETE /api/2.0/mlflow/users/delete": () => ({ body: { username: "nobody" } }),
    [`GET ${OWN}/users`]: nothing,
    [`GET ${OWN}/users/tokens`]: () => ({ query: { username: "someone" } }),
    [`POST ${OWN}/users/tokens/create`]: () => ({ body: { username: "nobody", name: "t" } }),
    [`DELETE ${OWN}/users/tokens/delete`]: () => ({ body: { username: "nobody", name: "t" } }),
  },
  /** What all who are signed in may ask: it gives what each may read, or tells nothing of the store. */
  ANYONE: {
    [`GET ${EXPERIMENTS}/search`]: () => ({ query: { max_results: "10" } }),
    [`POST ${EXPERIMENTS}/search`]: () => ({ body: { max_results: 10 } }),
    [`POST ${EXPERIMENTS}/search-datasets`]: ({ experiment }) => ({ body: { experiment_ids: [experiment] } }),
    [`POST ${RUNS}/search`]: ({ experiment }) => ({ body: { experiment_ids: [experiment] } }),
    [`POST ${MODELS}/create`]: ({ model }) => ({ body: { name: `${model} too` } }),
    [`GET ${MODELS}/search`]: nothing,
    [`GET ${VERSIONS}/search`]: nothing,
    [`POST ${LOGGED}/search`]: ({ experiment }) => ({ body: { experiment_ids: [experiment] } }),
    [`POST ${TRACES}/search`]: ({ experiment }) => ({
      body: { locations: [{ type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: experiment } }] },
    }),
    [`GET ${TRACES_V2}`]: ({ experiment }) => ({ query: { experiment_ids: experiment } }),
    [`GET ${PROXY}`]: nothing,
    "POST /api/2.0/mlflow-artifacts/mpu/:step/*": () => ({ path: { step: "create", "*": "1/a" } }),
    [`GET ${OWN}/overview`]: nothing,
    [`GET ${OWN}/monitors`]: nothing,
    [`GET ${OWN}/canaries`]: nothing,
    [`POST ${OWN}/runs/query`]: nothing,
    [`POST ${OWN}/runs/columns`]: nothing,
    [`POST ${OWN}/runs/groups`]: () => ({ body: { group_by: "params.a" } }),
    [`POST ${OWN}/traces/query`]: nothing,
    [`GET ${OWN}/playground`]: nothing,
    [`POST ${OWN}/playground/chat`]: () => ({ body: { endpoint: "1", request: {} } }),
    [`GET ${OWN}/users/me`]: nothing,
    "GET /": nothing,
    "GET /app": nothing,
    "GET /app/*": () => ({ path: { "*": "x" } }),
    "GET /app-forward.js": nothing,
    "GET /docs": nothing,
    "GET /openapi.json": nothing,
  },
} as const satisfies Record<string, Samples>;
