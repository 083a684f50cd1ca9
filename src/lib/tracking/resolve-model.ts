import { LlmopsError } from "../base/errors/llmops-error.js";
import { STAGES, type ModelVersion } from "./registry-records.js";
import type { TrackingStore } from "./tracking-store.js";

/** True for runs:/ and models:/ URIs, which name files in a store. */
export function isStoreUri(text: string): boolean {
  return /^(runs|models):\//.test(text);
}

/**
 * The files that runs:/RUN/PATH or models:/NAME/VERSION (a number, a stage, "latest"), models:/NAME@ALIAS
 * names: in place for a store on this machine, else downloaded under `folder` once. Throws INVALID_ARGUMENT
 * for another form, and what the store throws.
 */
export async function resolveStoreUri(store: TrackingStore, uri: string, folder: string): Promise<string> {
  const [, runId, path = ""] = /^runs:\/+([^/]+)(?:\/(.*))?$/s.exec(uri) ?? [];
  if (runId !== undefined) return store.fetchArtifacts((await store.getRun(runId)).artifactUri, path, folder);
  const version = await findVersion(store, uri);
  const source = await store.registry.downloadUri(version.name, version.version);
  if (isStoreUri(source)) return resolveStoreUri(store, source, folder);
  return store.fetchArtifacts(source, "", folder).catch(async (error: unknown) => {
    // the source may be a file: then its folder has to be asked for it
    const cut = source.lastIndexOf("/");
    if (!(error instanceof LlmopsError) || error.code !== "STORE_NOT_FOUND" || cut < 0) throw error;
    return store.fetchArtifacts(source.slice(0, cut), source.slice(cut + 1), folder);
  });
}

/** The version a models:/ URI names. */
export async function findVersion(store: TrackingStore, uri: string): Promise<ModelVersion> {
  const [, aliased, alias] = /^models:\/+([^/].*)@([\w-]+)$/.exec(uri) ?? [];
  if (aliased !== undefined && alias?.toLowerCase() === "latest") return findByStage(store, aliased, alias);
  if (aliased !== undefined && alias !== undefined) return store.registry.getByAlias(aliased, alias);
  const [, name, which] = /^models:\/+([^/].*)\/([^/]+)$/.exec(uri) ?? [];
  if (name === undefined || which === undefined) {
    throw new LlmopsError("INVALID_ARGUMENT", `The model URI ${uri} is not complete.`, {
      hint: "Write models:/NAME/VERSION, models:/NAME/STAGE, models:/NAME@ALIAS or runs:/RUN/PATH.",
    });
  }
  if (/^\d+$/.test(which)) return store.registry.getVersion(name, which);
  return findByStage(store, name, which);
}

/** The newest version of a stage, or of all for "latest"; any other word is an alias. */
async function findByStage(store: TrackingStore, name: string, which: string): Promise<ModelVersion> {
  const stage = STAGES.find((known) => known.toLowerCase() === which.toLowerCase());
  if (!stage && which.toLowerCase() !== "latest") return store.registry.getByAlias(name, which);
  const found = await store.registry.latestVersions(name, stage ? [stage] : []);
  const newest = found.sort((a, b) => Number(b.version) - Number(a.version))[0];
  if (newest) return newest;
  throw new LlmopsError("STORE_NOT_FOUND", `The registered model "${name}" has no version ${stage ? `in stage ${stage}` : "yet"}.`, {
    hint: `Move one there: llmops mlflow promote ${name} VERSION --stage ${stage ?? "Production"}.`,
  });
}
