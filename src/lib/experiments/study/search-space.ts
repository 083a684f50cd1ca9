import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { Dimension } from "../samplers/designs.js";
import { checkName, checkNumber, checkOneLimit, findParameter, numericRange, type ParameterSpec } from "./parameters.js";
import { readResponseFormat } from "./request-members.js";

const DEFAULT_POINTS = 5;
const MAX_POINTS = 1000;
const FORMS = "Write a range as 0.1..0.9 (5 points), 0.1..0.9:0.2 (a step), or a list as 0.1,0.3,0.7.";

/** What is said of a text that is not the number, or the numbers, it should be. */
interface Expectation {
  values: string;
  hint: string;
}

const SEVERAL: Expectation = { values: "a range or list of numbers", hint: FORMS };
const ONE: Expectation = { values: "a number", hint: "Write one value, as in temperature=0.7." };

/**
 * Reads the search space as typed: `temperature 0.1..0.9`, `top_p=0.5,0.9`, `system="Be brief."`, several of them. A text
 * parameter takes one value each time it is named. `otherwise` says what to do with a name that is none. Throws INVALID_RANGE, UNKNOWN_PARAMETER or INVALID_ARGUMENT.
 */
export function parseSearchSpace(words: readonly string[], otherwise?: (name: string) => string): Dimension[] {
  return readDimensions(words, { otherwise, expected: SEVERAL });
}

function readDimensions(
  words: readonly string[],
  { otherwise, expected }: { otherwise: ((name: string) => string) | undefined; expected: Expectation },
): Dimension[] {
  const dimensions: Dimension[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const equals = word.indexOf("=");
    const { name, spec } = findParameter(equals < 0 ? word : word.slice(0, equals), otherwise);
    const text = equals < 0 ? words[++i] : word.slice(equals + 1);
    if (text === undefined || (text === "" && spec.kind !== "prompt")) {
      throw new LlmopsError("INVALID_RANGE", `The parameter ${name} has no values.`, { hint: expected.hint });
    }
    const known = dimensions.find((dimension) => dimension.name === name);
    const values = known && !isWhole(spec, text) ? [] : parseValues(name, text, { spec, expected });
    if (!known) dimensions.push({ name, values });
    else if (isWhole(spec, text)) known.values = [...new Set([...known.values, ...values])];
    else throw new LlmopsError("INVALID_ARGUMENT", `The parameter ${name} is given twice.`, { hint: "Put all its values into one list." });
  }
  checkOneLimit(dimensions.map(({ name }) => name));
  return dimensions;
}

/** Where parameters have one value each: what to do with a name that is none, and with several values. */
export interface FixedHints {
  otherwise?: (name: string) => string;
  several?: string;
}

/**
 * Reads parameters that have one value, as in --set top_p=0.9. Throws INVALID_RANGE, UNKNOWN_PARAMETER, and INVALID_ARGUMENT for one with
 * several values.
 */
export function parseFixed(texts: readonly string[], { otherwise, several = ONE.hint }: FixedHints = {}): Record<string, number | string> {
  const dimensions = readDimensions(texts, { otherwise, expected: ONE });
  for (const { name, values } of dimensions) {
    if (values.length === 1) continue;
    throw new LlmopsError("INVALID_ARGUMENT", `The parameter ${name} has ${values.length} values, where one is expected.`, {
      hint: several,
    });
  }
  return Object.fromEntries(dimensions.map(({ name, values }) => [name, values[0] as number | string]));
}

/** True for one value, whatever commas are in it. */
function isWhole(spec: ParameterSpec, text: string): boolean {
  if (spec.kind === "prompt" || spec.kind === "format") return true;
  return spec.kind === "target" && spec.isJson === true && text.trimStart().startsWith("{");
}

function parseValues(name: string, text: string, { spec, expected }: { spec: ParameterSpec; expected: Expectation }): (number | string)[] {
  const bounds = numericRange(spec);
  if (spec.kind === "format") return [JSON.stringify(readResponseFormat(text))];
  if (isWhole(spec, text)) return [text];
  if (!bounds) {
    const names = [...new Set(text.split(",").map((part) => part.trim()))].filter((part) => part !== "");
    for (const value of names) checkName(name, value, spec);
    return names;
  }
  const number = (part: string | undefined) => toNumber(text, part, expected);
  const range = /^(.+?)\.\.([^:]+)(?::(.+))?$/.exec(text);
  const values = range
    ? rangeValues(text, {
        from: number(range[1]),
        to: number(range[2]),
        step: range[3] === undefined ? undefined : number(range[3]),
      })
    : text.split(",").map(number);
  const fitting = [...new Set(bounds.integer && range ? values.map(Math.round) : values)];
  for (const value of fitting) checkNumber(name, value, bounds);
  return fitting;
}

function toNumber(text: string, part: string | undefined, { values, hint }: Expectation): number {
  const trimmed = (part ?? "").trim();
  const value = Number(trimmed);
  if (trimmed !== "" && Number.isFinite(value)) return value;
  throw new LlmopsError("INVALID_RANGE", `"${text}" is not ${values}${trimmed === text ? "" : `: "${trimmed}"`}.`, { hint });
}

/** The points of a range from one end on, a step apart, or five of them. Throws INVALID_RANGE, also for more than a thousand. */
export function rangeValues(text: string, { from, to, step }: { from: number; to: number; step: number | undefined }): number[] {
  if (from > to) {
    throw new LlmopsError("INVALID_RANGE", `The range "${text}" starts at ${from}, above its end ${to}.`, {
      hint: `Write it upwards: ${to}..${from}${step === undefined ? "" : `:${step}`}.`,
    });
  }
  if (step !== undefined && step <= 0) {
    throw new LlmopsError("INVALID_RANGE", `The step of "${text}" must be above 0.`, { hint: FORMS });
  }
  const stride = step ?? (to - from) / (DEFAULT_POINTS - 1);
  const count = stride === 0 ? 1 : Math.floor((to - from) / stride + 1e-9) + 1;
  if (count > MAX_POINTS) {
    throw new LlmopsError("INVALID_RANGE", `The range "${text}" has ${count} points; at most ${MAX_POINTS} are allowed.`, {
      hint: "Use a larger step.",
    });
  }
  // twelve digits hide the rounding of the steps: 0.1 + 2 * 0.2 is 0.5
  return Array.from({ length: count }, (_, i) => Number((from + i * stride).toPrecision(12)));
}
