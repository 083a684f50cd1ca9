import { parsePythonLiteral } from "./python-literal.js";
import type { Row } from "./read-rows.js";

/** Texts of a plain value, a list of them, SQuAD's {text: [...]} or TriviaQA's {value, aliases}; undefined for anything else. */
export function listTexts(value: unknown, written: Row["written"], path: string): string[] | undefined {
  if (Array.isArray(value)) {
    const texts = value.map((item: unknown, i) => listTexts(item, written, `${path}.${i}`));
    return texts.every((list) => list !== undefined) ? texts.flat() : undefined;
  }
  if (typeof value !== "object" || value === null) {
    const text = toText(value, writtenAt(written, path));
    return value === null ? [] : text === undefined ? undefined : [text];
  }
  const { text, value: main, aliases = [] } = value as { text?: unknown; value?: unknown; aliases?: unknown };
  if (text !== undefined) return listTexts(text, written, `${path}.text`);
  return main === undefined ? undefined : listTexts([main, aliases].flat(), undefined, path);
}

/** In a table a list or an object stands as JSON, or as Python writes it. */
export function unpacked(value: unknown, isTable: boolean): unknown {
  if (!isTable || typeof value !== "string" || !/^\s*(?:\[.*\]|\{.*\})\s*$/s.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return parsePythonLiteral(value) ?? value;
  }
}

/** What Python or numpy printed of a list or an object, and nobody can read. */
export function isPythonText(text: unknown): text is string {
  return typeof text === "string" && /^\s*[[{]\s*(?:'|array\()/.test(text) && /[\]}]\s*$/.test(text);
}

/** How a number of a row was written, by its path. */
export function writtenAt(written: Row["written"], path: string): string | undefined {
  return written && Object.hasOwn(written, path) ? written[path] : undefined;
}

/** The text of a plain value, as it was written. */
export function toText(value: unknown, written: string | undefined): string | undefined {
  if (written !== undefined) return written;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** A value as messages show it. */
export function found(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
