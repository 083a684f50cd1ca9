import { nearestOf } from "../../base/errors/nearest.js";
import { candidatesOf, USUAL_NAMES } from "./column-names.js";
import { usualNames, type Columns, type Fields } from "./columns.js";
import { invalidDataset } from "./invalid-dataset.js";
import { isConversation, readConversation, type Conversation } from "./messages.js";
import type { Row } from "./read-rows.js";
import type { ReferenceReader } from "./references.js";
import { found, isPythonText, listTexts, toText, unpacked, writtenAt } from "./row-values.js";
import type { Sample } from "./sample.js";

/** A sample whose id may have to be made. */
export type ReadSample = Omit<Sample, "id"> & { id: string | undefined };

/** The columns of a row. Throws DATASET_INVALID for what has none. */
export function fieldsOfRow({ value, place }: Row): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw invalidDataset(`${place}: row: expected an object of columns, found ${found(value)}.`);
}

/** The sample of a row. Throws DATASET_INVALID naming the place, the column and what stands there. */
export function toSample(row: Row, columns: Columns, references?: ReferenceReader): ReadSample {
  const fields = fieldsOfRow(row);
  const read = new RowReader(row, columns, fields);
  const conversation = read.conversation();
  const plain = read.answers(conversation);
  const { answers, choices } = references?.read(row, plain) ?? { answers: plain };
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
    ...(choices && { choices }),
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
    const value = unpacked(columns.read(this.fields, role), row.isTable);
    if (isConversation(value)) return readConversation(value, `${row.place}: ${columns.of(role) ?? ""}`);
    if (role === "question") return undefined;
    this.refuseMixture(value, ["question", "messages"]);
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
    this.refuseMixture(value, ["messages"]);
    if (column === undefined || value === undefined) throw this.noQuestion(column);
    const what = text === "" ? "is empty" : `expected text, found ${found(value)}`;
    const map = nestedMap(fields, columns.of("answer") !== undefined);
    throw invalidDataset(
      `${row.place}: question${column === "question" ? "" : ` (column "${column}")`}: ${what}.`,
      map === undefined ? undefined : `Say which part of it is asked: --map ${map}`,
    );
  }

  /** Throws DATASET_INVALID for a row without what the others are asked by, that has a column of another kind instead. */
  private refuseMixture(value: unknown, roles: readonly ("question" | "messages")[]): void {
    if (!isMissing(value)) return;
    const own = this.columns.of(this.columns.hasConversation ? "messages" : "question");
    const other = roles.flatMap((role) => candidatesOf(role, Object.keys(this.fields))).find((name) => name !== own);
    if (own === undefined || other === undefined) return;
    throw invalidDataset(
      `${this.row.place}: ${own}: this row has none, but "${other}": rows are asked by one column.`,
      `Write all rows alike, such as {"messages": [{"role": "user", "content": "..."}]}, or name the column of all of them with --map question=COLUMN.`,
    );
  }

  answers(conversation: Conversation | undefined): string[] {
    const { columns, row, fields } = this;
    const column = columns.of("answer") ?? "answer";
    const cell = columns.read(fields, "answer");
    const value = unpacked(cell, row.isTable);
    if (isMissing(value)) return conversation?.reference === undefined ? [] : [conversation.reference];
    if (row.isTable && isPythonText(value)) {
      throw invalidDataset(
        `${row.place}: ${column}: ${found(value)} is a list as Python or numpy prints it, and cannot be read back.`,
        "Export the rows as JSONL (dataset.to_json), or write lists as JSON.",
      );
    }
    const texts = listTexts(value, row.written, column) ?? listTexts(cell, row.written, column);
    if (texts) return texts.filter((text) => text.trim() !== "");
    throw invalidDataset(
      `${row.place}: ${column === "answer" ? "answer" : `answer (column "${column}")`}: expected text, a number, or a list of them, found ${found(value)}.`,
      `Name the column of reference answers, or a part of it, with --map answer=COLUMN, such as --map ${nestedMap(fields, false) ?? "answer=meta.gold"}.`,
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
    const map = nestedMap(this.fields, columns.of("answer") !== undefined) ?? (meant === undefined ? undefined : `question=${meant}`);
    const names = there.map((name) => JSON.stringify(name)).join(", ") || "none";
    return invalidDataset(
      `${row.place}: question: there is no ${column === undefined ? "column of questions" : `"${column}"`}; columns: ${names}.`,
      `Usual names are ${usualNames("question")}. ${map === undefined ? "" : `Say which column is asked: --map ${map}`}`.trim(),
    );
  }

  private written(path: string | undefined): string | undefined {
    return path === undefined ? undefined : writtenAt(this.row.written, path);
  }
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

/** What to say with --map where question and answer stand inside of columns, as in exports of LangSmith, promptfoo and lm-eval. */
function nestedMap(fields: Fields, hasAnswer: boolean): string | undefined {
  const inside = (role: "question" | "answer" | "choices") => {
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) continue;
      const [own] = candidatesOf(role, Object.keys(value));
      if (own !== undefined) return [`${role}=${name}.${own}`];
    }
    return [];
  };
  const question = inside("question");
  return question.length === 0 ? undefined : [...question, ...(hasAnswer ? [] : inside("answer")), ...inside("choices")].join(",");
}
