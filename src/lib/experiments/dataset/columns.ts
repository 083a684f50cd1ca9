import { nearestOf } from "../../base/errors/nearest.js";
import { canonicalName, candidatesOf, isForeign, ROLES, USUAL_NAMES, type Role } from "./column-names.js";
import type { ColumnMap } from "./column-map.js";
import { invalidDataset } from "./invalid-dataset.js";

/** What an instruction and its input are called where both make the question, as in Alpaca's files. */
const PAIR = ["instruction", "input"] as const;
const IN_WORDS: Record<Role, string> = {
  ...{ id: "the id", question: "the question", answer: "the reference answer", topic: "the topic" },
  ...{ messages: "the conversation", system: "each row's system prompt", choices: "the choices" },
};

export type Fields = Readonly<Record<string, unknown>>;

/**
 * Which column of a file means what: what the user said, else the usual names. It is decided once, by the columns of the first rows,
 * so that no later row is read in another way.
 */
export class Columns {
  private readonly map: ColumnMap;
  private readonly usual: Partial<Record<Role, string[]>>;
  private readonly seen = new Set<string>();
  private readonly chosen = new Map<Role, string>();
  /** Names that differ from the chosen one by case and spaces only. */
  private readonly spellings = new Map<Role, string[]>();
  private settled = false;
  /** The columns of an instruction and its input; found anew with each column, not with each row. */
  private pair: readonly string[] | undefined;

  /** `answerNames` are the only usual names of references, where other columns hold answers to be graded. */
  constructor(map: ColumnMap, answerNames?: readonly string[]) {
    this.map = map;
    this.usual = answerNames ? { answer: answerNames.map(canonicalName) } : {};
  }

  /** All columns so far, in the file's order. */
  get names(): string[] {
    return [...this.seen];
  }

  /** The column that has a role. */
  of(role: Role): string | undefined {
    return this.chosen.get(role);
  }

  /** True where an instruction and an input are the question together. */
  get isPair(): boolean {
    return this.pair !== undefined;
  }

  /** Takes a row's columns up. Throws DATASET_INVALID where a later row has a column that would have meant something. */
  learn(row: Fields, place: string): void {
    for (const name in row) {
      if (this.seen.has(name)) continue;
      this.seen.add(name);
      this.pair = this.findPair();
      if (this.settled) this.checkLate(name, place);
    }
  }

  /** Decides. Throws DATASET_INVALID for a mapped column that no row has. */
  settle(path: string): void {
    this.settled = true;
    for (const [name, column] of this.map) {
      if (this.names.includes(column) || this.names.includes(column.split(".")[0] ?? "")) continue;
      const nearest = nearestOf(column, this.names);
      throw invalidDataset(
        `${path} has no column "${column}", which --map ${name}=${column} names.`,
        `${nearest === undefined ? "" : `Did you mean --map ${name}=${nearest}? `}It has: ${this.names.join(", ")}.`,
      );
    }
    for (const role of ROLES) {
      const column = this.map.get(role) ?? (role === "answer" ? this.mappedNumber() : undefined) ?? this.candidates(role)[0];
      if (column !== undefined) this.choose(role, column);
    }
  }

  /** Whether --map says which column is `name`. */
  maps(name: string): boolean {
    return this.map.has(name);
  }

  /** A row's value in a role; undefined where it has none. */
  read(row: Fields, role: Role): unknown {
    const column = this.chosen.get(role);
    if (column === undefined) return undefined;
    if (Object.hasOwn(row, column)) return row[column];
    const spelling = this.spellings.get(role)?.find((name) => Object.hasOwn(row, name));
    return spelling === undefined ? valueAt(row, column) : row[spelling];
  }

  /** The columns of the row that are not simply its id, question, answer or topic, with those the user named otherwise. */
  fieldsOf(row: Fields): Record<string, unknown> {
    const fields: Record<string, unknown> = {};
    for (const name in row) if (!isPlainRole(name) || this.of(name as Role) !== name) fields[name] = row[name];
    for (const [name, column] of this.map)
      if (!(ROLES as readonly string[]).includes(name)) fields[name] = row[column] ?? valueAt(row, column);
    return fields;
  }

