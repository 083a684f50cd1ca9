import type { RunColumns } from "../../api/documents.js";
import type { Grouping } from "../../api/runs.js";
import { orderTerm, parseColumn, type Column } from "./columns.js";

/** What of a view says how its runs are grouped. */
interface GroupedView {
  group: string;
  sort: string;
  isDescending: boolean;
}

/** So many metrics the server summarizes at once. */
const MOST_METRICS = 100;

/** What runs are grouped by that used the same dataset. */
export const BY_DATASET = "dataset";

/** Whether a text is what runs are grouped by: the id of a parameter's or tag's column, or BY_DATASET. */
export function isGroup(text: string): boolean {
  return text === BY_DATASET || /^[pt]\./.test(text);
}

/** The name of what runs are grouped by. */
export function groupName(group: string): string {
  return parseColumn(group)?.key ?? group;
}

/** What runs can be grouped by: what is chosen too, though no run has it now. */
export function groupsOf(known: RunColumns, chosen: string): { title: string; ids: string[] }[] {
  const idsOf = (prefix: "p." | "t.", columns: readonly { key: string }[]) => {
    const ids = columns.map(({ key }) => prefix + key);
    return chosen.startsWith(prefix) && !ids.includes(chosen) ? [chosen, ...ids] : ids;
  };
  return [
    { title: "Parameters", ids: idsOf("p.", known.params) },
    { title: "Tags", ids: idsOf("t.", known.tags) },
  ].filter(({ ids }) => ids.length > 0);
}

/** How the server groups the runs of a view, with the metrics of its columns; undefined where it does not. */
export function groupingOf(view: GroupedView, columns: readonly Column[]): Grouping | undefined {
  if (view.group === "") return undefined;
  const column = parseColumn(view.group);
  const metrics = columns.flatMap((each) => (each.kind === "metric" && each.of === "last" ? each.key : []));
  const by = column ? `${column.kind}s.${column.key}` : view.group;
  return { by, metrics: [...new Set(metrics)].slice(0, MOST_METRICS), order: groupOrder(view) };
}

/** Groups stand by the mean of the metric that runs are sorted by; otherwise by their values. */
function groupOrder({ group, sort, isDescending }: GroupedView): string {
  const sorted = parseColumn(sort);
  if (sorted?.kind === "metric" && sorted.of === "last") return orderTerm(sorted, isDescending);
  return `value ${sort === group && isDescending ? "DESC" : "ASC"}`;
}
