import { useMemo, useRef } from "react";
import type { RunColumns, RunsQuery } from "../../api/documents.js";
import { experimentIdsOf } from "../../api/runs.js";
import { useColumns } from "../../live/use-columns.js";
import { useDebounced } from "../../parts/use-debounced.js";
import { orderTerm, parseColumn } from "./columns.js";
import { readSearch } from "./search-text.js";
import type { RunsView } from "./view-state.js";

const NOTHING: RunColumns = { is_current: true, total: 0, statuses: {}, metrics: [], params: [], tags: [] };
const TYPING_MS = 120;
/** The runs of a search come first, then what columns they have. */
const SETTLED_MS = 500;

/** The query of a view, what its runs have, and what the server says about its filter. */
export function useRunsQuery(experimentId: string, view: RunsView): { query: RunsQuery; error: string | undefined; known: RunColumns } {
  const typed = useDebounced(view.search, TYPING_MS);
  const whole = useRef<{ filter?: string; words?: string }>({});
  const search = readSearch(typed);
  if (search) whole.current = search;
  const { filter = "", words = "" } = whole.current;
  const scope = useMemo(() => {
    return { experiment_ids: experimentIdsOf(experimentId), ...(filter === "" ? {} : { filter }), ...(words === "" ? {} : { words }) };
  }, [experimentId, filter, words]);
  const columns = useColumns(useDebounced(scope, SETTLED_MS));
  const column = parseColumn(view.sort);
  const query = useMemo((): RunsQuery => {
    const isSearched = filter !== "" || words !== "";
    return {
      ...scope,
      run_view_type: view.isDeleted ? "DELETED_ONLY" : "ACTIVE_ONLY",
      order_by: [...(column ? [orderTerm(column, view.isDescending)] : []), "attributes.start_time DESC"],
      ...(view.isTree && view.group === "" && !isSearched && !view.isDeleted ? { parent: "roots" } : {}),
    };
    // the id of the column says all about it
  }, [scope, view.isDeleted, view.isDescending, view.isTree, view.group, view.sort]);
  return { query, error: filter !== "" ? columns.error?.message : undefined, known: columns.data ?? NOTHING };
}
