import { z } from "zod";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { checkBody } from "../../inference/openai/wire-fields.js";
import { collectPages } from "../../tracking/collect-pages.js";
import { listExperiments } from "../../tracking/find-experiment.js";
import { runDocumentSchema, toRunDocument } from "../../tracking/run-document.js";
import type { RequestTracking } from "./request-tracking.js";
import type { RouteTable } from "./route-table.js";
import type { Service } from "./service.js";

const mlflowConfigSchema = z.object({
  tracking_uri: z.string().min(1).nullish().describe("Another MLflow store, in any form --tracking-uri accepts."),
  experiment_name: z.string().min(1).nullish().describe("The experiment of subsequent runs."),
});

const experimentsSchema = z.object({
  experiments: z.array(
    z.object({
      experiment_id: z.string(),
      name: z.string(),
      artifact_location: z.string(),
      lifecycle_stage: z.enum(["active", "deleted"]),
    }),
  ),
  tracking_uri: z.string(),
});
const runsSchema = z.object({ experiment_id: z.string(), runs: z.array(runDocumentSchema) });
const switchedSchema = z.object({ status: z.literal("success"), tracking_uri: z.string(), experiment_name: z.string() });

/** Opens a store for further runs and lets go of the one before. Throws where it cannot be reached. */
export type MlflowSwitch = (to: { uri: string | undefined; experiment: string | undefined }) => Promise<RequestTracking>;

const MOST_RUNS = 1000;
const STORE_ERRORS = ["ROUTE_NOT_FOUND", "STORE_NOT_FOUND", "STORE_UNREACHABLE", "STORE_FORBIDDEN", "STORE_ERROR"] as const;

/** GET /experiments, GET /experiments/{id}/runs, POST /mlflow-config. */
export function addExperiments(routes: RouteTable, service: Service, change: MlflowSwitch | undefined): void {
  const read = { methods: ["GET"], scope: "read", errors: STORE_ERRORS } as const;
  const list = { path: "/experiments", summary: "The experiments of the MLflow store", answer: experimentsSchema } as const;
  routes.add({ ...read, ...list }, async () => {
    const { store } = requireTracking(service);
    const experiments = (await listExperiments(store)).map((one) => ({
      experiment_id: one.experimentId,
      name: one.name,
      artifact_location: one.artifactLocation,
      lifecycle_stage: one.lifecycleStage,
    }));
    return { experiments, tracking_uri: store.uri };
  });
  const runsOfOne = { path: "/experiments/:id/runs", summary: "The runs of one experiment", answer: runsSchema } as const;
  routes.add({ ...read, ...runsOfOne }, async ({ params: { id } }) => {
    const { store } = requireTracking(service);
    await store.getExperiment(id);
    const runs = await collectPages((pageToken) => store.searchRuns({ experimentIds: [id], maxResults: MOST_RUNS, pageToken }));
    return { experiment_id: id, runs: runs.map(toRunDocument) };
  });
  const config = { methods: ["POST"], path: "/mlflow-config", scope: "admin", body: mlflowConfigSchema, answer: switchedSchema } as const;
  const summary = "Record further requests in another store or experiment";
  routes.add({ ...config, summary, errors: [...STORE_ERRORS, "STORE_INCOMPATIBLE", "STORE_UNWRITABLE"] }, async (request) => {
    const { tracking_uri: uri, experiment_name: experiment } = checkBody(mlflowConfigSchema, request.body);
    if (!change) throw notTracking();
    service.tracking = await change({ uri: uri ?? undefined, experiment: experiment ?? undefined });
    return { status: "success" as const, tracking_uri: service.tracking.store.uri, experiment_name: service.tracking.experiment };
  });
}

function requireTracking({ tracking }: Service): RequestTracking {
  if (tracking) return tracking;
  throw notTracking();
}

function notTracking(): LlmopsError {
  return new LlmopsError("ROUTE_NOT_FOUND", "This server does not record anything in MLflow.", { hint: "Start it without --track off." });
}
