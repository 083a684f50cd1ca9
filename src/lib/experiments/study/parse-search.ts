import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { SearchDimension } from "../samplers/space.js";
import { checkName, checkNumber, checkOneLimit, findParameter, numericRange, type ParameterSpec } from "./parameters.js";
import { rangeValues } from "./search-space.js";

const FORMS =
  "Write a range as temperature=0.1..1.0, top_k=1..40, batch_size=64..512:log, the steps of one as temperature=0..1:0.5, or a list as " +
  "model=a.gguf,b.gguf.";

/**
 * Reads the space to search as typed: `temperature=0.1..1.0`, `top_p 0.5..1`, `batch_size=64..512:log`, `top_k=1..40:int`, `temperature=0..1:0.5`,
 * `cache_type=f16,q8_0`. Throws INVALID_RANGE, UNKNOWN_PARAMETER or INVALID_ARGUMENT.
 */
export function parseSearch(words: readonly string[]): SearchDimension[] {
  const dimensions: SearchDimension[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const equals = word.indexOf("=");
    const { name, spec } = findParameter(equals < 0 ? word : word.slice(0, equals));
    const text = equals < 0 ? words[++i] : word.slice(equals + 1);
    if (dimensions.some((dimension) => dimension.name === name)) {
      throw new LlmopsError("INVALID_ARGUMENT", `The parameter ${name} is given twice.`, { hint: "Give it one range or one list." });
    }
    if (text === undefined || text === "") throw new LlmopsError("INVALID_RANGE", `The parameter ${name} has no range.`, { hint: FORMS });
    dimensions.push(toDimension(name, text, spec));
  }
  checkOneLimit(dimensions.map(({ name }) => name));
  if (dimensions.length > 0) return dimensions;
  throw new LlmopsError("INVALID_ARGUMENT", "Nothing to optimize: no parameter was named.", { hint: FORMS });
}

function toDimension(name: string, text: string, spec: ParameterSpec): SearchDimension {
  const bounds = numericRange(spec);
  const range = /^(.+?)\.\.([^:]+)((?::[^:]+)*)$/.exec(text);
  if (!bounds || !range) return toList(name, text, spec);
  const [low, high] = [toNumber(text, range[1]), toNumber(text, range[2])];
  const flags = (range[3] ?? "").split(":").slice(1);
  if (flags.some((flag) => Number.isFinite(Number(flag)))) return toSteps(name, { text, low, high, flags }, spec);
  for (const end of [low, high]) checkNumber(name, end, bounds);
  const dimension = {
    name,
    low,
    high,
    log: flags.includes("log"),
    kind: bounds.integer || flags.includes("int") ? ("int" as const) : ("float" as const),
  };
  const problem = findProblem(dimension, flags);
  if (problem !== undefined) throw invalidRange(text, problem);
  return dimension;
}

/** The values of a range with a step, which are a list like any other. */
function toSteps(
  name: string,
  { text, low, high, flags }: { text: string; low: number; high: number; flags: readonly string[] },
  spec: ParameterSpec,
): SearchDimension {
  const step = Number(flags[0]);
  if (flags.length > 1) throw invalidRange(text, "a range with a step is neither log nor int");
  if (step <= 0) throw invalidRange(text, "its step has to be above 0");
  const values = rangeValues(text, { from: low, to: high, step });
  return toList(name, (numericRange(spec)?.integer ? values.map(Math.round) : values).join(","), spec);
}

function findProblem(
  { kind, low, high, log }: Exclude<SearchDimension, { kind: "categorical" }>,
  flags: readonly string[],
): string | undefined {
  const unknown = flags.find((flag) => flag !== "log" && flag !== "int");
  if (unknown !== undefined) return `"${unknown}" is neither log nor int`;
  if (low === high) return "it is empty: both ends are the same";
  if (low > high) return "it starts above its end";
  if (log && low <= 0) return "a logarithmic range has to start above 0";
  return kind === "int" && !(Number.isInteger(low) && Number.isInteger(high)) ? "a range of whole numbers has whole ends" : undefined;
}

function toList(name: string, text: string, spec: ParameterSpec): SearchDimension {
  const bounds = numericRange(spec);
  const parts = [...new Set(text.split(",").map((part) => part.trim()))].filter((part) => part !== "");
  const values = parts.map((part) => (bounds ? toNumber(text, part) : part));
  for (const value of values) {
    if (typeof value === "number" && bounds) checkNumber(name, value, bounds);
    else checkName(name, String(value), spec);
  }
  if (values.length > 1) return { name, kind: "categorical", values };
  throw new LlmopsError("INVALID_RANGE", `The parameter ${name} has one value only.`, {
    hint: `Give a range or several values, or keep it fixed with --set ${name}=${text}.`,
  });
}

function toNumber(text: string, part: string | undefined): number {
  const trimmed = (part ?? "").trim();
  const value = Number(trimmed);
  if (trimmed !== "" && Number.isFinite(value)) return value;
  throw invalidRange(text, `"${trimmed}" is not a number`);
}

function invalidRange(text: string, problem: string): LlmopsError {
  return new LlmopsError("INVALID_RANGE", `The range "${text}" cannot be searched: ${problem}.`, { hint: FORMS });
}
