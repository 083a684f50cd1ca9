import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { GroupRow, RunRow, RunsQuery } from "../../api/documents.js";
import type { Grouping } from "../../api/runs.js";
import { below, runsOf, runsWindow, topKey, topsOf, topsWindow, WINDOW, type Top } from "./run-windows.js";
import { lineAt, lineCount, spansOf, type Expansion, type Span } from "./tree-rows.js";

/** What a line shows: a run, below another or its group where that is named, a group, or nothing yet. */
export type RunLine = { run: RunRow; under: string | undefined } | { group: GroupRow } | undefined;

export interface RunLines {
  /** Runs, or groups, of the first level that were found. */
  total: number | undefined;
  lines: number;
  at: (line: number) => RunLine;
  loaded: RunRow[];
  error: unknown;
  isStale: boolean;
  retry: () => void;
}

/** A line of the first level with what stands below it. */
interface Open extends Expansion {
  key: string;
  top: Top;
}

const NONE: readonly Open[] = [];

/** The lines of the table, of which those that are seen are fetched; runs below expanded lines stand right after them. */
export function useRunLines(query: RunsQuery, grouping: Grouping | undefined, expanded: ReadonlySet<string>, seen: Span): RunLines {
  // where expanded lines were when they were seen last
  const [known, setKnown] = useState(NONE);
  const { start, tops, ...firstLevel } = useTops(query, grouping, spansOf(seen, known).tops);
  const open = openLines(tops, expanded, known);
  const children = useChildren(open, seen, (top) => below(top, query, grouping));
  const expansions = open.map((one) => ({ ...one, lines: children.counted.get(one.key) ?? one.lines }));
  const layout = JSON.stringify(expansions.map(({ key, index, lines }) => [key, index, lines]));
  useEffect(() => setKnown(expansions), [layout]);
  const at = (line: number): RunLine => {
    const { index, child } = lineAt(line, expansions);
    if (child === undefined) return toLine(tops.get(index));
    const under = expansions.find((one) => one.index === index)?.key;
    const run = children.runs.get(place(under, child));
    return run && { run, under };
  };
  const total = start.data?.total;
  const failed = firstLevel.failed ?? children.failed;
  return {
    ...{ total, at, lines: lineCount(total ?? 0, expansions) },
    loaded: [...[...tops.values()].flatMap((top) => ("run" in top ? top.run : [])), ...children.runs.values()],
    error: failed?.error,
    isStale: start.isPlaceholderData || start.isLoading,
    retry: () => void failed?.refetch(),
  };
}

/** Lines of the first level by their place: the first window, which says how many there are, and those of a span. */
function useTops(query: RunsQuery, grouping: Grouping | undefined, span: Span) {
  const start = useQuery({ ...topsWindow(query, grouping, 0), placeholderData: keepPreviousData });
  const offsets = windowOffsets(span, start.data?.total ?? 0).filter((offset) => offset > 0);
  const windows = useQueries({ queries: offsets.map((offset) => topsWindow(query, grouping, offset)) });
  const found = [start, ...windows].map(({ data }) => data);
  const tops = useMemo(() => {
    return new Map(found.flatMap((window) => (window ? topsOf(window).map((top, i) => [window.offset + i, top] as const) : [])));
  }, found);
  return { start, tops, failed: [start, ...windows].find(({ error }) => error !== null) };
}

/** Runs below expanded lines, as far as they are seen, and how many each of these lines has. */
function useChildren(open: readonly Open[], seen: Span, queryOf: (top: Top) => RunsQuery) {
  const spans = spansOf(seen, open).below;
  const parts = open.flatMap((one) => {
    const span = spans.get(one.index);
    return span ? windowOffsets(span, one.lines).map((offset) => ({ one, offset })) : [];
  });
  const windows = useQueries({ queries: parts.map(({ one, offset }) => runsWindow(queryOf(one.top), offset)) });
  const runs = new Map<string, RunRow>();
  const counted = new Map<string, number>();
  for (const [i, { one }] of parts.entries()) {
    const data = windows[i]?.data;
    if (!data) continue;
    counted.set(one.key, data.total);
    runsOf(data).forEach((run, j) => runs.set(place(one.key, data.offset + j), run));
  }
  return { runs, counted, failed: windows.find(({ error }) => error !== null) };
}

function place(key: string | undefined, child: number): string {
  return `${child} ${key}`;
}

function toLine(top: Top | undefined): RunLine {
  return top && ("run" in top ? { run: top.run, under: undefined } : top);
}

/** Expanded lines in order: those that are loaded where they are now, others where they were. */
function openLines(tops: ReadonlyMap<number, Top>, expanded: ReadonlySet<string>, known: readonly Open[]): Open[] {
  if (expanded.size === 0) return [];
  const open = new Map(known.filter(({ key, index }) => expanded.has(key) && !tops.has(index)).map((one) => [one.key, one]));
  for (const [index, top] of tops) {
    const key = topKey(top);
    if (!expanded.has(key)) continue;
    const before = known.find((one) => one.key === key)?.lines ?? 0;
    open.set(key, { key, index, top, lines: before > 0 ? before : "run" in top ? top.run.children : top.group.runs });
  }
  return [...open.values()].sort((a, b) => a.index - b.index);
}

function windowOffsets([first, last]: Span, total: number): number[] {
  const offsets = [];
  for (let offset = Math.floor(first / WINDOW) * WINDOW; offset <= last && offset < total; offset += WINDOW) offsets.push(offset);
  return offsets;
}
