import { useRef, useState, type DragEvent, type ReactElement } from "react";
import { Icon } from "../../parts/icon.js";
import { columnId, columnName, isSortable, NAMES, type Column } from "./columns.js";
import { cellClass, pinStyle } from "./run-line.js";
import type { ColumnWidths } from "./use-column-widths.js";
import type { RunsView } from "./view-state.js";
import { WidthHandle, widthKeys } from "./width-handle.js";

interface Props {
  columns: readonly Column[];
  offsets: readonly (number | undefined)[];
  view: RunsView;
  change: (part: Partial<RunsView>) => void;
  /** Moves a column to where another one is. */
  move: (id: string, before: string) => void;
  sizes: ColumnWidths;
  allSelected: boolean;
  /** Whether there are runs to select: groups are none. */
  canSelect: boolean;
  selectAll: () => void;
}

/** The head of the table: a press sorts, dragging moves a column, dragging its edge changes its width. */
export function TableHead({ columns, offsets, view, change, move, sizes, allSelected, canSelect, selectAll }: Props): ReactElement {
  const dragged = useRef("");
  const [over, setOver] = useState("");
  const drag = (id: string) => ({
    draggable: true,
    onDragStart: () => (dragged.current = id),
    onDragEnd: () => setOver(""),
    onDragOver: (event: DragEvent) => {
      event.preventDefault();
      setOver(id);
    },
    onDrop: () => {
      if (dragged.current !== "" && dragged.current !== id) move(dragged.current, id);
      setOver("");
    },
  });
  return (
    <div role="row" aria-rowindex={1} className="line head">
      <div role="columnheader" aria-sort={sortOf(view, columnId(NAMES))} className="cell cell-name">
        <input
          type="checkbox"
          aria-label="Select all runs that are loaded"
          checked={allSelected}
          disabled={!canSelect}
          onChange={selectAll}
        />
        <HeadButton column={NAMES} {...{ view, change, sizes }} />
      </div>
      {columns.map((column, i) => {
        const id = columnId(column);
        return (
          <div
            key={id}
            role="columnheader"
            aria-sort={sortOf(view, id)}
            className={`${cellClass(column, offsets[i])}${over === id ? " cell-over" : ""}`}
            style={pinStyle(offsets[i])}
            {...drag(id)}
          >
            <HeadButton {...{ column, view, change, sizes }} />
          </div>
        );
      })}
    </div>
  );
}

type HeadButtonProps = Pick<Props, "view" | "change" | "sizes"> & { column: Column };

/** The name of a column, which sorts, and its edge. */
function HeadButton({ column, view, change, sizes }: HeadButtonProps): ReactElement {
  const id = columnId(column);
  return (
    <>
      <button
        type="button"
        aria-disabled={!isSortable(column)}
        title={`${title(column)}\n${WIDTH_HINT}`}
        onClick={() => isSortable(column) && change(nextSort(view, column))}
        onKeyDown={(event) => widthKeys(event, id, sizes.choose)}
      >
        <span dir="auto">{columnName(column)}</span>
        {view.sort === id && <Icon name={view.isDescending ? "down" : "up"} />}
      </button>
      <WidthHandle id={id} {...sizes} />
    </>
  );
}

const WIDTH_HINT = "Width: drag the edge, or Shift with Left or Right";

function sortOf(view: RunsView, id: string): "ascending" | "descending" | "none" {
  return view.sort !== id ? "none" : view.isDescending ? "descending" : "ascending";
}

function title(column: Column): string {
  const kind = { attribute: "", metric: "metric ", param: "parameter ", tag: "tag " }[column.kind];
  return `${kind}${columnName(column)}`;
}

/** Numbers begin with the largest, texts with A; the third press puts the latest first again. */
function nextSort(view: RunsView, column: Column): Partial<RunsView> {
  const id = columnId(column);
  const first = column.kind === "metric" || column.key.endsWith("_time");
  if (view.sort !== id) return { sort: id, isDescending: first };
  return view.isDescending === first ? { isDescending: !first } : { sort: "", isDescending: false };
}
