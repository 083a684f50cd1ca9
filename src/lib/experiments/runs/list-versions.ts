import { collectPages } from "../../tracking/collect-pages.js";
import type { ModelVersion, RegisteredModel } from "../../tracking/registry-records.js";
import { quoteText } from "../../tracking/search/quote.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";
import { PROMPT_TAG } from "../../tracking/mlflow-tags.js";

export interface ModelWithVersions {
  model: RegisteredModel;
  /** Oldest first, with their aliases, which a search of versions does not say. */
  versions: ModelVersion[];
}

/** Registered models (all, or the one of that name) with their versions. Throws STORE_NOT_FOUND for a name that is not there. */
export async function listModels({ registry }: TrackingStore, name?: string): Promise<ModelWithVersions[]> {
  const found = name === undefined ? await collectPages((pageToken) => registry.searchModels({ maxResults: 1000, pageToken })) : [{ name }];
  return Promise.all(
    found.map(async (item) => {
      const model = await registry.getModel(item.name);
      // MLflow says a prompt's versions only to who asks for prompts
      const kind = model.tags[PROMPT_TAG] === "true" ? ` AND tags.\`${PROMPT_TAG}\` = 'true'` : "";
      const filter = `name = ${quoteText(model.name)}${kind}`;
      const versions = await collectPages((pageToken) => registry.searchVersions({ filter, maxResults: 1000, pageToken }));
      const aliasesOf = (version: string) => Object.keys(model.aliases).filter((alias) => model.aliases[alias] === version);
      const named = versions.map((version) => ({ ...version, aliases: aliasesOf(version.version) }));
      return { model, versions: named.sort((a, b) => Number(a.version) - Number(b.version)) };
    }),
  );
}
