import { missingValue } from "../limits.js";
import { toStage } from "../registry-records.js";
import type { TrackingBackend } from "../tracking-backend.js";
import { modelToWire, versionToWire } from "../wire/registry.js";
import { nonEmpty } from "../wire/values.js";
import type { Routes } from "./api.js";
import { done, readQuery } from "./experiment-routes.js";
import type { Fields } from "./fields.js";
import { checkSource } from "./model-source.js";

/** Registered models: MLflow's REST API 2.0. */
export function modelRoutes({ registry }: TrackingBackend): Routes {
  const base = "2.0/mlflow/registered-models";
  const name = (fields: Fields) => fields.requiredText("name");
  const key = (fields: Fields) => fields.requiredText("key");
  return {
    [`POST ${base}/create`]: async (fields) => {
      const model = { name: name(fields), description: fields.text("description"), tags: fields.pairs("tags") };
      return { registered_model: modelToWire(await registry.createModel(model)) };
    },
    [`GET ${base}/get`]: async (fields) => ({ registered_model: modelToWire(await registry.getModel(name(fields))) }),
    [`PATCH ${base}/update`]: async (fields) => ({
      registered_model: modelToWire(await registry.describeModel(name(fields), fields.text("description") ?? "")),
    }),
    [`POST ${base}/rename`]: async (fields) => ({
      registered_model: modelToWire(await registry.renameModel(name(fields), fields.requiredText("new_name"))),
    }),
    [`DELETE ${base}/delete`]: (fields) => done(registry.deleteModel(name(fields))),
    [`GET ${base}/search`]: async (fields) => {
      const { items, nextPageToken } = await registry.searchModels(readQuery(fields, 100));
      return { registered_models: nonEmpty(items.map(modelToWire)), next_page_token: nextPageToken };
    },
    [`GET|POST ${base}/get-latest-versions`]: async (fields) => {
      const versions = await registry.latestVersions(name(fields), fields.texts("stages"));
      return { model_versions: nonEmpty(versions.map(versionToWire)) };
    },
    [`POST ${base}/set-tag`]: (fields) => done(registry.setModelTag(name(fields), key(fields), fields.text("value") ?? "")),
    [`DELETE ${base}/delete-tag`]: (fields) => done(registry.deleteModelTag(name(fields), key(fields))),
    [`POST ${base}/alias`]: (fields) => done(registry.setAlias(name(fields), fields.requiredText("alias"), fields.requiredId("version"))),
    [`DELETE ${base}/alias`]: (fields) => done(registry.deleteAlias(name(fields), fields.requiredText("alias"))),
    [`GET ${base}/alias`]: async (fields) => ({
      model_version: versionToWire(await registry.getByAlias(name(fields), fields.requiredText("alias"))),
    }),
  };
}

/** Versions of registered models: MLflow's REST API 2.0. */
export function versionRoutes(backend: TrackingBackend): Routes {
  const { registry } = backend;
  const base = "2.0/mlflow/model-versions";
  const ids = (fields: Fields) => [fields.requiredText("name"), fields.requiredId("version")] as const;
  const both = (fields: Fields) => ({ name: fields.requiredText("name"), version: fields.requiredId("version") });
  return {
    [`POST ${base}/create`]: async (fields) => {
      const source = fields.requiredText("source");
      const runId = fields.text("run_id");
      await checkSource(source, async () => (runId ? (await backend.getRunInfo(runId)).artifactUri : undefined));
      const created = await registry.createVersion({
        name: fields.requiredText("name"),
        source,
        runId,
        runLink: fields.text("run_link"),
        description: fields.text("description"),
        tags: fields.pairs("tags"),
        modelId: fields.text("model_id"),
      });
      return { model_version: versionToWire(created) };
    },
    [`GET ${base}/get`]: async (fields) => ({ model_version: versionToWire(await registry.getVersion(...ids(fields))) }),
    [`PATCH ${base}/update`]: async (fields) => ({
      model_version: versionToWire(await registry.describeVersion(...ids(fields), fields.text("description") ?? "")),
    }),
    [`POST ${base}/transition-stage`]: async (fields) => {
      const archiveOthers = fields.boolean("archive_existing_versions");
      if (archiveOthers === undefined) throw missingValue("archive_existing_versions");
      const to = { stage: toStage(fields.requiredText("stage")), archiveOthers };
      return { model_version: versionToWire(await registry.transition(...ids(fields), to)) };
    },
    [`DELETE ${base}/delete`]: (fields) => done(registry.deleteVersion(...ids(fields))),
    [`GET ${base}/search`]: async (fields) => {
      const { items, nextPageToken } = await registry.searchVersions(readQuery(fields, 200_000));
      return { model_versions: nonEmpty(items.map(versionToWire)), next_page_token: nextPageToken };
    },
    [`GET ${base}/get-download-uri`]: async (fields) => ({ artifact_uri: await registry.downloadUri(...ids(fields)) }),
    [`POST ${base}/set-tag`]: (fields) =>
      done(registry.setVersionTag(both(fields), fields.requiredText("key"), fields.text("value") ?? "")),
    [`DELETE ${base}/delete-tag`]: (fields) => done(registry.deleteVersionTag(both(fields), fields.requiredText("key"))),
  };
}
