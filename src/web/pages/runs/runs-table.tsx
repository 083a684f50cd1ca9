import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useMemo, useRef, useState, type ReactElement } from "react";
import { Link } from "wouter";
import type { RunRow, RunsQuery } from "../../api/documents.js";
import { Empty, Failure, Loading } from "../../parts/states.js";
import { columnId, intervalOf, type Column } from "./columns.js";
import { columnWidth, pinOffsets } from "./column-widths.js";
import { RunLineView } from "./run-line.js";
import { TableHead } from "./table-head.js";
import { useLineSelection } from "./use-line-selection.js";
import { useRunLines, type RunLine, type RunLines } from "./use-run-lines.js";
import type { Selection } from "./use-selection.js";
import { useTableKeys } from "./use-table-keys.js";
import type { RunsView } from "./view-state.js";

const ROW_HEIGHT = 34;
const OVERSCAN = 12;

interface Props {
  query: RunsQuery;
  columns: readonly Column[];
  view: RunsView;
  change: (part: Partial<RunsView>) => void;
  selection: Selection;
  onTotal: (total: number | undefined) => void;
}

/** The runs of a query: only the lines in view are drawn, and only their windows are asked for. */
export function RunsTable(props: Props): ReactElement {
  const { query, onTotal } = props;
  const [range, setRange] = useState<[number, number]>([0, 40]);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const isTree = query.parent === "roots";
  const rows = useRunLines(query, isTree ? expanded : NONE, range);
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
      <Lines {...props} {...{ rows, expanded, expand, see, isTree }} />
    </div>
  );
}

interface LinesProps extends Props {
  rows: RunLines;
  expanded: ReadonlySet<string>;
  expand: (runId: string) => void;
  /** Gets the first and the last line in view. */
  see: (first: number, last: number) => void;
  isTree: boolean;
}

function Lines({ rows, columns, view, change, selection, expanded, expand, see, isTree }: LinesProps): ReactElement {
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
  const widths = useWidths(columns, rows.loaded);
  const offsets = useMemo(() => pinOffsets(columns, widths, view.pinned), [columns, widths, view.pinned]);
  const onKey = useTableKeys({ rows: rows.lines, active, at: rows.at, select, expand, expanded, clear });
  const template = `var(--name-width) ${widths.map((width) => `${width}px`).join(" ")}`;
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
      <div className="table-body" style={{ height: lines.getTotalSize(), ["--columns" as string]: template }} role="presentation">
        <TableHead
          {...{ columns, offsets, view, change, allSelected }}
          move={(id, before) => change({ columns: moved(columns.map(columnId), id, before) })}
          selectAll={() => (allSelected ? clear() : selectRange(rows.loaded))}
        />
        {visible.map(({ index, start }) => {
          const line = rows.at(index);
          if (!line || "moreOf" in line) return <OtherLine key={`other-${index}`} line={line} top={start} />;
          const { run, depth } = line;
          return (
            <RunLineView
              key={`${run.run_id}${depth}`}
              {...{ run, depth, columns, offsets, isTree, select, expand }}
              line={index}
              top={start}
              isSelected={selected.has(run.run_id)}
              isActive={index === active}
              isExpanded={expanded.has(run.run_id)}
            />
          );
        })}
      </div>
      {rows.lines === 0 && <Empty title="No runs found">{view.search !== "" && <p>Nothing matches what is searched for.</p>}</Empty>}
    </div>
  );
}

/** Some runs tell whether a metric has intervals; the list stays the same as long as its widths do. */
function useWidths(columns: readonly Column[], runs: readonly RunRow[]): number[] {
  const some = runs.slice(0, 20);
  const hasInterval = (column: Column) =>
    column.kind === "metric" && column.of === "last" && some.some(({ metrics }) => intervalOf(metrics, column.key));
  const text = columns.map((column) => columnWidth(column, hasInterval(column))).join(" ");
  return useMemo(() => (text === "" ? [] : text.split(" ").map(Number)), [text]);
}

const NONE: ReadonlySet<string> = new Set();

function OtherLine({ line, top }: { line: Exclude<RunLine, { run: RunRow }>; top: number }): ReactElement {
  return (
    <div role="row" className="line" style={{ transform: `translateY(${top}px)` }}>
      <div role="gridcell" className="cell cell-name">
        {line ? (
          <Link href={`/runs/${line.moreOf.run_id}`} className="more-children">
            {(line.moreOf.children - line.shown).toLocaleString("en-US")} more: open the run
          </Link>
        ) : (
          <span className="placeholder" />
        )}
      </div>
    </div>
  );
}

function toggled(set: ReadonlySet<string>, id: string): Set<string> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}

function moved(ids: string[], id: string, before: string): string[] {
  const rest = ids.filter((each) => each !== id);
  const isLater = ids.indexOf(id) < ids.indexOf(before);
  rest.splice(rest.indexOf(before) + (isLater ? 1 : 0), 0, id);
  return rest;
}
