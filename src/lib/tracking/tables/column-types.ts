import { exactJsonText } from "../../base/slices/exact-json.js";
import type { Cell, ColumnType } from "./table.js";

interface TypedColumn {
  type: ColumnType;
  cells: (Cell | null)[];
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
/** Whole numbers of more digits, and numbers with zeros before them, are names: as numbers they would be others. */
const NAME = /^[+-]?(?:0\d|\d{16})/;
const WORDS: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, infinity: Infinity, "-inf": -Infinity, "-infinity": -Infinity };
/** As JSON files that were written by Python, or for it, have them. */
const NOT_FINITE = new Set<unknown>(["NaN", "Infinity", "-Infinity"]);
const TRUTHS: Readonly<Record<string, boolean>> = { true: true, false: false };

/** A column of texts as what all of them are: numbers, booleans, or texts. Empty ones are missing. */
export function typeTexts(texts: readonly Cell[]): TypedColumn {
  const cells = texts.map((text) => (text === "" ? null : text));
  return convert(cells, "number", toNumber) ?? convert(cells, "boolean", toBoolean) ?? { type: "text", cells };
}

/** A column of JSON values as what all of them are. Beside texts, other values are texts too. */
export function typeValues(cells: (Cell | null)[]): TypedColumn {
  const kinds = new Set(cells.filter((cell) => cell !== null).map((cell) => (isNumeric(cell) ? "number" : typeof cell)));
  if (kinds.has("object")) return { type: "json", cells };
  if (kinds.has("string") && cells.every((cell) => cell === null || isNumeric(cell) || NOT_FINITE.has(cell))) return typeNumbers(cells);
  const [kind, ...others] = kinds;
  if (others.length === 0 && (kind === "number" || kind === "boolean")) return { type: kind, cells };
  return { type: "text", cells: cells.map((cell) => (cell === null || typeof cell === "string" ? cell : exactJsonText(cell))) };
}

/** Whether a cell is a number, however large. */
export function isNumeric(cell: Cell): cell is number | bigint {
  return typeof cell === "number" || typeof cell === "bigint";
}

function typeNumbers(cells: (Cell | null)[]): TypedColumn {
  return { type: "number", cells: cells.map((cell) => (typeof cell === "string" ? Number(cell) : cell)) };
}

function convert(cells: (Cell | null)[], type: ColumnType, read: (text: string) => Cell | undefined): TypedColumn | undefined {
  const converted: (Cell | null)[] = [];
  let isAny = false;
  for (const cell of cells) {
    const value = typeof cell === "string" ? read(cell) : null;
    if (value === undefined) return undefined;
    isAny ||= value !== null;
    converted.push(value);
  }
  return isAny ? { type, cells: converted } : undefined;
}

function toNumber(text: string): number | undefined {
  if (NUMBER.test(text)) return NAME.test(text) ? undefined : Number(text);
  const word = text.toLowerCase();
  return Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
}

function toBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  return Object.hasOwn(TRUTHS, word) ? TRUTHS[word] : undefined;
}
