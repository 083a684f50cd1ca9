import type { ViewType } from "../records.js";
import type { SqliteStore } from "../sqlite/sqlite-store.js";
import { experimentToWire } from "../wire/run.js";
import { nonEmpty } from "../wire/values.js";
import type { Routes } from "./api.js";
import { missing } from "../mlflow-error.js";
import type { Fields } from "./fields.js";

const VIEW_TYPES = ["ACTIVE_ONLY", "DELETED_ONLY", "ALL"] as const satisfies ViewType[];

/** Experiments: MLflow's REST API 2.0. */
export function experimentRoutes({ experiments, db }: SqliteStore): Routes {
  const base = "2.0/mlflow/experiments";
  return {
    [`POST ${base}/create`]: (fields) => {
      const created = experiments.create({
        name: fields.requiredText("name"),
        artifactLocation: fields.text("artifact_location"),
        tags: fields.pairs("tags"),
      });
      return { experiment_id: created.experimentId };
    },
    [`GET ${base}/get`]: (fields) => ({ experiment: experimentToWire(experiments.get(fields.requiredId("experiment_id"))) }),
    [`GET ${base}/get-by-name`]: (fields) => {
      const name = fields.requiredText("experiment_name");
      const experiment = experiments.find(name);
      if (!experiment) throw missing(`Could not find experiment with name '${name}'`);
      return { experiment: experimentToWire(experiment) };
    },
    [`GET|POST ${base}/search`]: (fields) => {
      const { items, nextPageToken } = experiments.search(readQuery(fields, 0));
      return { experiments: nonEmpty(items.map(experimentToWire)), next_page_token: nextPageToken };
    },
    [`POST ${base}/delete`]: (fields) => done(experiments.delete(fields.requiredId("experiment_id"))),
    [`POST ${base}/restore`]: (fields) => done(experiments.restore(fields.requiredId("experiment_id"))),
    [`POST ${base}/update`]: (fields) => done(experiments.rename(fields.requiredId("experiment_id"), fields.requiredText("new_name"))),
    [`POST ${base}/set-experiment-tag`]: (fields) =>
      done(experiments.setTag(fields.requiredId("experiment_id"), fields.requiredText("key"), fields.text("value") ?? "")),
    [`POST ${base}/delete-experiment-tag`]: (fields) =>
      done(experiments.deleteTag(fields.requiredId("experiment_id"), fields.requiredText("key"))),
    [`POST ${base}/search-datasets`]: (fields) => {
      const ids = JSON.stringify(fields.texts("experiment_ids").map(Number));
      const rows = db.all<object>(
        `SELECT DISTINCT cast(d.experiment_id AS TEXT) AS experiment_id, d.name, d.digest, t.value AS context FROM datasets d
         LEFT JOIN inputs i ON i.source_type = 'DATASET' AND i.source_id = d.dataset_uuid
         LEFT JOIN input_tags t ON t.input_uuid = i.input_uuid AND t.name = 'mlflow.data.context'
         WHERE d.experiment_id IN (SELECT value FROM json_each(?)) LIMIT 1000`,
        ids,
      );
      return { dataset_summaries: nonEmpty(rows) };
    },
  };
}

/** The fields every search has. */
export function readQuery(fields: Fields, defaultMaxResults: number) {
  return {
    filter: fields.text("filter"),
    orderBy: fields.texts("order_by"),
    viewType: fields.choice("run_view_type", VIEW_TYPES) ?? fields.choice("view_type", VIEW_TYPES),
    maxResults: fields.integer("max_results") ?? defaultMaxResults,
    pageToken: fields.text("page_token"),
  };
}

/** The empty answer of a call that only does something. */
export function done(result: unknown): object {
  return Object(result ?? {}) as object;
}
