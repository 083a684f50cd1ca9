import { invalid } from "../mlflow-error.js";

/** One comparison of a filter, before anything is known about its identifier. */
export interface RawClause {
  identifier: string;
  comparator: string;
  value: RawValue;
}

export type RawValue = { kind: "text"; text: string } | { kind: "number"; text: string } | { kind: "list"; items: RawValue[] };

const WORD_COMPARATOR = /^(NOT\s+IN|IN|NOT\s+LIKE|LIKE|ILIKE|RLIKE|IS\s+NOT|IS)\b/i;
const SIGN_COMPARATOR = /^(>=|<=|!=|<>|==|=|>|<)/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?(?![\w.])/i;
/** A key: parts of plain characters, or quoted with backticks or double quotes. */
const IDENTIFIER = /^(?:`[^`]*`|"[^"]*"|[^\s`"'=<>!(),;])+/;
const SPACED_NAME = /^(?:(?:attributes?|attr|run)\.)?(?:run name|Run name|Run Name)(?=[\s=!<>])/;

/**
 * Splits a filter of MLflow's search grammar into comparisons joined by AND. Quoted values know no escape but two apostrophes.
 * Throws INVALID_PARAMETER_VALUE for anything else, with the rest of the text that was not understood.
 */
export function splitFilter(filter: string): RawClause[] {
  if (filter === "") return [];
  if (filter.trim() === "") throw invalid("Invalid filter string: it contains only spaces.");
  const scanner = new Scanner(filter);
  const clauses: RawClause[] = [];
  while (!scanner.atEnd()) {
    clauses.push(readClause(scanner));
    if (scanner.atEnd()) break;
    if (!scanner.take(/^AND\b/i)) throw scanner.error();
  }
  return clauses;
}

function readClause(scanner: Scanner): RawClause {
  const identifier = scanner.take(SPACED_NAME) ?? scanner.take(IDENTIFIER);
  if (identifier === undefined) throw scanner.error();
  const comparator = scanner.take(SIGN_COMPARATOR) ?? scanner.take(WORD_COMPARATOR);
  if (comparator === undefined) throw scanner.error(identifier);
  return { identifier, comparator: comparator.toUpperCase().replace(/\s+/g, " "), value: readValue(scanner) };
}

function readValue(scanner: Scanner): RawValue {
  if (scanner.take(/^\(/)) {
    const items: RawValue[] = [];
    do items.push(readValue(scanner));
    while (scanner.take(/^,/));
    if (!scanner.take(/^\)/)) throw scanner.error();
    return { kind: "list", items };
  }
  const quoted = scanner.take(/^'(?:[^']|'')*'/) ?? scanner.take(/^"[^"]*"/);
  if (quoted !== undefined) return { kind: "text", text: unquote(quoted) };
  const text = scanner.take(NUMBER);
  if (text === undefined) throw scanner.error();
  return { kind: "number", text };
}

/** As in SQL, two apostrophes are one within a text; MLflow takes such a filter, and finds nothing with it. */
function unquote(quoted: string): string {
  const inner = quoted.slice(1, -1);
  return quoted.startsWith("'") ? inner.replaceAll("''", "'") : inner;
}

/** Reads a text from left to right, skipping blanks before each piece. */
class Scanner {
  private rest: string;

  constructor(text: string) {
    this.rest = text.trimStart();
  }

  atEnd(): boolean {
    return this.rest === "";
  }

  take(pattern: RegExp): string | undefined {
    const found = pattern.exec(this.rest)?.[0];
    if (found !== undefined) this.rest = this.rest.slice(found.length).trimStart();
    return found;
  }

  error(before = ""): Error {
    return invalid(`Invalid clause(s) in filter string: '${`${before} ${this.rest}`.trim()}'`);
  }
}
