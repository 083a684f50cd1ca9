import type { FastifyRequest } from "fastify";
import { belowProxied } from "../../artifact-uri.js";
import { MlflowError } from "../../mlflow-error.js";
import { readModelSource } from "../../model-source.js";
import type { TrackingBackend } from "../../tracking-backend.js";
import type { Guarded } from "../../users/permissions.js";
import type { Fields } from "../fields.js";
import { runId } from "../run-routes.js";
import { topFolderOf } from "./top-folder.js";

/** A request as rules look at it. */
export interface Asked {
  fields: Fields;
  request: FastifyRequest;
  backend: TrackingBackend;
}

/** What a request is about: which experiments, or which registered models. */
export interface Subject {
  kind: Guarded;
  find(asked: Asked): Promise<readonly string[]> | readonly string[];
}

const experimentsOf = (find: Subject["find"]): Subject => ({ kind: "experiment", find });

export const experiment = experimentsOf(({ fields }) => [fields.requiredId("experiment_id")]);

export const namedExperiment = experimentsOf(async ({ fields, backend }) => {
  const found = await backend.findExperiment(fields.requiredText("experiment_name"));
  return found ? [found.experimentId] : []; // the route itself says that it is not there
});

/** The experiment whose spans come in the headers' words. */
export const experimentOfSpans = experimentsOf(({ request }) => {
  const id = request.headers["x-mlflow-experiment-id"];
  return typeof id === "string" && id !== "" ? [id] : [];
});

export const run = experimentsOf(({ fields, backend }) => ofRuns(backend, [runId(fields)]));

/** Runs in any of these fields, which hold an id or a list of them; that one is not there is said by the route. */
export function runsIn(...names: string[]): Subject {
  return experimentsOf(({ fields, backend }) =>
    ofRuns(
      backend,
      names.flatMap((name) => fields.texts(name)).filter((id) => id !== ""),
      { mayLack: true },
    ),
  );
}

/** Logged models in a field of the objects of a list. */
export function loggedModelsIn(list: string): Subject {
  return experimentsOf(({ fields, backend }) =>
    ofLoggedModels(
      backend,
      fields.list(list).flatMap((one) => one.text("model_id") ?? []),
    ),
  );
}

/** The logged model that a metric is of, or that a version is made of; there may be none. */
export const namedLoggedModel = experimentsOf(({ fields, backend }) => {
  const id = fields.text("model_id");
  return id === undefined || id === "" ? [] : ofLoggedModels(backend, [id]);
});

export const loggedModel = experimentsOf(async ({ fields, backend }) => [
  (await backend.loggedModels.get(fields.requiredText("model_id"))).experimentId,
]);

export const trace = tracedIn("trace_id");

/** As clients of MLflow 2 name a trace. */
export const startedTrace = tracedIn("request_id");

export const traces = experimentsOf(async ({ fields, backend }) => {
  const found = await backend.traces.read(fields.texts("trace_ids"));
  return found.map(({ experimentId }) => experimentId);
});

export const experimentOfTrace = experimentsOf(({ fields }) => [
  fields.object("trace").object("trace_info").object("trace_location").object("mlflow_experiment").requiredId("experiment_id"),
]);

/** By the first folder of the path. What is in no experiment's folder is as the server's default says. */
export const artifact = experimentsOf(({ fields }) => [topFolderOf(fields.text("*") ?? "")]);

/** The folder of an experiment to be. Another one that the server hands out has files of any experiment: it is an admin's to name. */
export const artifactLocation = experimentsOf(({ fields, backend }) => {
  const uri = fields.text("artifact_location") ?? "";
  const folders = foldersIn(uri);
  return folders.length === 0 && uri !== "" && backend.artifacts.serves(uri) ? [""] : folders;
});

/** The experiments of the runs of a version, and of those that an alias names: what is required of the one is read from them. */
export const runsOfVersions = experimentsOf(async ({ fields, backend }) => {
  const name = fields.requiredText("name");
  const { aliases } = await backend.registry.getModel(name);
  const versions = [fields.requiredText("version"), ...Object.values(aliases)];
  const found = await Promise.all([...new Set(versions)].map((version) => backend.registry.getVersion(name, version)));
  return ofRuns(
    backend,
    found.flatMap(({ runId }) => (runId === "" ? [] : [runId])),
    { mayLack: true },
  );
});

export const model: Subject = { kind: "model", find: ({ fields }) => [fields.requiredText("name")] };

/** The registered model that a version is copied from, where its source is one. */
export const sourceModel: Subject = {
  kind: "model",
  find: ({ fields }) => {
    const uri = fields.text("source") ?? "";
    const copied = readModelSource(uri);
    if (copied) return "name" in copied ? [copied.name] : [];
    return /^models:\/+(.+)@[^@/]+$/s.exec(uri)?.slice(1) ?? [];
  },
};

/** Where the files of a version are: in a run, a logged model, or a folder of the artifacts. */
export const source = experimentsOf(async ({ fields, backend }) => {
  const uri = fields.text("source") ?? "";
  const inRun = /^runs:\/+([^/]+)/.exec(uri)?.[1];
  const inModel = /^models:\/+(m-[^/]+)$/.exec(uri)?.[1];
  if (inRun !== undefined) return ofRuns(backend, [inRun], { mayLack: true });
  if (inModel !== undefined) return ofLoggedModels(backend, [inModel]);
  const folders = foldersIn(uri);
  return folders.length > 0 || (await isOwn(uri, fields, backend)) ? folders : [""];
});

/** Whether files that the server hands out are those of the run that is named with them; others may be anybody's. */
async function isOwn(uri: string, fields: Fields, backend: TrackingBackend): Promise<boolean> {
  const runId = fields.text("run_id") ?? "";
  if (!backend.artifacts.serves(uri) || /^[\w.-]+$/.test(uri)) return true;
  return runId !== "" && uri.startsWith(`${(await backend.getRunInfo(runId)).artifactUri}/`);
}

function tracedIn(field: string): Subject {
  return experimentsOf(async ({ fields, backend }) => [(await backend.traces.get(fields.requiredText(field))).experimentId]);
}

function foldersIn(uri: string): string[] {
  const below = belowProxied(uri);
  return below === undefined ? [] : [topFolderOf(below)];
}

async function ofRuns(backend: TrackingBackend, runIds: readonly string[], { mayLack = false } = {}): Promise<string[]> {
  return experimentIdsOf(runIds, (id) => backend.getRunInfo(id), mayLack);
}

/** What says that it belongs to a model that is not there is left to the route. */
async function ofLoggedModels(backend: TrackingBackend, modelIds: readonly string[]): Promise<string[]> {
  return experimentIdsOf(modelIds, (id) => backend.loggedModels.get(id), true);
}

async function experimentIdsOf(
  ids: readonly string[],
  find: (id: string) => Promise<{ experimentId: string }>,
  mayLack: boolean,
): Promise<string[]> {
  const found = new Set<string>();
  for (const id of new Set(ids)) {
    try {
      found.add((await find(id)).experimentId);
    } catch (error) {
      if (!mayLack || !(error instanceof MlflowError) || error.errorCode !== "RESOURCE_DOES_NOT_EXIST") throw error;
    }
  }
  return [...found];
}
