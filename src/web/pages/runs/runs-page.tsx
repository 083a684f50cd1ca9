import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState, type ReactElement } from "react";
import type { RunColumns, RunsQuery } from "../../api/documents.js";
import { experimentIdsOf } from "../../api/runs.js";
import { listExperiments } from "../../api/store.js";
import { useColumns } from "../../live/use-columns.js";
import { useDebounced } from "../../parts/use-debounced.js";
import { useTitle } from "../../parts/use-title.js";
import { BulkBar } from "./bulk-bar.js";
import { defaultColumns, differs, orderTerm, parseColumn, type Column } from "./columns.js";
import { readSearch } from "./search-text.js";
import { RunsHead } from "./runs-head.js";
import { RunsTable } from "./runs-table.js";
import { useSelection } from "./use-selection.js";
import { useRunsView, type RunsView } from "./view-state.js";

const NOTHING: RunColumns = { is_current: true, total: 0, statuses: {}, metrics: [], params: [], tags: [] };
const TYPING_MS = 120;
/** The runs of a search come first, then what columns they have. */
const SETTLED_MS = 500;

/** The runs of an experiment, or of all of them. */
export function RunsPage({ experimentId }: { experimentId: string }): ReactElement {
  const [view, change] = useRunsView(experimentId);
  const selection = useSelection();
  const [total, setTotal] = useState<number>();
  const name = useExperimentName(experimentId);
  useTitle(`${name} · Runs`);
  const { query, error, known } = useQueryOf(experimentId, view);
  const ids = useMemo(() => view.columns ?? defaultColumns(known), [view.columns, known]);
  const columns = useMemo(() => shownColumns(ids, view, known), [ids, view, known]);
  return (
    <div className="runs-page">
      <RunsHead {...{ experimentId, name, view, change, known, columns, query, error, total }} shown={ids} />
      {selection.selected.size > 0 && <BulkBar selection={selection} isDeleted={view.isDeleted} />}
      <RunsTable {...{ query, columns, view, change, selection }} onTotal={setTotal} />
    </div>
  );
}

/** The query of a view, what its runs have, and what the server says about its filter. */
function useQueryOf(experimentId: string, view: RunsView): { query: RunsQuery; error: string | undefined; known: RunColumns } {
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
      ...(view.isTree && !isSearched && !view.isDeleted ? { parent: "roots" } : {}),
    };
    // the id of the column says all about it
  }, [scope, view.isDeleted, view.isDescending, view.isTree, view.sort]);
  return { query, error: filter !== "" ? columns.error?.message : undefined, known: columns.data ?? NOTHING };
}

/** Pinned columns come first. */
function shownColumns(ids: readonly string[], { pinned, onlyDiffering }: RunsView, known: RunColumns): Column[] {
  const isPinned = (id: string) => pinned.includes(id);
  return [...ids.filter(isPinned), ...ids.filter((id) => !isPinned(id))]
    .map(parseColumn)
    .filter((column) => column !== undefined)
    .filter((column) => !onlyDiffering || differs(column, known));
}

function useExperimentName(experimentId: string): string {
  const { data = [] } = useQuery({ queryKey: ["experiments"], queryFn: ({ signal }) => listExperiments(signal) });
  if (experimentId === "all") return "All experiments";
  const names = experimentId.split(",").map((id) => data.find(({ experiment_id }) => experiment_id === id)?.name ?? `Experiment ${id}`);
  return names.join(", ");
}
