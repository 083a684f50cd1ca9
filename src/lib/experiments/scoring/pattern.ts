import { canonicalName } from "../dataset/column-names.js";
import type { Sample } from "../dataset/sample.js";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { countText } from "./compare-texts.js";
import { remembered } from "./remembered.js";
import { wholeChoice } from "./read-choice.js";
import { matchesPattern } from "./match-pattern.js";
import { spelledOut, type Score, type Scorer } from "./scorer.js";

/** A column of the row in a pattern: {{answer}}. A quantifier such as {2} has single braces. */
const PLACE = /\{\{\s*([^{}]+?)\s*\}\}/g;

/**
 * 1 when the completion matches the regular expression (Unicode, dot not over lines), else 0. Places such as {{answer}} are
 * filled with the row's columns, as literal text; with several accepted answers one has to match. Throws INVALID_ARGUMENT for a bad one.
 */
export function regexScorer(source: string): Scorer {
  const names = Array.from(source.matchAll(PLACE), ([, name = ""]) => name);
  const fixed = compile(source.replace(PLACE, "x"), source);
  const matches = remembered((filled) => new RegExp(filled, "u"));
  return {
    name: "regex",
    kind: "rate",
    direction: "max",
    columns: names,
    ...(names.includes("answer") && { needsReference: true }),
    score(sample, { text }) {
      if (names.length === 0) return { value: matchesPattern(fixed, text) ? 1 : 0 };
      const absent = names.find((name) => columnOf(sample, name, sample.answer) === undefined);
      if (absent !== undefined) return { value: null, explanation: `the row has no ${absent}` };
      const answers = names.includes("answer") ? sample.answers : [null];
      const fill = (answer: string | null) =>
        source.replace(PLACE, (_, name: string) => escapeForRegex(columnOf(sample, name, answer) ?? ""));
      const said = spelledOut(text, sample, wholeChoice);
      return {
        value: answers.map(fill).some((filled) => matchesPattern(matches(filled), text) || matchesPattern(matches(filled), said)) ? 1 : 0,
      };
    },
  };
}

function compile(pattern: string, source: string): RegExp {
  try {
    return new RegExp(pattern, "u");
  } catch (cause) {
    throw new LlmopsError("INVALID_ARGUMENT", `"${source}" is not a regular expression: ${messageOf(cause)}.`, {
      hint: "Write it as in JavaScript: --scorer 'regex:^\\d+$'. A column's text goes in with {{answer}}.",
      cause,
    });
  }
}

function columnOf(sample: Sample, name: string, answer: string | null): string | undefined {
  if (name === "answer") return answer ?? undefined;
  const value = name === "id" || name === "question" || name === "topic" ? sample[name] : ownField(sample, name);
  if (value === null || value === undefined) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}

function ownField({ fields }: Sample, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function escapeForRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replaceAll("-", "\\x2d");
}

/** Columns with a regular expression of the row's own. */
export const PATTERN_COLUMNS = ["pattern", "regex", "regexp"];

/** 1 when the completion matches the row's own regular expression, in its column pattern or regex; unscored where it has none. */
export const rowPatternScorer: Scorer = {
  name: "regex",
  kind: "rate",
  direction: "max",
  columns: PATTERN_COLUMNS,
  score({ id, fields }, { text }) {
    const column = Object.keys(fields).find((name) => PATTERN_COLUMNS.includes(canonicalName(name)));
    const source = column === undefined ? undefined : fields[column];
    if (typeof source !== "string" || source === "") return { value: null, explanation: "the row has no pattern" };
    return { value: matchesPattern(ownPattern(source, id, column ?? ""), text) ? 1 : 0 };
  },
};

function ownPattern(source: string, row: string, column: string): RegExp {
  try {
    return compiled(source);
  } catch (cause) {
    throw new LlmopsError(
      "DATASET_INVALID",
      `the ${column} of the row "${row}", ${source}, is not a regular expression: ${messageOf(cause)}`,
      {
        hint: "Write it as in JavaScript.",
        cause,
      },
    );
  }
}

const compiled = remembered((source) => new RegExp(source, "u"));

/** How often any of the terms occurs in the completion as whole words, in any case. Throws INVALID_ARGUMENT without a term. */
export function termsScorer(list: string): Scorer {
  const terms = [...new Set(list.split(",").map((term) => term.trim()))].filter((term) => term !== "");
  if (terms.length === 0)
    throw new LlmopsError("INVALID_ARGUMENT", "The scorer terms has no terms.", { hint: "Write --scorer terms:red,green." });
  return {
    name: "term_count",
    kind: "mean",
    range: [0, Infinity],
    direction: "none",
    score: (_, { text }): Score => ({ value: terms.reduce((sum, term) => sum + countText(text, term), 0) }),
  };
}
