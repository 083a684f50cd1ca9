import { z } from "zod";
import { LlmopsError } from "../errors/llmops-error.js";

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
  const type = schema(z);
  const isObject = type instanceof z.ZodObject;
  const result = type.safeParse(isObject ? readPairs(owner, text ?? "") : text);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`));
  throw new LlmopsError(
    "INVALID_ARGUMENT",
    `The options ${JSON.stringify(text ?? "")} of the ${owner} are invalid: ${problems.join("; ")}.`,
    {
      hint: isObject
        ? `Its options: ${Object.keys(type.shape).join(", ")}, written as NAME:key=value,key=value or NAME:{JSON}.`
        : "Fix the text after the colon.",
    },
  );
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
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, key, value] = /^\s*([\w-]+)\s*=(.*)$/s.exec(pair) ?? [];
      if (key !== undefined && value !== undefined) return [key, readValue(value.trim())];
      throw new LlmopsError("INVALID_ARGUMENT", `"${pair.trim()}" is not an option of the ${owner}.`, {
        hint: "Write NAME:key=value,key=value.",
      });
    }),
  );
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
