import { useMemo, useState, type ReactElement } from "react";
import type { RunsQuery } from "../../api/documents.js";
import type { Run } from "../../api/runs.js";
import { useColumns } from "../../live/use-columns.js";
import { BulkBar } from "../runs/bulk-bar.js";
import { ColumnChooser } from "../runs/column-chooser.js";
import { defaultColumns, orderTerm, parseColumn } from "../runs/columns.js";
import { GroupSelect } from "../runs/group-select.js";
import { groupingOf } from "../runs/grouping.js";
import { RunsTable } from "../runs/runs-table.js";
import { useSelection } from "../runs/use-selection.js";
import type { RunsView } from "../runs/view-state.js";

const USUAL: RunsView = {
  ...{ search: "", columns: undefined, pinned: [], sort: "", isDescending: false },
  ...{ isDeleted: false, isTree: false, onlyDiffering: false, group: "", widths: {} },
};
const ignore = () => undefined;

/** The children of a run, as a table. */
export function Children({ run: { info } }: { run: Run }): ReactElement {
  const [view, setView] = useState(USUAL);
  const selection = useSelection();
  const filter = `tags.\`mlflow.parentRunId\` = '${info.run_id}'`;
  const scope = useMemo(() => ({ experiment_ids: [info.experiment_id], filter }), [info.experiment_id, filter]);
  const { data: known } = useColumns(scope);
  const ids = useMemo(() => view.columns ?? (known ? defaultColumns(known) : []), [view.columns, known]);
  const columns = useMemo(() => ids.map(parseColumn).filter((column) => column !== undefined), [ids]);
  const query = useMemo((): RunsQuery => {
    const column = parseColumn(view.sort);
    const order = column ? [orderTerm(column, view.isDescending)] : [];
    return { experiment_ids: [info.experiment_id], parent: info.run_id, order_by: [...order, "attributes.start_time DESC"] };
  }, [info, view.sort, view.isDescending]);
  const grouping = useMemo(() => groupingOf(view, columns), [view, columns]);
  const change = (part: Partial<RunsView>) => setView((before) => ({ ...before, ...part }));
  return (
    <div className="children card">
      {known && (
        <div className="tools">
          <GroupSelect known={known} group={view.group} choose={(group) => change({ group })} />
          <ColumnChooser {...{ known, view, change }} shown={ids} />
        </div>
      )}
      {selection.selected.size > 0 && <BulkBar selection={selection} isDeleted={false} />}
      <RunsTable key={view.group} {...{ query, grouping, columns, view, change, selection }} onTotal={ignore} />
    </div>
  );
}
