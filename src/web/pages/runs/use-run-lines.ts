import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { RunRow, RunsQuery } from "../../api/documents.js";
import { MOST_RUNS, queryRuns } from "../../api/runs.js";
import { whileOlder } from "../../live/use-columns.js";
import { lineAt, lineCount, type Expansion } from "./tree-rows.js";

/** Runs are asked for in windows of this many. */
export const WINDOW = 100;

/** What a line shows: a run, a child of one, the note that a run has more children, or nothing yet. */
export type RunLine = { run: RunRow; depth: 0 | 1 } | { moreOf: RunRow; shown: number } | undefined;

export interface RunLines {
  /** Runs of the first level that were found. */
  total: number | undefined;
  lines: number;
  at: (line: number) => RunLine;
  loaded: RunRow[];
  error: unknown;
  isStale: boolean;
  retry: () => void;
}

/** The lines of the table from `first` to `last`, of which those in view are fetched; children of expanded runs stand below them. */
export function useRunLines(query: RunsQuery, expanded: ReadonlySet<string>, [first, last]: [number, number]): RunLines {
  const start = useWindow(query, 0);
  const total = start.data?.total;
  // lines of children only push runs further down, so the windows of these lines cover all that can be seen
  const offsets = useMemo(() => windowOffsets(first, last, total ?? 0, expanded.size), [first, last, total, expanded.size]);
  const windows = useQueries({ queries: offsets.map((offset) => windowOptions(query, offset)) });
  const runs = useMemo(() => {
    const found = new Map<number, RunRow>();
    for (const { data } of [start, ...windows]) data?.runs.forEach((run, i) => found.set(data.offset + i, run));
    return found;
  }, [start.data, ...windows.map(({ data }) => data)]);
  const open = [...runs].filter(([, run]) => expanded.has(run.run_id) && run.children > 0).sort(([a], [b]) => a - b);
  const children = useQueries({ queries: open.map(([, run]) => childOptions(query, run.run_id)) });
  const expansions = open.map(([index, run], i): Expansion & { run: RunRow; rows: RunRow[] } => {
    const rows = children[i]?.data?.runs ?? [];
    const shown = rows.length === 0 ? Math.min(run.children, 3) : rows.length;
    return { index, run, rows, lines: shown + ((children[i]?.data?.total ?? 0) > rows.length && rows.length > 0 ? 1 : 0) };
  });
  const at = (line: number): RunLine => {
    const { index, child } = lineAt(line, expansions);
    if (child === undefined) return toLine(runs.get(index), 0);
    const expansion = expansions.find((each) => each.index === index);
    if (!expansion) return undefined;
    const { rows, run } = expansion;
    return rows.length > 0 && child >= rows.length ? { moreOf: run, shown: rows.length } : toLine(rows[child], 1);
  };
  const failed = [start, ...windows].find(({ error }) => error !== null);
  return {
    ...{ total, at, lines: lineCount(total ?? 0, expansions) },
    loaded: [...runs.values(), ...expansions.flatMap(({ rows }) => rows)],
    error: failed?.error,
    isStale: start.isPlaceholderData || start.isLoading,
    retry: () => void failed?.refetch(),
  };
}

function toLine(run: RunRow | undefined, depth: 0 | 1): RunLine {
  return run && { run, depth };
}

function windowOffsets(first: number, last: number, total: number, open: number): number[] {
  const from = open > 0 ? Math.max(0, first - open * MOST_RUNS) : first;
  const offsets = [];
  for (let offset = Math.floor(from / WINDOW) * WINDOW; offset <= last && offset < total; offset += WINDOW) {
    if (offset > 0) offsets.push(offset);
  }
  return offsets;
}

function useWindow(query: RunsQuery, offset: number) {
  return useQuery({ ...windowOptions(query, offset), placeholderData: keepPreviousData });
}

function windowOptions(query: RunsQuery, offset: number) {
  return {
    queryKey: ["runs", query, offset],
    queryFn: ({ signal }: { signal: AbortSignal }) => queryRuns(query, offset, WINDOW, signal),
    meta: { experiments: query.experiment_ids },
    refetchInterval: whileOlder,
  };
}

function childOptions(query: RunsQuery, parent: string) {
  const ofParent: RunsQuery = { ...query, parent };
  return {
    queryKey: ["runs", ofParent, 0],
    queryFn: ({ signal }: { signal: AbortSignal }) => queryRuns(ofParent, 0, MOST_RUNS, signal),
    meta: { experiments: query.experiment_ids },
  };
}
