import { useRef, useState, type DragEvent, type ReactElement } from "react";
import { Icon } from "../../parts/icon.js";
import { columnId, columnName, isSortable, type Column } from "./columns.js";
import { cellClass, pinStyle } from "./run-line.js";
import type { RunsView } from "./view-state.js";

interface Props {
  columns: readonly Column[];
  offsets: readonly (number | undefined)[];
  view: RunsView;
  change: (part: Partial<RunsView>) => void;
  /** Moves a column to where another one is. */
  move: (id: string, before: string) => void;
  allSelected: boolean;
  selectAll: () => void;
}

/** The head of the table: a press sorts, dragging moves a column. */
export function TableHead({ columns, offsets, view, change, move, allSelected, selectAll }: Props): ReactElement {
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
      <div role="columnheader" className="cell cell-name">
        <input type="checkbox" aria-label="Select all runs that are loaded" checked={allSelected} onChange={selectAll} />
        <span>Run</span>
      </div>
      {columns.map((column, i) => {
        const id = columnId(column);
        const isSorted = view.sort === id;
        return (
          <div
            key={id}
            role="columnheader"
            aria-sort={isSorted ? (view.isDescending ? "descending" : "ascending") : "none"}
            className={`${cellClass(column, offsets[i])}${over === id ? " cell-over" : ""}`}
            style={pinStyle(offsets[i])}
            {...drag(id)}
          >
            <button type="button" disabled={!isSortable(column)} title={title(column)} onClick={() => change(nextSort(view, column))}>
              <span dir="auto">{columnName(column)}</span>
              {isSorted && <Icon name={view.isDescending ? "down" : "up"} />}
            </button>
          </div>
        );
      })}
    </div>
  );
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
