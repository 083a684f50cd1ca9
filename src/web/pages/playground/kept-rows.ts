import type { Message } from "./settings.js";

/** A row of a dataset, as sweep, judge, and eval read it. */
export interface KeptRow {
  id: string;
  question: string;
  answer: string;
  system?: string;
  /** The conversation up to the question, where there was one before it. */
  messages?: Message[];
}

const KEY = "llmops-playground-rows";

/** What was asked, and the answer that is right, as a row: a conversation of several turns keeps its messages. */
export function toRow(messages: readonly Message[], { id, question, answer }: { id: string; question: string; answer: string }): KeptRow {
  const system = messages.find(({ role }) => role === "system")?.content;
  const earlier = messages.slice(0, -1).filter(({ role }) => role !== "system");
  const asked: Message[] = [...messages.slice(0, -1), { role: "user", content: question }];
  return { id, question, answer, ...(earlier.length > 0 ? { messages: asked } : system === undefined ? {} : { system }) };
}

/** Rows as JSONL. */
export function toJsonl(rows: readonly KeptRow[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

/** The rows that this browser keeps; what it has under their name and is none is left out. */
export function readRows(): KeptRow[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter(isRow) : [];
  } catch {
    return [];
  }
}

function isRow(value: unknown): value is KeptRow {
  const { id, question, answer } = (value ?? {}) as Partial<KeptRow>;
  return [id, question, answer].every((text) => typeof text === "string");
}

/** Keeps rows in this browser; whether it has room for them. */
export function writeRows(rows: readonly KeptRow[]): boolean {
  try {
    localStorage.setItem(KEY, JSON.stringify(rows));
    return true;
  } catch {
    return false;
  }
}

/** An id that no row has yet. */
export function nextId(rows: readonly KeptRow[]): string {
  const taken = new Set(rows.map(({ id }) => id));
  let number = rows.length + 1;
  while (taken.has(`playground-${number}`)) number++;
  return `playground-${number}`;
}
