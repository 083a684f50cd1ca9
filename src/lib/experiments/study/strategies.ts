import { parse } from "yaml";
import { z } from "zod";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { didYouMean } from "../../base/errors/nearest.js";
import { readTextFile } from "../../base/files/read-text-file.js";
import { checkName, checkNumber, findParameter, numericRange } from "./parameters.js";
import type { Setting } from "./study.js";

/** What `--strategies` calls the built-in ones. */
const DEFAULT_NAME = "default";

/** The strategies of `--strategies default`: temperature alone, the nucleus alone, and both. */
const DEFAULT: Setting[] = [
  { strategy: "pure-temperature", temperature: 0.7, top_p: 1 },
  { strategy: "pure-top-p", temperature: 0, top_p: 0.9 },
  { strategy: "combined", temperature: 0.5, top_p: 0.9 },
];

const fileSchema = z.array(z.looseObject({ name: z.string().min(1) })).min(1);

/**
 * Named settings from a YAML or JSON file, a list of {name, parameter: value, ...}, or the three of "default".
 * Throws INVALID_ARGUMENT, UNKNOWN_PARAMETER or INVALID_RANGE naming the strategy.
 */
export function loadStrategies(source: string): Setting[] {
  if (source === DEFAULT_NAME) return DEFAULT;
  const rows = parseFile(source);
  const names = new Set<string>();
  return rows.map(({ name, ...values }) => {
    if (names.has(name)) throw invalid(source, `the name "${name}" is used twice`);
    names.add(name);
    return { strategy: name, ...Object.fromEntries(Object.entries(values).map(([key, value]) => readValue(source, name, key, value))) };
  });
}

function parseFile(source: string): { name: string; [key: string]: unknown }[] {
  let content: unknown;
  try {
    content = parse(readTextFile(source));
  } catch (cause) {
    throw invalid(source, messageOf(cause), cause);
  }
  const rows = fileSchema.safeParse(content);
  if (rows.success) return rows.data;
  throw invalid(source, "it is not a list of strategies that have a name");
}

function readValue(source: string, strategy: string, key: string, value: unknown): [string, number | string] {
  const { name, spec } = findParameter(key);
  const bounds = numericRange(spec);
  if (typeof value !== (bounds ? "number" : "string")) throw invalid(source, `${strategy}: ${key} is ${JSON.stringify(value)}`);
  if (bounds) checkNumber(`${strategy}: ${name}`, value as number, bounds);
  else checkName(`${strategy}: ${name}`, value as string, spec);
  return [name, value as number | string];
}

function invalid(source: string, why: string, cause?: unknown): LlmopsError {
  return new LlmopsError("INVALID_ARGUMENT", `The strategies of ${source} cannot be used: ${why}.`, {
    hint: `${didYouMean(source, [DEFAULT_NAME])}Pass a file with a YAML list such as "- {name: careful, temperature: 0.2, top_p: 0.9}", or default.`,
    cause,
  });
}
