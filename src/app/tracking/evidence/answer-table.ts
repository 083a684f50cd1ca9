import { isScore } from "../../../lib/base/stats/score-value.js";
import { parseJson } from "../../../lib/experiments/dataset/written-values.js";
import { candidatesOf } from "../../../lib/experiments/dataset/column-names.js";
import { isTextColumn } from "../../../lib/experiments/runs/sample-scores.js";
import { keyed } from "../../../lib/tracking/keyed.js";
import { asksSame, type AnswerTable, type TableRow } from "../../../lib/base/pages/answer-matrix.js";
import type { Answer } from "../../../lib/base/pages/answers.js";

const ANSWER = ["outputs", "output", "answer", "response", "prediction", "predictions"];
const REFERENCE = ["targets", "target", "reference", "expected", "ground_truth", "expected_output"];
const REASON = /\/(?:justification|rationale|reason)$/;

/** Reads a table in pandas' "split" layout, as evaluations record it; undefined for anything else. */
export function readAnswerTable(content: string): AnswerTable | undefined {
  const { columns, data } = parse(content);
  if (!columns || !data) return undefined;
  const layout = layoutOf(columns);
  const rows = new Map<string, TableRow>();
  const places = new Map<string, string>();
  for (const [number, cells] of data.entries()) {
    const row = rowOf(cells, layout, number);
    const id = placeOf(row, rows, places);
    const known = rows.get(id) ?? { ...row, id };
    rows.set(id, known);
    known.answers.push(answerOf(cells, layout, known.answers.length));
  }
  const given = new Set([...rows.values()].flatMap(({ answers }) => answers.flatMap(({ scores }) => Object.keys(scores))));
  return { scores: layout.scores.map(({ name }) => name).filter((name) => given.has(name)), rows };
}

/** The id under which a row is kept: rows of one id that ask something else are no repeats, and are numbered. */
function placeOf({ id, question }: TableRow, rows: ReadonlyMap<string, TableRow>, places: Map<string, string>): string {
  const first = rows.get(id);
  if (!first || asksSame(first.question, question)) return id;
  const key = JSON.stringify([id, question.trim()]);
  const known = places.get(key);
  if (known !== undefined) return known;
  let number = places.size + 2;
  const numbered = () => `${id} (${number})`;
  while (rows.has(numbered())) number++;
  places.set(key, numbered());
  return numbered();
}

interface Named {
  name: string;
  index: number;
}

interface Layout {
  /** Which column has what; -1 where none has it. */
  at: Record<"id" | "question" | "reference" | "topic" | "repeat" | "text" | "thoughts" | "problem" | "finish", number>;
  scores: Named[];
  reasons: Named[];
}

function layoutOf(columns: readonly string[]): Layout {
  const first = (...names: string[]) => names.map((name) => columns.indexOf(name)).find((index) => index >= 0) ?? -1;
  const at = {
    id: first(...candidatesOf("id", columns)),
    question: first("inputs", "input", ...candidatesOf("question", columns)),
    ...{ reference: first(...REFERENCE), topic: first("topic"), repeat: first("repeat"), text: first(...ANSWER) },
    ...{ thoughts: first("thoughts"), problem: first("error"), finish: first("finish_reason") },
  };
  const named = columns.map((name, index) => ({ name, index }));
  const reasons = named.filter(({ name }) => REASON.test(name)).map(({ name, index }) => ({ name: name.replace(REASON, ""), index }));
  const taken = new Set([...Object.values(at), ...reasons.map(({ index }) => index)]);
  const scores = named
    .filter(({ name, index }) => !taken.has(index) && !isTextColumn(name))
    .map(({ name, index }) => ({ name: name.replace(/\/score$/, ""), index }));
  return { at, scores, reasons };
}

/** A row without id is told by its question, or else by its place. */
function rowOf(cells: readonly unknown[], { at }: Layout, number: number): TableRow {
  const question = textOf(cells[at.question]) ?? "";
  const id = textOf(cells[at.id]) ?? (at.id < 0 && question !== "" ? question : String(number + 1));
  return { id, question, reference: textOf(cells[at.reference]), topic: textOf(cells[at.topic]), answers: [] };
}

function answerOf(cells: readonly unknown[], { at, scores, reasons }: Layout, place: number): Answer {
  const repeat = cells[at.repeat];
  return {
    repeat: typeof repeat === "number" && Number.isInteger(repeat) ? repeat : place,
    ...{ text: textOf(cells[at.text]), thoughts: textOf(cells[at.thoughts]), rating: null },
    ...{ problem: textOf(cells[at.problem]), finishReason: textOf(cells[at.finish]) },
    scores: keyed(scores.flatMap(({ name, index }) => scoreAt(name, cells[index]))),
    reasons: keyed(reasons.flatMap(({ name, index }) => reasonAt(name, cells[index]))),
  };
}

function scoreAt(name: string, value: unknown): [string, number][] {
  if (typeof value === "boolean") return [[name, value ? 1 : 0]];
  return typeof value === "number" && isScore(value) ? [[name, value]] : [];
}

function reasonAt(name: string, value: unknown): [string, string][] {
  const text = textOf(value);
  return text === null ? [] : [[name, text]];
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function parse(content: string): { columns?: string[]; data?: unknown[][] } {
  try {
    const { columns, data } = (parseJson(content).value ?? {}) as { columns?: unknown; data?: unknown };
    const isTable = Array.isArray(columns) && Array.isArray(data) && data.every(Array.isArray);
    return isTable ? { columns: columns.map(String), data: data as unknown[][] } : {};
  } catch {
    return {};
  }
}
