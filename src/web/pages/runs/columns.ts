import { compareNames } from "../../../lib/base/pages/texts.js";
import type { RunColumns, RunValues } from "../../api/documents.js";
import { toNumber } from "../../format/numbers.js";

/** A column of the table of runs: an attribute, a statistic of a metric, a parameter, or a tag. */
export type Column = { kind: "attribute" | "param" | "tag"; key: string } | { kind: "metric"; key: string; of: MetricStatistic };
export type MetricStatistic = "last" | "min" | "max";

/** The attributes of runs that can be columns; the name always is the first column. */
export const ATTRIBUTES: Record<string, string> = {
  status: "Status",
  start_time: "Started",
  duration: "Duration",
  user_id: "User",
  experiment_id: "Experiment",
  run_id: "Run ID",
};

/** The column that is always there, with the names of runs. */
export const NAMES: Column = { kind: "attribute", key: "run_name" };

const KINDS = { a: "attribute", p: "param", t: "tag" } as const;
const DEFAULT_METRICS = 6;
const DEFAULT_PARAMS = 5;
const INTERVAL_ENDS = [
  [".low", ".high"],
  ["_ci_low", "_ci_high"],
] as const;

/** A column as a short text, for addresses. */
export function columnId(column: Column): string {
  if (column.kind === "metric") return `m.${column.of}.${column.key}`;
  return `${column.kind[0] ?? ""}.${column.key}`;
}

/** The column that a text of columnId means; undefined where it means none. */
export function parseColumn(id: string): Column | undefined {
  const metric = /^m\.(last|min|max)\.(.+)$/s.exec(id);
  if (metric) return { kind: "metric", of: metric[1] as MetricStatistic, key: metric[2] ?? "" };
  const other = /^([apt])\.(.+)$/s.exec(id);
  if (!other) return undefined;
  const kind = KINDS[other[1] as keyof typeof KINDS];
  const key = other[2] ?? "";
  const isKnown = kind !== "attribute" || key === NAMES.key || Object.hasOwn(ATTRIBUTES, key);
  return isKnown ? { kind, key } : undefined;
}

/** Some columns as one text, and back: commas and percent signs inside of a key are escaped. */
export function joinIds(ids: readonly string[]): string {
  return ids.map((id) => id.replaceAll("%", "%25").replaceAll(",", "%2C")).join(",");
}

/** The texts in a text of joinIds. */
export function splitTexts(text: string): string[] {
  return text.split(",").map((id) => id.replaceAll("%2C", ",").replaceAll("%25", "%"));
}

/** The ids in a text of joinIds; others are left out. */
export function splitIds(text: string): string[] {
  return splitTexts(text).filter((id) => parseColumn(id) !== undefined);
}

/** What stands at the top of a column. */
export function columnName(column: Column): string {
  if (column.kind === "attribute") return ATTRIBUTES[column.key] ?? "Run";
  return column.kind === "metric" && column.of !== "last" ? `${column.key} (${column.of})` : column.key;
}

/** The names of columns in a file: those that several kinds share say of which they are, as filters write them. */
export function fileNames(columns: readonly Column[]): string[] {
  const names = columns.map((column) => (column.key === "duration" ? "duration_ms" : columnName(column)));
  return columns.map(({ kind }, i) => {
    const name = names[i] ?? "";
    const isTaken = name === "name" || names.indexOf(name) !== names.lastIndexOf(name); // a run's own name stands before them
    return isTaken ? `${kind}s.${name}` : name;
  });
}

/** The order_by term of the server for a column. */
export function orderTerm(column: Column, isDescending: boolean): string {
  const direction = isDescending ? "DESC" : "ASC";
  const quoted = (key: string) => `\`${key.replaceAll("`", "")}\``;
  if (column.kind === "metric") return `metrics.${quoted(column.of === "last" ? column.key : `${column.key}.${column.of}`)} ${direction}`;
  if (column.kind === "attribute") return `attributes.${column.key === "duration" ? "end_time" : column.key} ${direction}`;
  return `${column.kind}s.${quoted(column.key)} ${direction}`;
}

/** Whether the server can sort by a column. */
export function isSortable(column: Column): boolean {
  return !(column.kind === "attribute" && column.key === "duration");
}

/** The columns of an experiment nobody has chosen columns for: what most runs have. */
export function defaultColumns(known: RunColumns): string[] {
  const byRuns = <T extends { key: string; runs: number }>(list: readonly T[]) =>
    [...list].sort((a, b) => b.runs - a.runs || compareNames(a.key, b.key));
  const keys = new Set(known.metrics.map(({ key }) => key));
  const metrics = byRuns(known.metrics).filter(({ key }) => !isIntervalEnd(key, keys) && !key.startsWith("system/"));
  return [
    ...["a.status", "a.start_time", "a.duration"],
    ...metrics.slice(0, DEFAULT_METRICS).map(({ key }) => `m.last.${key}`),
    ...byRuns(known.params)
      .slice(0, DEFAULT_PARAMS)
      .map(({ key }) => `p.${key}`),
  ];
}

/** Whether a metric is the end of an interval around another one of these. */
export function isIntervalEnd(key: string, keys: { has: (key: string) => boolean }): boolean {
  return INTERVAL_ENDS.some((ends) => ends.some((end) => key.endsWith(end) && keys.has(key.slice(0, -end.length))));
}

/** The interval around a metric's last value that a run has beside it. */
export function intervalOf(metrics: RunValues["metrics"], key: string): [low: number, high: number] | undefined {
  for (const [low, high] of INTERVAL_ENDS) {
    const ends = [metrics[key + low], metrics[key + high]].map((end) => toNumber(end?.last));
    if (ends.every(Number.isFinite)) return ends as [number, number];
  }
  return undefined;
}

/** Whether the runs of a query differ in a column: attributes always count as differing. */
export function differs(column: Column, known: RunColumns): boolean {
  if (column.kind === "attribute") return true;
  if (column.kind === "metric") {
    const found = known.metrics.find(({ key }) => key === column.key);
    return found !== undefined && (found.min !== found.max || found.runs < known.total);
  }
  const found = (column.kind === "param" ? known.params : known.tags).find(({ key }) => key === column.key);
  return found !== undefined && (found.distinct > 1 || found.runs < known.total);
}
