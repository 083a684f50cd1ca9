import type { TracesQuery } from "../../api/traces.js";
import { experimentIdsOf } from "../../api/runs.js";

const OPERATOR = "(?:!?=|>=?|<=?|\\b(?:NOT\\s+)?(?:LIKE|ILIKE|IN)\\b)";
const FIELD = "(?:tags?|metadata|request_metadata|feedback|expectation|trace|attributes?)\\.(?:`[^`]*`|[\\w.-]+)";
const ATTRIBUTE =
  "(?:request_id|trace_id|status|state|client_request_id|name|run_id|text|timestamp(?:_ms)?|execution_time(?:_ms)?|end_time(?:_ms)?)";
const STARTS_FILTER = new RegExp(`^(?:${FIELD}|${ATTRIBUTE})\\s*${OPERATOR}`, "i");

/** Reads what was typed: a filter of MLflow where it begins like one, otherwise words. */
export function readTraceSearch(text: string): Pick<TracesQuery, "filter" | "words"> {
  const typed = text.trim();
  if (typed === "") return {};
  return STARTS_FILTER.test(typed) ? { filter: typed } : { words: typed };
}

/** What of the list is in the address. */
export interface TracesView {
  experiment: string;
  run: string;
  state: string;
  search: string;
  sort: string;
}

/** The orders of the list, by the name that they have in addresses. */
export const ORDERS: Readonly<Record<string, { name: string; term: string }>> = {
  "": { name: "newest first", term: "timestamp_ms DESC" },
  oldest: { name: "oldest first", term: "timestamp_ms ASC" },
  slowest: { name: "slowest first", term: "execution_time_ms DESC" },
};

/** The server's query of a view. */
export function tracesQuery({ experiment, run, state, search, sort }: TracesView): TracesQuery {
  const { filter, words } = readTraceSearch(search);
  const filters = [...(state === "" ? [] : [`status = '${state.replaceAll("'", "")}'`]), ...(filter === undefined ? [] : [filter])];
  return {
    experiment_ids: experimentIdsOf(experiment),
    ...(filters.length > 0 ? { filter: filters.join(" AND ") } : {}),
    ...(words === undefined ? {} : { words }),
    ...(run === "" ? {} : { run_id: run }),
    order_by: [(ORDERS[sort] ?? ORDERS[""])?.term ?? ""],
  };
}
