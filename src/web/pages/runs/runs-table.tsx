import { useCallback, useEffect, useState, type ReactElement } from "react";
import type { RunsQuery } from "../../api/documents.js";
import { Failure, Loading } from "../../parts/states.js";
import { TableLines, type TableProps } from "./table-lines.js";
import { useRunLines } from "./use-run-lines.js";

interface Props extends TableProps {
  query: RunsQuery;
  onTotal: (total: number | undefined) => void;
}

/** The runs of a query: only the lines in view are drawn, and only their windows are asked for. */
export function RunsTable(props: Props): ReactElement {
  const { query, grouping, onTotal } = props;
  const [range, setRange] = useState<[number, number]>([0, 40]);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const isTree = query.parent === "roots" || grouping !== undefined;
  const rows = useRunLines(query, grouping, isTree ? expanded : NONE, range);
  useEffect(() => onTotal(rows.total), [onTotal, rows.total]);
  const expand = useCallback((id: string) => setExpanded((before) => toggled(before, id)), []);
  const see = useCallback(
    (first: number, last: number) => setRange((before) => (before[0] === first && before[1] === last ? before : [first, last])),
    [],
  );
  if (rows.total === undefined)
    return rows.error ? <Failure error={rows.error} retry={rows.retry} /> : <Loading lines={12} label="Loading runs" />;
  return (
    <div className="table-frame" data-stale={rows.isStale}>
      {rows.error !== undefined && <Failure error={rows.error} retry={rows.retry} />}
      <TableLines {...props} {...{ rows, expanded, expand, see, isTree }} />
    </div>
  );
}

const NONE: ReadonlySet<string> = new Set();

function toggled(set: ReadonlySet<string>, id: string): Set<string> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}
