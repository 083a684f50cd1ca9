import { invalid } from "../mlflow-error.js";
import type { ViewType } from "../records.js";
import { resolveIdentifier } from "../search/grammar.js";
import { RUN_GROUPING } from "../search/grammars.js";
import type { Grouping, RunGroup, RunScope } from "../store-views.js";
import type { TrackingBackend } from "../tracking-backend.js";
import { answerBytes, type Routes } from "./api.js";
import type { Fields } from "./fields.js";
import { traceViewRoutes } from "./trace-view-routes.js";

const VIEW_TYPES = ["ACTIVE_ONLY", "DELETED_ONLY", "ALL"] as const satisfies ViewType[];
const DEPTHS = ["last"] as const;
const PAGE_ROWS = 100;

/** What the web application shows of runs and traces: tables by place, and what there is to filter. */
export function viewRoutes(backend: TrackingBackend): Routes {
  const { views } = backend;
  return {
    ...traceViewRoutes(backend),
    "POST llmops/1/runs/query": answerBytes((fields) => {
      const [offset, limit] = [fields.integer("offset") ?? 0, fields.integer("limit") ?? PAGE_ROWS];
      const metrics = fields.choice("metrics", DEPTHS);
      return views.queryRuns({ ...readScope(fields), group: readGroup(fields), orderBy: fields.texts("order_by"), offset, limit, metrics });
    }),
    "POST llmops/1/runs/columns": answerBytes((fields) => views.describeColumns(readScope(fields))),
    "POST llmops/1/runs/groups": answerBytes((fields) => {
      const [offset, limit] = [fields.integer("offset") ?? 0, fields.integer("limit") ?? PAGE_ROWS];
      const by = readGrouping(fields.requiredText("group_by"));
      const [metrics, orderBy] = [fields.texts("metrics"), fields.text("order_by")];
      return views.queryGroups({ ...readScope(fields), by, metrics, orderBy, offset, limit });
    }),
  };
}

/** Runs of one group; of a group without a value where only what groups them is named. */
function readGroup(fields: Fields): RunGroup | undefined {
  const by = fields.text("group_by");
  return by === undefined ? undefined : { by: readGrouping(by), value: fields.text("group_value") ?? null };
}

function readGrouping(identifier: string): Grouping {
  const { namespace: kind, key } = resolveIdentifier(identifier, RUN_GROUPING);
  return kind === "dataset" ? { kind } : { kind, key };
}

function readScope(fields: Fields): RunScope {
  const parent = fields.text("parent");
  if (parent === "") throw invalid("Invalid value \"\" for parameter 'parent' supplied: it must be roots or the id of a run.");
  return {
    experimentIds: fields.texts("experiment_ids"),
    filter: fields.text("filter"),
    words: fields.text("words"),
    viewType: fields.choice("run_view_type", VIEW_TYPES),
    parent: parent === undefined || parent === "roots" ? parent : { runId: parent },
  };
}
