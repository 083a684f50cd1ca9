import { nearestOf } from "../errors/nearest.js";
import { USUAL_NAMES } from "./column-names.js";
import { usualNames, type Columns, type Fields } from "./columns.js";
import { invalidDataset } from "./invalid-dataset.js";
import { isConversation, readConversation, type Conversation } from "./messages.js";
import type { Row } from "./read-rows.js";
import type { Sample } from "./sample.js";

/** A sample whose id may have to be made. */
export type ReadSample = Omit<Sample, "id"> & { id: string | undefined };

/** The columns of a row. Throws DATASET_INVALID for what has none. */
export function fieldsOfRow({ value, place }: Row): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw invalidDataset(`${place}: row: expected an object of columns, found ${found(value)}.`);
}

/** The sample of a row. Throws DATASET_INVALID naming the place, the column and what stands there. */
export function toSample(row: Row, columns: Columns): ReadSample {
  const fields = fieldsOfRow(row);
  const read = new RowReader(row, columns, fields);
  const conversation = read.conversation();
  const answers = read.answers(conversation);
  const [id, topic, system] = [read.text("id"), read.text("topic"), read.text("system")];
  return {
    id,
    question: conversation?.question ?? read.question(),
    answer: answers[0] ?? null,
    answers,
    topic: topic ?? null,
    fields: columns.fieldsOf(fields),
    ...(conversation && { messages: conversation.messages }),
    ...(system !== undefined && { system }),
    ...(row.written && { written: row.written }),
  };
}

class RowReader {
  private readonly row: Row;
  private readonly columns: Columns;
  private readonly fields: Fields;

  constructor(row: Row, columns: Columns, fields: Fields) {
    this.row = row;
    this.columns = columns;
    this.fields = fields;
  }

  conversation(): Conversation | undefined {
    const { columns, row } = this;
    const role = columns.hasConversation ? "messages" : "question";
    const value = this.unpacked(columns.read(this.fields, role));
    if (isConversation(value)) return readConversation(value, `${row.place}: ${columns.of(role) ?? ""}`);
    if (role === "question") return undefined;
    throw invalidDataset(
      `${row.place}: ${columns.of("messages") ?? ""}: expected a list of messages, found ${found(value)}.`,
      'Messages are like [{"role": "user", "content": "..."}]; name another column with --map question=COLUMN.',
    );
  }

  question(): string {
    const { columns, row, fields } = this;
    const value = columns.isPair ? columns.readPair(fields) : columns.read(fields, "question");
    const text = toText(value, this.written(columns.of("question")))?.trim();
    if (text !== undefined && text !== "") return text;
    const column = columns.of("question");
    if (column === undefined || value === undefined) throw this.noQuestion(column);
    const what = text === "" ? "is empty" : `expected text, found ${found(value)}`;
    throw invalidDataset(`${row.place}: question${column === "question" ? "" : ` (column "${column}")`}: ${what}.`);
  }

  answers(conversation: Conversation | undefined): string[] {
    const { columns, row, fields } = this;
    const column = columns.of("answer");
    const value = this.unpacked(columns.read(fields, "answer"));
    if (value === undefined || value === null || value === "") return conversation?.reference === undefined ? [] : [conversation.reference];
    const texts = listTexts(value, this.row.written, column ?? "");
    if (texts) return texts.filter((text) => text.trim() !== "");
    throw invalidDataset(
      `${row.place}: ${column === "answer" ? "answer" : `answer (column "${column ?? ""}")`}: expected text, a number, or a list of them, found ${found(value)}.`,
      "Name the column of reference answers, or a part of it, with --map answer=COLUMN, such as --map answer=meta.gold.",
    );
  }

  /** A plain value as text; undefined where there is none. Throws for lists and objects. */
  text(role: "id" | "topic" | "system"): string | undefined {
    const column = this.columns.of(role);
    const value = this.columns.read(this.fields, role);
    if (value === undefined || value === null || value === "") return undefined;
    const text = toText(value, this.written(column));
    if (text !== undefined) return text.trim() === "" ? undefined : text;
    if (role === "topic") return JSON.stringify(value);
    throw invalidDataset(`${this.row.place}: ${column ?? role}: expected text or a number, found ${found(value)}.`);
  }

  private noQuestion(column: string | undefined): Error {
    const { row, columns } = this;
    const there = Object.keys(this.fields);
    const nearest = there.find(
      (name) => nearestOf(name, USUAL_NAMES.question) !== undefined && !USUAL_NAMES.answer.includes(name.toLowerCase()),
    );
    const texts = there.filter(
      (name) =>
        typeof this.fields[name] === "string" &&
        !Object.values(["id", "answer", "topic"] as const).some((role) => columns.of(role) === name),
    );
    const meant = nearest ?? texts[0];
    const names = there.map((name) => JSON.stringify(name)).join(", ") || "none";
    return invalidDataset(
      `${row.place}: question: there is no ${column === undefined ? "column of questions" : `"${column}"`}; columns: ${names}.`,
      `Usual names are ${usualNames("question")}. ${meant === undefined ? "" : `Say which column is asked: --map question=${meant}`}`.trim(),
    );
  }

  /** In a table a list stands as JSON. */
  private unpacked(value: unknown): unknown {
    if (!this.row.isTable || typeof value !== "string" || !/^\s*\[.*\]\s*$/s.test(value)) return value;
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  }

  private written(path: string | undefined): string | undefined {
    return path === undefined ? undefined : writtenAt(this.row.written, path);
  }
}

/** Texts of a plain value, a list of them, SQuAD's {text: [...]} or TriviaQA's {value, aliases}; undefined for anything else. */
function listTexts(value: unknown, written: Row["written"], path: string): string[] | undefined {
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

function writtenAt(written: Row["written"], path: string): string | undefined {
  return written && Object.hasOwn(written, path) ? written[path] : undefined;
}

function toText(value: unknown, written: string | undefined): string | undefined {
  if (written !== undefined) return written;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

function found(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
