import { LlmopsError } from "../errors/llmops-error.js";

/** One thing that can be set: in llmops.yaml, in the environment, by a flag. */
export interface ConfigSetting<Value> {
  default: Value;
  about: string;
  /** Environment variables, the first that is set counts. */
  env: readonly string[];
  /** The flag of `serve`, without dashes. */
  flag: string | undefined;
  /** How the flag's value is called in --help; undefined for a switch. */
  placeholder: string | undefined;
  choices?: readonly string[];
  /** Flag and environment may give several. */
  several: boolean;
  /** Other places of the file it may stand at. */
  aliases: readonly string[];
  /** Not to be shown: it may hold a password. */
  secret: boolean;
  /** The flag of other commands that it fills in where it is not given. */
  fills?: string | undefined;
  /** What of the value is a path, which the file's folder is the start of. */
  path?: PathKind | undefined;
  /** JSON Schema of what may stand in the file. */
  schema: object;
  /** A value from the file, or from text. Throws Error saying what would be right. */
  read: (value: unknown) => Value;
}

/** A file or folder; a store's URI; a model's name; a text that may be @FILE; a name that may be a file; a module, by its path or its package; "NAME=PATH". */
export type PathKind = "file" | "module" | "store" | "model" | "prompt" | "name" | "assignment";

export interface SettingOptions {
  fills?: string;
  path?: PathKind;
  about: string;
  env?: readonly string[];
  flag?: string;
  aliases?: readonly string[];
  secret?: boolean;
}

type Made<Value> = ConfigSetting<Value>;

const TEXT = { type: ["string", "number", "boolean"], minLength: 1 };
const TEXTS = { anyOf: [TEXT, { type: "array", items: TEXT }] };
const YES_OR_NO = { enum: [true, false, "true", "false", "yes", "no", "on", "off", 0, 1] };

/** A number, or text that is one, as a variable of the environment is put in. */
function numberSchema({ min, max, whole = true }: Range): object {
  const bounds = { minimum: min, ...(max !== undefined && { maximum: max }) };
  return {
    anyOf: [
      { type: whole ? "integer" : "number", ...bounds },
      { type: "string", pattern: "^\\s*[-+]?[\\d.]" },
    ],
  };
}

function make<Value>(
  options: SettingOptions,
  parts: {
    default: Value;
    placeholder: string | undefined;
    several?: boolean;
    choices?: readonly string[];
    schema: object;
    read: (value: unknown) => Value;
  },
): Made<Value> {
  const { about, env = [], flag, aliases = [], secret = false, fills, path } = options;
  return { about, env, flag, aliases, secret, fills, path, several: false, ...parts };
}

export function text(standard: string, options: SettingOptions & { placeholder?: string }): Made<string> {
  return make(options, { default: standard, placeholder: options.placeholder ?? "TEXT", schema: TEXT, read: readText });
}

/** A text that may be absent. */
export function optionalText(options: SettingOptions & { placeholder?: string }): Made<string | undefined> {
  return make<string | undefined>(options, {
    default: undefined,
    placeholder: options.placeholder ?? "TEXT",
    schema: TEXT,
    read: readText,
  });
}

interface Range {
  min: number;
  max?: number;
  whole?: boolean;
}

export function number(standard: number, range: Range, options: SettingOptions): Made<number> {
  return make(options, { default: standard, placeholder: "N", schema: numberSchema(range), read: (value) => readNumber(value, range) });
}

/** A number, or "auto" where the program finds it itself. */
export function numberOrAuto(range: Range, options: SettingOptions): Made<number | "auto"> {
  return make<number | "auto">(options, {
    default: "auto",
    placeholder: "N|auto",
    schema: { anyOf: [{ const: "auto" }, numberSchema(range)] },
    read: (value) => (value === "auto" ? value : readNumber(value, range, "auto or ")),
  });
}

/** A number that may be absent. */
export function optionalNumber(range: Range, options: SettingOptions): Made<number | undefined> {
  return make<number | undefined>(options, {
    default: undefined,
    placeholder: "N",
    schema: numberSchema(range),
    read: (value) => readNumber(value, range),
  });
}

export function yesOrNo(standard: boolean, options: SettingOptions): Made<boolean> {
  return make(options, { default: standard, placeholder: undefined, schema: YES_OR_NO, read: readYesOrNo });
}

