import { useCallback, useEffect, useMemo } from "react";
import { useSearchParams } from "../../parts/use-search-params.js";
import { readWidths, writeWidths } from "./column-widths.js";
import { splitIds, joinIds } from "./columns.js";
import { isGroup } from "./grouping.js";

/** What of the table is in the address: who gets the address sees the same. */
export interface RunsView {
  /** What was typed: words or a filter. */
  search: string;
  /** Ids of the columns; undefined where nobody has chosen any. */
  columns: string[] | undefined;
  /** Those of the columns that stay when the others scroll. */
  pinned: string[];
  /** The id of a column; "" for the latest first. */
  sort: string;
  isDescending: boolean;
  isDeleted: boolean;
  /** Children stand below their parents instead of among all. */
  isTree: boolean;
  onlyDiffering: boolean;
  /** What runs are grouped by: the id of a parameter's or tag's column, "dataset", or "". */
  group: string;
  /** Widths that somebody chose, in pixels, by the ids of columns. */
  widths: Readonly<Record<string, number>>;
}

/** How the table is laid out: kept for the next visit. What was searched for is not, for then runs would seem to be gone. */
const LAYOUT = ["cols", "pin", "sort", "dir", "flat", "diff", "group", "widths"] as const;
type Name = (typeof LAYOUT)[number] | "q" | "deleted";

/** The view of an experiment's runs, from the address, laid out as it was left, and a function that changes parts of it. */
export function useRunsView(experimentId: string): [RunsView, (change: Partial<RunsView>) => void] {
  const [params, setParams] = useSearchParams();
  const key = `llmops.runs.${experimentId}`;
  const text = params.toString();
  useEffect(() => {
    const given = new URLSearchParams(text);
    const layout = layoutOf(given).toString();
    if (layout !== "") return store(key, layout);
    const kept = stored(key);
    if (kept !== "") setParams(new URLSearchParams([...new URLSearchParams(kept), ...given]));
  }, [key, text, setParams]);
  const view = useMemo(() => readView(new URLSearchParams(text)), [text]);
  const change = useCallback(
    (part: Partial<RunsView>) => {
      const next = writeView({ ...readView(new URLSearchParams(window.location.search)), ...part });
      store(key, layoutOf(next).toString());
      setParams(next);
    },
    [key, setParams],
  );
  return [view, change];
}

function layoutOf(params: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...params].filter(([name]) => (LAYOUT as readonly string[]).includes(name)));
}

/** Reads the view that an address has. */
export function readView(params: URLSearchParams): RunsView {
  const columns = params.get("cols");
  return {
    search: params.get("q") ?? "",
    columns: columns === null ? undefined : splitIds(columns),
    pinned: splitIds(params.get("pin") ?? ""),
    sort: splitIds(params.get("sort") ?? "")[0] ?? "",
    isDescending: params.get("dir") === "desc",
    isDeleted: params.has("deleted"),
    isTree: !params.has("flat"),
    onlyDiffering: params.has("diff"),
    group: isGroup(params.get("group") ?? "") ? (params.get("group") ?? "") : "",
    widths: readWidths(params.get("widths") ?? ""),
  };
}

/** The parameters of an address that readView reads as this view; what is as usual is left out. */
export function writeView(view: RunsView): URLSearchParams {
  const params = new URLSearchParams();
  const put = (name: Name, isThere: boolean, value = "1") => isThere && params.set(name, value);
  put("q", view.search !== "", view.search);
  put("cols", view.columns !== undefined, joinIds(view.columns ?? []));
  put("pin", view.pinned.length > 0, joinIds(view.pinned));
  put("sort", view.sort !== "", joinIds([view.sort]));
  put("dir", view.isDescending && view.sort !== "", "desc");
  put("deleted", view.isDeleted);
  put("flat", !view.isTree);
  put("diff", view.onlyDiffering);
  put("group", view.group !== "", view.group);
  put("widths", Object.keys(view.widths).length > 0, writeWidths(view.widths));
  return params;
}

function stored(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function store(key: string, text: string): void {
  try {
    if (text === "") localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // a browser that keeps nothing: the address has it all the same
  }
}
