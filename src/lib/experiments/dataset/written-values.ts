import { parse as parseLossless } from "lossless-json";
import { LineCounter, parseDocument, visit } from "yaml";
import { DuplicateKeyError, parseUniqueJson } from "../../base/files/parse-json.js";

/** A value whose text is not what JavaScript would write: 1.10, 007, 2^53 + 1, True. */
class Written {
  readonly value: number | boolean;
  readonly source: string;

  constructor(value: number | boolean, source: string) {
    this.value = value;
    this.source = source;
  }
}

/** A value of a file, and how its numbers were written, by their paths. */
export interface Read {
  value: unknown;
  written?: Readonly<Record<string, string>>;
}

/** JSON that may hold a number whose text JSON.parse would lose. Text that merely looks so costs time, nothing else. */
const LOSSY = /[[:,]\s*-?(?:\d[\d.]{15}|\d+\.\d*0(?!\d)|\d+(?:\.\d+)?[eE]|0\.00000)|[[:,]\s*-0/;
const PYTHON_NUMBERS = /"[^"\\]*(?:\\[^][^"\\]*)*(?:"|$)|NaN|-?Infinity/g;

/** Reads JSON; NaN and Infinity may stand in it as Python writes them, NaN being no value. Throws SyntaxError, also for a key that is there twice. */
export function parseJson(text: string): Read {
  let value: unknown;
  try {
    value = parseUniqueJson(text);
  } catch (error) {
    if (error instanceof DuplicateKeyError || !/\b(?:NaN|Infinity)\b/.test(text)) throw error;
    const plain = text.replace(PYTHON_NUMBERS, (token) => (token.startsWith('"') ? token : token === "NaN" ? "null" : `"${token}"`));
    if (plain === text) throw error; // the names stand in a text: something else is wrong
    return parseJson(plain);
  }
  if (!LOSSY.test(text)) return { value };
  return toRead(parseLossless(text, undefined, { parseNumber }));
}

/** The rows of a YAML list with their lines; undefined for a file that is not a list. Throws an Error naming line and column. */
export function parseYamlRows(text: string): { rows: (Read & { line: number })[] | undefined; value: unknown } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  const [fault] = document.errors;
  if (fault) throw new Error(fault.message.split("\n")[0]?.replace(/:$/, ""));
  visit(document, {
    Scalar(_, node) {
      const { value, source } = node;
      if (typeof value === "number" && Number.isNaN(value)) node.value = null;
      else if ((typeof value === "number" || typeof value === "boolean") && source !== undefined && source !== String(value))
        node.value = new Written(value, source);
    },
  });
  const value: unknown = document.toJS();
  if (!Array.isArray(value)) return { rows: undefined, value };
  const items = (document.contents as { items?: unknown[] } | null)?.items ?? [];
  const lineOf = (index: number) => {
    const range = (items[index] as { range?: [number, number, number] | null } | undefined)?.range;
    return range ? lines.linePos(range[0]).line : index + 1;
  };
  return { rows: value.map((row, index) => ({ ...toRead(row), line: lineOf(index) })), value };
}

function parseNumber(source: string): unknown {
  const value = Number(source);
  return String(value) === source ? value : new Written(value, source);
}

/** Numbers a double holds are numbers, others their text; what was written otherwise is kept beside them. */
export function toRead(value: unknown): Read {
  const written: Record<string, string> = {};
  const plain = (part: unknown, path: string): unknown => {
    if (part instanceof Written) {
      written[path] = part.source;
      return isExact(part) ? part.value : part.source;
    }
    if (Array.isArray(part)) return part.map((item, i) => plain(item, `${path}.${i}`));
    if (typeof part !== "object" || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, plain(item, path === "" ? key : `${path}.${key}`)]));
  };
  const read = plain(value, "");
  return Object.keys(written).length === 0 ? { value: read } : { value: read, written };
}

/** A double holds the number: every fraction as well as doubles do, integers up to 2^53. */
function isExact({ value, source }: Written): boolean {
  if (typeof value === "boolean") return true;
  return Number.isFinite(value) && (Number.isSafeInteger(value) || /[.eE]/.test(source));
}
