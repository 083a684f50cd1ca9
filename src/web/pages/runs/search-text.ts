import { count } from "../../format/numbers.js";

/** What is searched for: MLflow's filter language, or plain words; undefined while a filter is being typed. */
export type Search = { filter: string } | { words: string } | undefined;

const FIELD = '(?:metrics?|params?|parameters?|tags?|attributes?|attr|run|datasets?)\\.(?:`[^`]*`|"[^"]*"|[^\\s=!<>\'"`]+)';
const ATTRIBUTE = "(?:status|run_name|run_id|start_time|end_time|user_id|artifact_uri|lifecycle_stage)";
const OPERATOR = "(?:=|!=|>=?|<=?|\\b(?:NOT\\s+)?(?:LIKE|ILIKE|IN|RLIKE)\\b|\\bIS\\b)";
const STARTS_FILTER = new RegExp(`^[\\s(]*(?:${FIELD}|${ATTRIBUTE}\\s*${OPERATOR}|(?:metrics|params|tags|attributes)\\.)`, "i");
const COMPARISON = new RegExp(
  `(?:${FIELD}|${ATTRIBUTE})\\s*${OPERATOR}\\s*(?:'[^']*'|"[^"]*"|\\([^)]*\\)|(?:NOT\\s+)?NULL|[-+.\\d][\\w.+-]*)`,
  "i",
);
const UNFINISHED = /(?:\bAND|[=<>]|\b(?:LIKE|ILIKE|IN)|\.)\s*$/i;

/** Reads what was typed: a filter where it begins like one, otherwise words. */
export function readSearch(text: string): Search {
  const typed = text.trim();
  if (!STARTS_FILTER.test(typed)) return { words: typed };
  const isWhole = COMPARISON.test(typed) && !UNFINISHED.test(typed) && (typed.match(/'/g) ?? []).length % 2 === 0;
  return isWhole ? { filter: typed } : undefined;
}

/** What can be put at the end of what was typed, instead of the letters from `from` on. */
export interface Completion {
  from: number;
  text: string;
  about: string;
}

/** What completions are made of. */
export interface Known {
  metrics: readonly { key: string; runs: number }[];
  params: readonly { key: string; runs: number; values: readonly { value: string; runs: number }[] }[];
  tags: readonly { key: string; runs: number; values: readonly { value: string; runs: number }[] }[];
  statuses: Readonly<Record<string, number>>;
}

const MOST = 12;
const VALUE = /(params|tags)\.(?:`([^`]+)`|([^\s=!`]+))\s*(?:=|!=)\s*('[^']*)?$/i;
const STATUS = /(?:attributes\.)?status\s*(?:=|!=)\s*('[^']*)?$/i;
const NAMES = ["attributes.run_name", "attributes.status", "attributes.start_time", "attributes.end_time", "attributes.user_id"];

/** Completions of what stands before the caret: keys, values of parameters and tags, statuses, and AND. */
export function complete(before: string, known: Known): Completion[] {
  const status = STATUS.exec(before);
  if (status) return completeValue(before, status[1], Object.entries(known.statuses));
  const value = VALUE.exec(before);
  if (value) {
    const list = value[1]?.toLowerCase() === "params" ? known.params : known.tags;
    const found = list.find(({ key }) => key === (value[2] ?? value[3]));
    return completeValue(before, value[4], found?.values.map(({ value: text, runs }) => [text, runs]) ?? []);
  }
  if (new RegExp(`${COMPARISON.source}\\s+\\w*$`, "i").test(before)) return completeAnd(before);
  return completeKey(before, known);
}

function completeValue(before: string, typed: string | undefined, values: readonly (readonly [string, number])[]): Completion[] {
  const start = before.length - (typed?.length ?? 0);
  const text = (typed ?? "").slice(1).toLowerCase();
  return values
    .filter(([value]) => value.toLowerCase().includes(text) && !value.includes("'") && !value.includes("\n"))
    .slice(0, MOST)
    .map(([value, runs]) => ({ from: start, text: `'${value}'`, about: runsText(runs) }));
}

function completeAnd(before: string): Completion[] {
  const typed = /\w*$/.exec(before)?.[0] ?? "";
  return "and".startsWith(typed.toLowerCase()) ? [{ from: before.length - typed.length, text: "AND ", about: "both hold" }] : [];
}

function completeKey(before: string, known: Known): Completion[] {
  const typed = /[^\s()=<>!]*$/.exec(before)?.[0] ?? "";
  const wasBegun = /\bAND\s+$/i.test(before);
  if (typed === "" && !wasBegun) return [];
  const text = typed.replaceAll("`", "").toLowerCase();
  const keys = [
    ...known.metrics.map(({ key, runs }) => ({ name: `metrics.${quoted(key)}`, about: runsText(runs) })),
    ...known.params.map(({ key, runs }) => ({ name: `params.${quoted(key)}`, about: runsText(runs) })),
    ...NAMES.map((name) => ({ name, about: "" })),
    ...known.tags.map(({ key, runs }) => ({ name: `tags.${quoted(key)}`, about: runsText(runs) })),
  ];
  return keys
    .filter(({ name }) => name.replaceAll("`", "").toLowerCase().includes(text))
    .slice(0, MOST)
    .map(({ name, about }) => ({ from: before.length - typed.length, text: `${name} `, about }));
}

function quoted(key: string): string {
  return /^[A-Za-z_][\w/]*$/.test(key) ? key : `\`${key}\``;
}

function runsText(runs: number): string {
  return count(runs, "run");
}
