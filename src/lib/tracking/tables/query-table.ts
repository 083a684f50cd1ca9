import { invalid } from "../mlflow-error.js";
import { exactJsonText, hasBigint, toExactNumber } from "../../base/slices/exact-json.js";
import { isNumeric } from "./column-types.js";
import { toWireNumber } from "../wire/values.js";
import type { Cell, CellCondition, Table, TablePage, TableQuery } from "./table.js";

const MOST_ROWS = 500;
const MOST_CONDITIONS = 20;
/** Of the texts of a page together: each cell has its share. */
const PAGE_LETTERS = 4_000_000;
const LONGEST_CELL = 10_000;
const SHORTEST_CUT = 20;

type Test = (row: number) => boolean;

/** The places of the rows that a query keeps, in its order. Throws INVALID_PARAMETER_VALUE for a column that is not there. */
export function findRows(table: Table, { sort, filter, where }: Pick<TableQuery, "sort" | "filter" | "where">): Uint32Array {
  if (where.length > MOST_CONDITIONS) throw invalid(`At most ${MOST_CONDITIONS} conditions can be given. Got ${where.length}.`);
  const tests = where.map((condition) => testOf(table, condition));
  if (filter !== undefined && filter !== "") tests.push(hasText(table, filter));
  const order = sort === undefined || sort === "" ? undefined : orderOf(table, sort);
  const rows = new Uint32Array(table.rows);
  let count = 0;
  for (let row = 0; row < table.rows; row++) if (tests.every((test) => test(row))) rows[count++] = row;
  const kept = rows.subarray(0, count);
  return order ? kept.sort(order) : kept;
}

/** A part of a table, of the rows that were found in it. Throws INVALID_PARAMETER_VALUE for a wrong offset or limit. */
export function pageOf(table: Table, found: Uint32Array, { offset, limit }: Pick<TableQuery, "offset" | "limit">): TablePage {
  if (!(limit >= 1 && limit <= MOST_ROWS))
    throw invalid(`Invalid value ${limit} for parameter 'limit' supplied: it must be 1 to ${MOST_ROWS}.`);
  if (!(offset >= 0)) throw invalid(`Invalid value ${offset} for parameter 'offset' supplied: it must be a whole number from 0 on.`);
  const shown = [...found.subarray(offset, offset + limit)];
  const share = Math.floor(PAGE_LETTERS / Math.max(1, shown.length * table.columns.length));
  const longest = Math.min(LONGEST_CELL, Math.max(SHORTEST_CUT, share));
  const rows = shown.map((row) => table.cells.map((column) => shownCell(column[row] ?? null, longest)));
  return { columns: table.columns, total: table.rows, matching: found.length, offset, rows, brokenLine: table.brokenLine ?? null };
}

function columnOf(table: Table, name: string): readonly (Cell | undefined)[] {
  const place = table.columns.findIndex((column) => column.name === name);
  const column = table.cells[place];
  if (column) return column;
  throw invalid(`The table has no column ${JSON.stringify(name.slice(0, 200))}.`);
}

/** Missing cells are last in both directions, NaN is before them. */
function orderOf(table: Table, sort: string): (a: number, b: number) => number {
  const isNamed = table.columns.some(({ name }) => name === sort);
  const isDown = !isNamed && sort.startsWith("-");
  const column = columnOf(table, isDown ? sort.slice(1) : sort);
  const sign = isDown ? -1 : 1;
  return (a, b) => {
    const [one, other] = [column[a] ?? null, column[b] ?? null];
    const places = placeOf(one) - placeOf(other);
    return places !== 0 ? places : sign * compare(one, other) || a - b;
  };
}

function placeOf(cell: Cell): number {
  if (cell === null) return 2;
  return typeof cell === "number" && Number.isNaN(cell) ? 1 : 0;
}

function compare(one: Cell, other: Cell): number {
  if (isNumeric(one) && isNumeric(other)) return one < other ? -1 : one > other ? 1 : 0;
  const [a, b] = [textOf(one), textOf(other)];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A cell as text; empty where it is missing. */
function textOf(cell: Cell): string {
  if (typeof cell === "string") return cell;
  return cell === null ? "" : typeof cell === "object" ? exactJsonText(cell) : String(cell);
}

function hasText(table: Table, text: string): Test {
  const pattern = patternOf(text);
  return (row) => table.cells.some((column) => pattern.test(textOf(column[row] ?? null)));
}

/** Finds a text in any case. */
function patternOf(text: string): RegExp {
  return new RegExp(text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "iu");
}

/** A missing cell is not equal to anything, and no condition on its value holds. */
function testOf(table: Table, { column: name, op, value }: CellCondition): Test {
  const column = columnOf(table, name);
  const type = table.columns.find((one) => one.name === name)?.type;
  const cellAt = (row: number) => column[row] ?? null;
  if (op === "contains") {
    const pattern = patternOf(String(value));
    return (row) => pattern.test(textOf(cellAt(row)));
  }
  const wanted = type === "number" ? toNumber(value) : String(value);
  const isWrong = type === "number" && Number.isNaN(wanted) && value !== "NaN";
  if (isWrong) throw invalid(`The column ${JSON.stringify(name)} has numbers, and ${JSON.stringify(value)} is not one.`);
  const isEqual = (cell: Cell) => (isNumeric(cell) && isNumeric(wanted) ? isSame(cell, wanted) : textOf(cell) === wanted);
  const tests: Record<Exclude<CellCondition["op"], "contains">, (cell: Cell) => boolean> = {
    "=": (cell) => cell !== null && isEqual(cell),
    "!=": (cell) => cell === null || !isEqual(cell),
    "<": (cell) => cell !== null && compare(cell, wanted) < 0,
    ">": (cell) => cell !== null && compare(cell, wanted) > 0,
  };
  return (row) => tests[op](cellAt(row));
}

function toNumber(value: CellCondition["value"]): number | bigint {
  if (typeof value !== "string") return isNumeric(value) ? value : Number(value);
  const exact = toExactNumber(value.trim());
  return typeof exact === "string" ? Number(exact) : exact;
}

function isSame(one: number | bigint, other: number | bigint): boolean {
  return Number.isNaN(one) || Number.isNaN(other) ? Object.is(one, other) : compare(one, other) === 0;
}

function shownCell(cell: Cell, longest: number): Cell {
  if (typeof cell === "number") return toWireNumber(cell);
  if (typeof cell === "bigint") return String(cell);
  if (cell === null || typeof cell === "boolean") return cell;
  if (typeof cell === "string") return cut(cell, longest);
  const text = exactJsonText(cell);
  return text.length <= longest && !hasBigint(cell, text) ? cell : cut(text, longest);
}

/** No half of a surrogate pair is left at the end. */
function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest).replace(/[\uD800-\uDBFF]$/u, "")}…`;
}
