import type { GroupRow, GroupsWindow, RunRow, RunsQuery, RunsWindow } from "../../api/documents.js";
import { queryGroups, queryRuns, type Grouping } from "../../api/runs.js";
import { whileOlder } from "../../live/use-columns.js";

/** Runs and groups are asked for in windows of this many. */
export const WINDOW = 100;

/** What a line of the first level shows. */
export type Top = { run: RunRow } | { group: GroupRow };

interface Asked {
  signal: AbortSignal;
}

/** How a window of the first level is asked for: of runs, or of groups of them. */
export function topsWindow(query: RunsQuery, grouping: Grouping | undefined, offset: number) {
  if (!grouping) return runsWindow(query, offset);
  return {
    ...shared(query),
    queryKey: ["groups", query, grouping, offset],
    queryFn: ({ signal }: Asked): Promise<RunsWindow | GroupsWindow> => queryGroups(query, grouping, { offset, limit: WINDOW }, signal),
  };
}

/** How a window of runs is asked for. */
export function runsWindow(query: RunsQuery, offset: number) {
  return {
    ...shared(query),
    queryKey: ["runs", query, offset],
    queryFn: ({ signal }: Asked): Promise<RunsWindow | GroupsWindow> => queryRuns(query, offset, WINDOW, signal),
  };
}

function shared({ experiment_ids }: RunsQuery) {
  return { meta: { experiments: experiment_ids }, refetchInterval: whileOlder };
}

/** The lines of a window of the first level. */
export function topsOf(window: RunsWindow | GroupsWindow): Top[] {
  return "runs" in window ? window.runs.map((run) => ({ run })) : window.groups.map((group) => ({ group }));
}

/** The runs of a window of them. */
export function runsOf(window: RunsWindow | GroupsWindow): RunRow[] {
  return "runs" in window ? window.runs : [];
}

/** What tells lines of the first level apart: the id of a run, or the value of a group. */
export function topKey(top: Top): string {
  return "run" in top ? top.run.run_id : groupKey(top.group);
}

/** What tells groups apart, among themselves and from runs. */
export function groupKey({ value }: GroupRow): string {
  return value === null ? "none" : `=${value}`;
}

/** The runs that stand below a line of the first level. */
export function below(top: Top, query: RunsQuery, grouping: Grouping | undefined): RunsQuery {
  if ("run" in top) return { ...query, parent: top.run.run_id };
  const { value } = top.group;
  return { ...query, group_by: grouping?.by ?? "", ...(value === null ? {} : { group_value: value }) };
}
