import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, type ReactElement } from "react";
import type { Grouping } from "../../api/runs.js";
import { Empty } from "../../parts/states.js";
import { columnId, type Column } from "./columns.js";
import { pinOffsets } from "./column-widths.js";
import { LineView, lineKey } from "./line-view.js";
import { TableHead } from "./table-head.js";
import { useColumnWidths } from "./use-column-widths.js";
import { useLineSelection } from "./use-line-selection.js";
import type { RunLines } from "./use-run-lines.js";
import type { Selection } from "./use-selection.js";
import { useTableKeys } from "./use-table-keys.js";
import type { RunsView } from "./view-state.js";

const ROW_HEIGHT = 34;
const OVERSCAN = 12;

export interface TableProps {
  /** How the runs are grouped, if they are. */
  grouping: Grouping | undefined;
  columns: readonly Column[];
  view: RunsView;
  change: (part: Partial<RunsView>) => void;
  selection: Selection;
}

interface Props extends TableProps {
  rows: RunLines;
  expanded: ReadonlySet<string>;
  expand: (key: string) => void;
  /** Gets the first and the last line in view. */
  see: (first: number, last: number) => void;
  isTree: boolean;
}

/** The head of the table and those of its lines that are in view. */
export function TableLines({ rows, grouping, columns, view, change, selection, expanded, expand, see, isTree }: Props): ReactElement {
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useVirtualizer({
    ...{ count: rows.lines, estimateSize: () => ROW_HEIGHT, overscan: OVERSCAN },
    ...{ getScrollElement: () => scroller.current, paddingStart: ROW_HEIGHT, scrollPaddingStart: ROW_HEIGHT },
  });
  const visible = lines.getVirtualItems();
  const first = visible[0]?.index ?? 0;
  const last = visible.at(-1)?.index ?? first;
  useEffect(() => see(first, last), [see, first, last]);
  const { clear, selected, selectRange } = selection;
  const { active, setActive, select } = useLineSelection(rows, selection);
  const sizes = useColumnWidths({ columns, runs: rows.loaded, hasRanges: grouping !== undefined, view, change });
  const offsets = useMemo(() => pinOffsets(columns, sizes.widths, view.pinned), [columns, sizes.widths, view.pinned]);
  const onKey = useTableKeys({ rows: rows.lines, active, at: rows.at, select, expand, expanded, clear });
  const allSelected = rows.loaded.length > 0 && rows.loaded.every(({ run_id }) => selected.has(run_id));
  return (
    <div
      {...{ ref: scroller, role: isTree ? "treegrid" : "grid", className: "table", tabIndex: 0 }}
      aria-label="Runs"
      aria-rowcount={rows.lines + 1}
      aria-multiselectable="true"
      aria-activedescendant={rows.lines > 0 ? `line-${active}` : undefined}
      onKeyDown={(event) => {
        const line = onKey(event);
        if (line === undefined) return;
        setActive(line);
        lines.scrollToIndex(line);
      }}
    >
      <div className="table-body" style={{ height: lines.getTotalSize(), ...sizes.style }} role="presentation">
        <TableHead
          {...{ columns, offsets, view, change, sizes, allSelected }}
          canSelect={rows.loaded.length > 0}
          move={(id, before) => change({ columns: moved(columns.map(columnId), id, before) })}
          selectAll={() => (allSelected ? clear() : selectRange(rows.loaded))}
        />
        {visible.map(({ index, start }) => {
          const of = rows.at(index);
          return (
            <LineView
              key={lineKey(of, index)}
              {...{ of, columns, offsets, isTree, selected, expanded, select, expand }}
              line={index}
              top={start}
              isActive={index === active}
              group={view.group}
            />
          );
        })}
      </div>
      {rows.lines === 0 && <Empty title="No runs found">{view.search !== "" && <p>Nothing matches what is searched for.</p>}</Empty>}
    </div>
  );
}

function moved(ids: string[], id: string, before: string): string[] {
  const rest = ids.filter((each) => each !== id);
  const isLater = ids.indexOf(id) < ids.indexOf(before);
  rest.splice(rest.indexOf(before) + (isLater ? 1 : 0), 0, id);
  return rest;
}
