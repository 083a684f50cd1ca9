import type { ViewType } from "../records.js";
import type { TrackingBackend } from "../tracking-backend.js";
import { experimentToWire } from "../wire/run.js";
import { nonEmpty } from "../wire/values.js";
import type { Routes } from "./api.js";
import { invalid, missing } from "../mlflow-error.js";
import type { Fields } from "./fields.js";

const VIEW_TYPES = ["ACTIVE_ONLY", "DELETED_ONLY", "ALL"] as const satisfies ViewType[];

/** Experiments: MLflow's REST API 2.0. */
export function experimentRoutes(backend: TrackingBackend): Routes {
  const base = "2.0/mlflow/experiments";
  return {
    [`POST ${base}/create`]: async (fields) => {
      const created = await backend.createExperiment({
        name: fields.requiredText("name"),
        artifactLocation: fields.text("artifact_location"),
        tags: fields.pairs("tags"),
      });
      return { experiment_id: created.experimentId };
    },
    [`GET ${base}/get`]: async (fields) => ({
      experiment: experimentToWire(await backend.getExperiment(fields.requiredId("experiment_id"))),
    }),
    [`GET ${base}/get-by-name`]: async (fields) => {
      const name = fields.requiredText("experiment_name");
      const experiment = await backend.findExperiment(name);
      if (!experiment) throw missing(`Could not find experiment with name '${name}'`);
      return { experiment: experimentToWire(experiment) };
    },
    [`GET|POST ${base}/search`]: async (fields) => {
      const { items, nextPageToken } = await backend.searchExperiments(readQuery(fields, 0));
      return { experiments: nonEmpty(items.map(experimentToWire)), next_page_token: nextPageToken };
    },
    [`POST ${base}/delete`]: (fields) => done(backend.deleteExperiment(fields.requiredId("experiment_id"))),
    [`POST ${base}/restore`]: (fields) => done(backend.restoreExperiment(fields.requiredId("experiment_id"))),
    [`POST ${base}/update`]: (fields) =>
      done(backend.renameExperiment(fields.requiredId("experiment_id"), fields.requiredText("new_name"))),
    [`POST ${base}/set-experiment-tag`]: (fields) =>
      done(backend.setExperimentTag(fields.requiredId("experiment_id"), fields.requiredText("key"), fields.text("value") ?? "")),
    [`POST ${base}/delete-experiment-tag`]: (fields) =>
      done(backend.deleteExperimentTag(fields.requiredId("experiment_id"), fields.requiredText("key"))),
    [`POST ${base}/search-datasets`]: async (fields) => {
      const ids = fields.texts("experiment_ids");
      if (ids.length === 0) throw invalid("SearchDatasets request must specify at least one experiment_id.");
      const found = await backend.searchDatasets(ids);
      return { dataset_summaries: nonEmpty(found.map(({ experimentId, ...summary }) => ({ experiment_id: experimentId, ...summary }))) };
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
export async function done(work: Promise<void>): Promise<object> {
  await work;
  return {};
}