  /** The instruction with its input. */
  readPair(row: Fields): unknown {
    const [instruction, input] = (this.pair ?? PAIR).map((column) => row[column]);
    if (typeof instruction !== "string") return instruction;
    return typeof input === "string" && input.trim() !== "" ? `${instruction}\n\n${input}` : instruction;
  }

  /** How the columns are read, where their names do not say it. */
  notes(): string[] {
    const roles = [...this.chosen].filter(([role]) => role !== "choices" && (!this.isPair || role !== "question"));
    const said = roles.flatMap(([role, column]) => {
      if (this.map.has(role) || (role === "answer" && this.mappedNumber() !== undefined) || (role === "question" && this.hasConversation))
        return [];
      const others = this.candidates(role).filter((name) => name !== column && canonicalName(name) !== canonicalName(column));
      const usual = canonicalName(column) === canonicalName(role) && role !== "system" && role !== "messages";
      const more = others.length === 0 || role === "id" ? "" : ` (not ${quoted(others)}: --map ${role}=... chooses)`;
      return usual && more === "" ? [] : [`"${column}" is ${IN_WORDS[role]}${more}`];
    });
    const pair = this.isPair && !this.hasConversation ? ['"instruction" with "input" is the question'] : [];
    const all = [...pair, ...said];
    return all.length === 0 ? [] : [`Columns: ${all.join("; ")}.`];
  }

  /** Columns other tools score or ask by that have no role here. */
  unused(): string[] {
    const roles = [...this.chosen].flatMap(([role, column]) => (role === "choices" ? [] : [column])); // these say themselves what they use
    const used = new Set([...roles, ...this.map.values()]);
    return this.names.filter((name) => isForeign(name) && !used.has(name));
  }

  /** Whether rows are conversations: nobody named a question, and no column is called so. */
  get hasConversation(): boolean {
    if (this.map.has("messages")) return true;
    return this.chosen.has("messages") && !this.map.has("question") && this.columnCalled("question") === undefined;
  }

  /** The column with the number of the right choice. */
  private mappedNumber(): string | undefined {
    return this.map.get("answer_index") ?? this.map.get("answer_number");
  }

  private findPair(): readonly string[] | undefined {
    if (this.map.has("question") || this.columnCalled("question") !== undefined) return undefined;
    const columns = PAIR.map((name) => this.columnCalled(name)).filter((column) => column !== undefined);
    return columns.length === PAIR.length ? columns : undefined;
  }

  private candidates(role: Role): string[] {
    const taken = new Set([...this.map].filter(([name]) => name !== role).map(([, column]) => column));
    return candidatesOf(role, this.names, this.usual[role]).filter((name) => !taken.has(name));
  }

  private choose(role: Role, column: string): void {
    this.chosen.set(role, column);
    this.spellings.set(
      role,
      this.names.filter((name) => name !== column && canonicalName(name) === canonicalName(column)),
    );
  }

  /** A column that comes late: fine where nothing had its role, otherwise rows would be read in two ways. */
  private checkLate(name: string, place: string): void {
    for (const role of ROLES) {
      if (this.map.has(role) || (role === "answer" && this.mappedNumber() !== undefined) || !this.candidates(role).includes(name)) continue;
      const chosen = this.chosen.get(role);
      if (chosen === undefined || canonicalName(chosen) === canonicalName(name)) this.choose(role, chosen ?? name);
      else if (this.candidates(role)[0] === name) {
        throw invalidDataset(
          `${place}: a column "${name}" appears here, while ${IN_WORDS[role]} of earlier rows was read from "${chosen}".`,
          `Say which one counts: --map ${role}=${name} or --map ${role}=${chosen}.`,
        );
      }
    }
  }

  private columnCalled(name: string): string | undefined {
    return this.names.find((column) => canonicalName(column) === canonicalName(name));
  }
}

/** The usual names of a role, for messages. */
export function usualNames(role: Role): string {
  return USUAL_NAMES[role].slice(0, 6).join(", ");
}

/** The value a dotted path leads to, as meta.gold or answers.0; undefined where it leads nowhere. */
export function valueAt(row: Fields, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string, unknown>)[key];
  }, row);
}

function isPlainRole(name: string): boolean {
  return name === "id" || name === "question" || name === "answer" || name === "topic";
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
