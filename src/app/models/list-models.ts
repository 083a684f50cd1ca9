import { LlmopsError, messageOf } from "../../lib/base/errors/llmops-error.js";
import { architectureOf, quantizationOf } from "../../lib/inference/models/model-facts.js";
import { DEMO_MODEL, openModelFile } from "../../lib/inference/models/model-file.js";
import { collectPages } from "../../lib/tracking/collect-pages.js";
import type { ListedModel } from "../documents/models.js";
import type { Host } from "../host/host.js";
import { withStore } from "../tracking/with-store.js";
import { cachedModels } from "./cached-models.js";

/** The models that are here: the demo model, those of the cache, those of the store. A store that is away does not hide the files. */
export async function listModels({ trackingUri }: { trackingUri: string }, { note }: Pick<Host, "note">): Promise<ListedModel[]> {
  const models = [await describe(DEMO_MODEL, "demo", DEMO_MODEL)];
  for (const { path, kind, whole } of await cachedModels()) {
    const described = await describe(path, kind, path);
    models.push(whole ? described : { ...described, versions: ["interrupted: pull it again"] });
  }
  const unlisted = (error: unknown): ListedModel[] => {
    if (!(error instanceof LlmopsError) || error.code !== "STORE_NOT_FOUND") note(`The registry is not shown: ${messageOf(error)}`);
    return [];
  };
  return [...models, ...(await registered(trackingUri).catch(unlisted))];
}

async function describe(reference: string, kind: ListedModel["kind"], model: string): Promise<ListedModel> {
  const file = await openModelFile(reference).catch(() => undefined);
  return {
    ...{ model, kind, versions: file ? [] : ["broken: remove it"] },
    architecture: file ? architectureOf(file.header) : null,
    quantization: file ? quantizationOf(file.header) : null,
    size_bytes: file?.sizeBytes ?? null,
  };
}

async function registered(trackingUri: string): Promise<ListedModel[]> {
  return withStore(trackingUri, async (store) => {
    const found = await collectPages((pageToken) => store.registry.searchModels({ pageToken, maxResults: 100 }));
    return found.map(({ name, aliases, latestVersions }) => ({
      ...{ model: `models:/${name}`, kind: "registered" as const, architecture: null, quantization: null, size_bytes: null },
      versions: [
        ...Object.entries(aliases).map(([alias, version]) => `@${alias} is ${version}`),
        ...latestVersions.filter(({ stage }) => stage !== "None").map(({ stage, version }) => `${stage} is ${version}`),
      ],
    }));
  });
}