/** Yes, no, or left to the program. */
export function optionalYesOrNo(options: SettingOptions): Made<boolean | undefined> {
  return make<boolean | undefined>(options, { default: undefined, placeholder: undefined, schema: YES_OR_NO, read: readYesOrNo });
}

export function choice<const Name extends string>(standard: Name, names: readonly Name[], options: SettingOptions): Made<Name> {
  const read = (value: unknown) => {
    const found = names.find((name) => name === String(value));
    if (found === undefined) throw new Error(`one of ${names.join(", ")}`);
    return found;
  };
  return make(options, { default: standard, placeholder: names.join("|"), choices: names, schema: { enum: names }, read });
}

/** Several texts: a list in the file, commas in the environment, the flag several times; with `commas` also in the flag. */
export function list({ commas = false, ...options }: SettingOptions & { placeholder: string; commas?: boolean }): Made<readonly string[]> {
  const split = (text: string) =>
    text
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
  const read = (value: unknown): readonly string[] => {
    if (!Array.isArray(value)) return split(readText(value));
    const texts = value.map(readText);
    return commas ? texts.flatMap(split) : texts;
  };
  return make<readonly string[]>(options, { default: [], placeholder: options.placeholder, several: true, schema: TEXTS, read });
}

/** Texts by names, as "NAME=TEXT": a mapping or a list in the file, the flag several times. */
export function assignments(options: SettingOptions & { placeholder: string }): Made<readonly string[]> {
  const texts = list(options);
  const read = (value: unknown): readonly string[] => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return texts.read(value);
    return Object.entries(value).map(([name, text]) => `${name}=${readText(text)}`);
  };
  return { ...texts, schema: { anyOf: [...TEXTS.anyOf, { type: "object", additionalProperties: TEXT }] }, read };
}

/** Members of a JSON object that may be absent: a mapping in the file, JSON elsewhere. */
export function optionalMembers(options: SettingOptions & { placeholder: string }): Made<Readonly<Record<string, unknown>> | undefined> {
  return make<Readonly<Record<string, unknown>> | undefined>(options, {
    default: undefined,
    placeholder: options.placeholder,
    schema: { anyOf: [{ type: "object" }, { type: "string", pattern: "^\\s*\\{" }] },
    read: readMembers,
  });
}

/** A JSON object, or the text of one. Throws Error saying what would be right. */
export function readMembers(value: unknown): Readonly<Record<string, unknown>> {
  try {
    const members: unknown = typeof value === "string" ? JSON.parse(value) : value;
    if (typeof members === "object" && members !== null && !Array.isArray(members)) return members as Record<string, unknown>;
  } catch {
    // no JSON at all: the same
  }
  throw new Error("a JSON object");
}

/** A value of its own shape, only in the file. */
export function shaped<Value>(
  standard: Value,
  read: (value: unknown) => Value,
  { schema, ...options }: SettingOptions & { schema: object },
): Made<Value> {
  return make(options, { default: standard, placeholder: undefined, schema, read });
}

function readText(value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new Error("a text");
}

function readNumber(value: unknown, { min, max = Infinity, whole = true }: Range, otherwise = ""): number {
  const found = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof found === "number" && found >= min && found <= max && (!whole || Number.isInteger(found))) return found;
  throw new Error(`${otherwise}${rangeText({ min, max, whole })}`);
}

function rangeText({ min, max, whole }: Required<Range>): string {
  const kind = whole ? "a whole number" : "a number";
  return max === Infinity ? `${kind} from ${min}` : `${kind} from ${min} to ${max}`;
}

function readYesOrNo(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  if (/^(true|yes|on|1)$/i.test(String(value))) return true;
  if (/^(false|no|off|0)$/i.test(String(value))) return false;
  throw new Error("true or false");
}

/** The value a setting has somewhere. Throws CONFIG_INVALID naming the place. */
export function readSetting<Value>(setting: ConfigSetting<Value>, value: unknown, place: string): Value {
  try {
    return setting.read(value);
  } catch (error) {
    const shown = setting.secret ? "what it is set to" : JSON.stringify(value);
    throw new LlmopsError("CONFIG_INVALID", `${place} is ${shown}; it must be ${(error as Error).message}.`, {
      hint: "`llmops config show --origin` shows every setting with where it comes from.",
    });
  }
}
