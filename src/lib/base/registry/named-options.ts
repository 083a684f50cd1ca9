import { z } from "zod";
import { LlmopsError, messageOf } from "../errors/llmops-error.js";
import { didYouMean } from "../errors/nearest.js";

/** The options of something that is chosen by name: a function of zod, so that whoever writes one needs no copy of it. */
export type OptionsSchema<Options = unknown> = (zod: typeof z) => z.ZodType<Options>;

/** A name as users write it, and what follows it after a colon. */
export interface NamedChoice {
  name: string;
  text: string | undefined;
}

/** Reads `NAME` or `NAME:OPTIONS`. */
export function splitChoice(written: string): NamedChoice {
  const colon = written.indexOf(":");
  return colon < 0 ? { name: written, text: undefined } : { name: written.slice(0, colon), text: written.slice(colon + 1) };
}

/**
 * What the text after a name means: `key=value` pairs, comma-separated, or a JSON object, where the schema is an object; else the text
 * itself. `owner` is whose options they are, as in `scorer "facts"`. Throws INVALID_ARGUMENT for options that are not as the schema has
 * them, or where none are taken.
 */
export function readOptions<Options>(owner: string, schema: OptionsSchema<Options> | undefined, text: string | undefined): Options {
  if (!schema) {
    if (text === undefined) return {} as Options;
    throw new LlmopsError("INVALID_ARGUMENT", `The ${owner} takes no options, but "${text}" was given.`, { hint: "Write its name alone." });
  }
  const type = schemaOf(owner, schema);
  const object = type instanceof z.ZodObject ? type : undefined;
  const given = object ? readPairs(owner, text ?? "") : text;
  if (object) refuseUnknown(owner, object, given);
  const result = type.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`));
  throw new LlmopsError(
    "INVALID_ARGUMENT",
    `The options ${JSON.stringify(text ?? "")} of the ${owner} are invalid: ${problems.join("; ")}.`,
    {
      hint: object
        ? `Its options: ${Object.keys(object.shape).join(", ")}, written as NAME:key=value,key=value or NAME:{JSON}.`
        : "Fix the text after the colon.",
    },
  );
}

/** The schema a plugin's function gives. Throws PLUGIN_INVALID for anything else. */
function schemaOf<Options>(owner: string, schema: OptionsSchema<Options>): z.ZodType<Options> {
  let why = "it gives no zod schema";
  try {
    const type: z.ZodType<Options> | undefined = schema(z);
    // it may be of another copy of zod
    if (typeof (type as Partial<z.ZodType<Options>> | undefined)?.safeParse === "function") return type;
  } catch (cause) {
    why = messageOf(cause);
  }
  throw new LlmopsError("PLUGIN_INVALID", `The function options of the ${owner} failed: ${why}.`, {
    hint: "Have it return a schema of the zod it is given, as in options: (z) => z.object({ words: z.number().default(3) }).",
  });
}

/** zod's objects leave out what they do not know: a misspelled option would be the default. */
function refuseUnknown(owner: string, { shape, def }: z.ZodObject, given: unknown): void {
  if (def.catchall !== undefined || typeof given !== "object" || given === null) return;
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(shape, key));
  if (unknown === undefined) return;
  throw new LlmopsError("INVALID_ARGUMENT", `"${unknown}" is not an option of the ${owner}.`, {
    hint: `${didYouMean(unknown, Object.keys(shape))}Available: ${Object.keys(shape).join(", ")}.`,
  });
}

function readPairs(owner: string, text: string): unknown {
  if (text.trim().startsWith("{")) {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new LlmopsError("INVALID_ARGUMENT", `The options of the ${owner} are not JSON: ${text}`, {
        hint: 'Write NAME:key=value,key=value or NAME:{"key": value}.',
        cause,
      });
    }
  }
  const pairs = text.split(",").filter((pair) => pair.trim() !== "");
  const values = new Map<string, unknown>();
  for (const pair of pairs) {
    const [, key, value] = /^\s*([\w-]+)\s*=(.*)$/s.exec(pair) ?? [];
    if (key === undefined || value === undefined) {
      throw new LlmopsError("INVALID_ARGUMENT", `"${pair.trim()}" is not an option of the ${owner}.`, {
        hint: 'Write NAME:key=value,key=value; a value that contains a comma needs NAME:{"key": "value"}.',
      });
    }
    if (values.has(key)) {
      throw new LlmopsError("INVALID_ARGUMENT", `The option ${key} of the ${owner} is given twice: ${text}.`, { hint: "Leave one out." });
    }
    values.set(key, readValue(value.trim()));
  }
  return Object.fromEntries(values);
}

/** Numbers, true, false and null are what they say; anything else is text. */
function readValue(text: string): unknown {
  if (!/^(-?\d|true$|false$|null$|")/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
