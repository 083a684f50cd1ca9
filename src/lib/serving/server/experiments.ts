import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { checkBody } from "../../inference/openai/wire-fields.js";
import { collectPages } from "../../tracking/collect-pages.js";
import { listExperiments } from "../../tracking/find-experiment.js";
import type { Run } from "../../tracking/records.js";
import type { RequestTracking } from "./request-tracking.js";
import type { Service } from "./service.js";

export const mlflowConfigSchema = z.object({
  tracking_uri: z.string().min(1).nullish().describe("Another MLflow store, of the forms --tracking-uri takes."),
  experiment_name: z.string().min(1).nullish().describe("The experiment of further runs."),
});

/** Opens a store for further runs and lets go of the one before. Throws where it cannot be reached. */
export type MlflowSwitch = (to: { uri: string | undefined; experiment: string | undefined }) => Promise<RequestTracking>;

const MOST_RUNS = 1000;

/** GET /experiments, GET /experiments/{id}/runs, POST /mlflow-config. */
export function addExperiments(app: FastifyInstance, service: Service, change: MlflowSwitch | undefined): void {
  app.get("/experiments", async () => {
    const { store } = requireTracking(service);
    const experiments = (await listExperiments(store)).map((one) => ({
      experiment_id: one.experimentId,
      name: one.name,
      artifact_location: one.artifactLocation,
      lifecycle_stage: one.lifecycleStage,
    }));
    return { experiments, tracking_uri: store.uri };
  });
  app.get<{ Params: { id: string } }>("/experiments/:id/runs", async ({ params: { id } }) => {
    const { store } = requireTracking(service);
    await store.getExperiment(id);
    const runs = await collectPages((pageToken) => store.searchRuns({ experimentIds: [id], maxResults: MOST_RUNS, pageToken }));
    return { experiment_id: id, runs: runs.map(toWireRun) };
  });
  app.post("/mlflow-config", async (request) => {
    const { tracking_uri: uri, experiment_name: experiment } = checkBody(mlflowConfigSchema, request.body);
    if (!change) throw notTracking();
    service.tracking = await change({ uri: uri ?? undefined, experiment: experiment ?? undefined });
    return { status: "success", tracking_uri: service.tracking.store.uri, experiment_name: service.tracking.experiment };
  });
}

function requireTracking({ tracking }: Service): RequestTracking {
  if (tracking) return tracking;
  throw notTracking();
}

function notTracking(): LlmopsError {
  return new LlmopsError("ROUTE_NOT_FOUND", "This server does not record anything in MLflow.", { hint: "Start it without --track off." });
}

function toWireRun(run: Run): object {
  return {
    run_id: run.runId,
    run_name: run.runName,
    experiment_id: run.experimentId,
    status: run.status,
    start_time: run.startTime,
    end_time: run.endTime,
    artifact_uri: run.artifactUri,
    metrics: Object.fromEntries(run.metrics.map(({ key, value }) => [key, value])),
    params: run.params,
    tags: run.tags,
  };
}
