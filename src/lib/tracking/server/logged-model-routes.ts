import { missingValue } from "../limits.js";
import { MODEL_STATUSES, type LoggedModelQuery } from "../logged-model-records.js";
import type { TrackingBackend } from "../tracking-backend.js";
import { loggedModelToWire } from "../wire/logged-model.js";
import { nonEmpty } from "../wire/values.js";
import type { Routes } from "./api.js";
import { listFolder } from "./artifact-list.js";
import { done } from "./experiment-routes.js";
import type { Fields } from "./fields.js";

/** Logged models of MLflow 3. */
export function loggedModelRoutes({ loggedModels: models, artifacts }: TrackingBackend): Routes {
  const base = "2.0/mlflow/logged-models";
  const id = (fields: Fields) => fields.requiredText("model_id");
  return {
    [`POST ${base}`]: async (fields) => {
      const model = await models.create({
        experimentId: fields.requiredId("experiment_id"),
        name: fields.text("name") ?? "",
        modelType: fields.text("model_type"),
        sourceRunId: fields.text("source_run_id"),
        tags: fields.pairs("tags"),
        params: fields.pairs("params"),
      });
      return { model: loggedModelToWire(model) };
    },
    [`POST ${base}/search`]: async (fields) => {
      const { items, nextPageToken } = await models.search({
        experimentIds: fields.texts("experiment_ids"),
        filter: fields.text("filter"),
        datasets: fields.list("datasets").map((of) => ({ name: of.requiredText("dataset_name"), digest: of.text("dataset_digest") })),
        orderBy: fields.list("order_by").map(readOrder),
        maxResults: fields.integer("max_results") ?? 50,
        pageToken: fields.text("page_token"),
      });
      return { models: nonEmpty(items.map(loggedModelToWire)), next_page_token: nextPageToken };
    },
    [`GET ${base}/:model_id`]: async (fields) => ({ model: loggedModelToWire(await models.get(id(fields))) }),
    [`PATCH ${base}/:model_id`]: async (fields) => {
      const status = fields.choice("status", MODEL_STATUSES, 0);
      if (status === undefined) throw missingValue("status");
      return { model: loggedModelToWire(await models.finalize(id(fields), status)) };
    },
    [`DELETE ${base}/:model_id`]: (fields) => done(models.delete(id(fields))),
    [`PATCH ${base}/:model_id/tags`]: async (fields) => ({
      model: loggedModelToWire(await models.setTags(id(fields), fields.pairs("tags"))),
    }),
    [`DELETE ${base}/:model_id/tags/:tag_key`]: (fields) => done(models.deleteTag(id(fields), fields.requiredText("tag_key"))),
    [`POST ${base}/:model_id/params`]: async (fields) => ({
      model: loggedModelToWire(await models.logParams(id(fields), fields.pairs("params"))),
    }),
    [`GET ${base}/:model_id/artifacts/directories`]: async (fields) =>
      listFolder(artifacts, (await models.get(id(fields))).artifactUri, fields.text("artifact_directory_path") ?? ""),
  };
}

function readOrder(term: Fields): LoggedModelQuery["orderBy"][number] {
  const name = term.text("dataset_name");
  return {
    ...{ field: term.requiredText("field_name"), ascending: term.boolean("ascending") ?? true },
    dataset: name === undefined ? undefined : { name, digest: term.text("dataset_digest") },
  };
}
