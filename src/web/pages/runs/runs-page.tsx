import { useMemo, useState, type ReactElement } from "react";
import { Link } from "wouter";
import type { RunColumns } from "../../api/documents.js";
import { useTitle } from "../../parts/use-title.js";
import { useNamedExperiments } from "../experiments/use-experiments.js";
import { BulkBar } from "./bulk-bar.js";
import { defaultColumns, differs, parseColumn, type Column } from "./columns.js";
import { groupingOf } from "./grouping.js";
import { RunsHead } from "./runs-head.js";
import { RunsTable } from "./runs-table.js";
import { useRunsQuery } from "./use-runs-query.js";
import { useSelection } from "./use-selection.js";
import { useRunsView, type RunsView } from "./view-state.js";

/** The runs of an experiment, or of all of them. */
export function RunsPage({ experimentId }: { experimentId: string }): ReactElement {
  const [view, change] = useRunsView(experimentId);
  const selection = useSelection();
  const [total, setTotal] = useState<number>();
  const { name, isArchived } = useNamedExperiments(experimentId);
  useTitle(`${name} · Runs`);
  const { query, error, known } = useRunsQuery(experimentId, view);
  const ids = useMemo(() => view.columns ?? defaultColumns(known), [view.columns, known]);
  const columns = useMemo(() => shownColumns(ids, view, known), [ids, view, known]);
  const grouping = useMemo(() => groupingOf(view, columns), [view, columns]);
  return (
    <div className="runs-page">
      <RunsHead {...{ experimentId, name, view, change, known, columns, query, error, total }} shown={ids} />
      {isArchived && (
        <p className="notice">
          <span>
            This experiment is archived. It can be restored from among the{" "}
            <Link href="/experiments?show=archived">archived experiments</Link>.
          </span>
        </p>
      )}
      {selection.selected.size > 0 && <BulkBar selection={selection} isDeleted={view.isDeleted} />}
      <RunsTable key={view.group} {...{ query, grouping, columns, view, change, selection }} onTotal={setTotal} />
    </div>
  );
}

/** Pinned columns come first. */
function shownColumns(ids: readonly string[], { pinned, onlyDiffering }: RunsView, known: RunColumns): Column[] {
  const isPinned = (id: string) => pinned.includes(id);
  return [...ids.filter(isPinned), ...ids.filter((id) => !isPinned(id))]
    .map(parseColumn)
    .filter((column) => column !== undefined)
    .filter((column) => !onlyDiffering || differs(column, known));
}
