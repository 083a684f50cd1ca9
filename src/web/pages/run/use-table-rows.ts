import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { artifactTable, type TableOrder } from "../../api/artifacts.js";
import type { ArtifactTable } from "../../api/documents.js";

/** Rows are asked for in windows of this many. */
const WINDOW = 100;

export interface TableRows {
  /** The columns, and how many rows there are. */
  table: ArtifactTable | undefined;
  /** A row by its place; undefined until it is there. */
  at: (row: number) => unknown[] | undefined;
  error: unknown;
  isStale: boolean;
  retry: () => void;
}

/** The rows of a table in a file, of which only the windows from `first` to `last` are fetched. */
export function useTableRows(runId: string, path: string, order: TableOrder, [first, last]: readonly [number, number]): TableRows {
  const optionsAt = (offset: number) => ({
    queryKey: ["artifacts", "table", runId, path, order, offset],
    queryFn: ({ signal }: { signal: AbortSignal }) => artifactTable(runId, path, { ...order, offset, limit: WINDOW }, signal),
  });
  const start = useQuery({ ...optionsAt(0), placeholderData: keepPreviousData, retry: false });
  const end = Math.min(last, (start.data?.matching ?? 0) - 1);
  const offsets: number[] = [];
  for (let offset = Math.floor(first / WINDOW) * WINDOW; offset <= end; offset += WINDOW) if (offset > 0) offsets.push(offset);
  const windows = useQueries({ queries: offsets.map(optionsAt) });
  const pages = new Map([start, ...windows].flatMap(({ data }) => (data ? [[data.offset, data.rows] as const] : [])));
  const failed = [start, ...windows].find(({ error }) => error !== null);
  return {
    table: start.data,
    at: (row) => pages.get(Math.floor(row / WINDOW) * WINDOW)?.[row % WINDOW],
    error: failed?.error,
    isStale: start.isPlaceholderData,
    retry: () => void failed?.refetch(),
  };
}
