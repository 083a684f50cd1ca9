import { useMemo, useState, type CSSProperties } from "react";
import type { RunRow } from "../../api/documents.js";
import { columnWidth, withinWidths } from "./column-widths.js";
import { columnId, intervalOf, NAMES, type Column } from "./columns.js";
import type { RunsView } from "./view-state.js";

export interface ColumnWidths {
  /** In pixels, of each column beside the names. */
  widths: readonly number[];
  /** The widths as the styles of the table take them. */
  style: CSSProperties;
  /** Shows a width while it is being chosen. */
  draft: (id: string, width: number) => void;
  /** Keeps a width that was chosen; the usual one again where it is undefined. */
  choose: (id: string, width: number | undefined) => void;
}

interface Given {
  columns: readonly Column[];
  /** Some runs tell whether a metric has intervals. */
  runs: readonly RunRow[];
  /** Groups have ranges, which take as much room as intervals. */
  hasRanges: boolean;
  view: RunsView;
  change: (part: Partial<RunsView>) => void;
}

/** How wide columns are: as somebody chose, or as they need. */
export function useColumnWidths({ columns, runs, hasRanges, view, change }: Given): ColumnWidths {
  const [drafted, setDrafted] = useState<{ id: string; width: number }>();
  const chosen = (id: string) => (drafted?.id === id ? drafted.width : view.widths[id]);
  const some = runs.slice(0, 20);
  const isWide = (column: Column) =>
    column.kind === "metric" && column.of === "last" && (hasRanges || some.some(({ metrics }) => intervalOf(metrics, column.key)));
  const text = columns.map((column) => chosen(columnId(column)) ?? columnWidth(column, isWide(column))).join(" ");
  // the list stays the same as long as its widths do
  const widths = useMemo(() => (text === "" ? [] : text.split(" ").map(Number)), [text]);
  const name = chosen(columnId(NAMES));
  return {
    widths,
    style: {
      ["--columns" as string]: `var(--name-width) ${widths.map((width) => `${width}px`).join(" ")}`,
      ...(name === undefined ? {} : { ["--name-width" as string]: `${name}px` }),
    },
    draft: (id, width) => setDrafted({ id, width: withinWidths(width) }),
    choose: (id, width) => {
      setDrafted(undefined);
      const others = Object.entries(view.widths).filter(([each]) => each !== id);
      const kept = width === undefined ? others : [...others, [id, withinWidths(width)] as const];
      change({ widths: Object.assign(Object.create(null) as Record<string, number>, Object.fromEntries(kept)) });
    },
  };
}
