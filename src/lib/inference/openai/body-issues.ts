import type { z } from "zod";
import { LlmopsError } from "../../base/errors/llmops-error.js";

type Issue = z.core.$ZodIssue;
type Found = Pick<Issue, "path" | "message"> & { refused?: Refusal };

/** What a field that is refused by its name says of itself. */
export interface Refusal {
  value: unknown;
  hint: string;
}

/** zod's own word for what fits none of several shapes. */
const UNTOLD = "Invalid input";
/** How zod's own sentences about bounds and types begin; those of a schema have other words. */
const ZODS_OWN = /^(Too (small|big)|Invalid input): expected/;

/** The error for a body of another shape: INVALID_ARGUMENT, or UNSUPPORTED_PARAMETER for a field that is refused, naming the field. */
export function toBodyError(issues: readonly Issue[]): LlmopsError {
  const [first] = issues;
  const { path, message, refused } = first ? find(first) : { path: [], message: "wrong shape", refused: undefined };
  const param = path.map(String).join(".");
  if (refused) return refusalOf(param, refused);
  const text = `${param === "" ? "The request body" : param}: ${message}.`;
  return new LlmopsError("INVALID_ARGUMENT", text, param === "" ? {} : { param });
}

/** The refusal of a field with a value that this server cannot honor. */
export function refusalOf(param: string, { value, hint }: Refusal): LlmopsError {
  const shown = JSON.stringify(value).slice(0, 80);
  return new LlmopsError("UNSUPPORTED_PARAMETER", `This server does not support ${param} = ${shown}.`, { param, hint });
}

function find(issue: Issue): Found {
  const { path } = issue;
  const message = messageOf(issue);
  if (issue.code === "custom") {
    const refused = issue.params?.["refused"] as Refusal | undefined;
    return { path, message, ...(refused && { refused }) };
  }
  if (issue.code !== "invalid_union" || issue.errors.length === 0 || message !== UNTOLD) return { path, message };
  const nearest = nearestOf(issue.errors);
  if (!nearest) return { path, message: expectedOf(issue.errors, issue.input) };
  const below = find(nearest);
  return { ...below, path: [...path, ...below.path] };
}

/** What is wrong, in words of our own where the schema has none. */
function messageOf(issue: Issue): string {
  if (!ZODS_OWN.test(issue.message)) return issue.message;
  switch (issue.code) {
    case "too_small":
      return `${issue.inclusive ? "at least" : "more than"} ${amount(issue.minimum, issue.origin)} expected`;
    case "too_big":
      return `${issue.inclusive ? "at most" : "less than"} ${amount(issue.maximum, issue.origin)} expected`;
    case "invalid_type":
      return expectation([wordFor(issue.expected)], issue.input);
    default:
      return issue.message;
  }
}

/** A bound with what is counted. */
function amount(bound: number | bigint, origin: string): string {
  const unit = { string: ["character", "characters"], array: ["entry", "entries"] }[origin];
  if (!unit) return `${bound} is`;
  return bound === 1 ? `1 ${unit[0]} is` : `${bound} ${unit[1]} are`;
}

/** The issue of the shape that the value has most of, if it has any of one: what is wrong within it, or with its size. */
function nearestOf(shapes: readonly (readonly Issue[])[]): Issue | undefined {
  const firsts = shapes.flatMap(([issue]) => (issue && (issue.path.length > 0 || issue.code !== "invalid_type") ? [issue] : []));
  return firsts.sort((a, b) => b.path.length - a.path.length)[0];
}

function expectedOf(shapes: readonly (readonly Issue[])[], input: unknown): string {
  const kinds = shapes.flatMap(([issue]) => (issue?.code === "invalid_type" ? [wordFor(issue.expected)] : []));
  const told = [...new Set(kinds)];
  if (told.length === 0) return UNTOLD;
  return expectation(told, input);
}

function expectation(kinds: readonly string[], input: unknown): string {
  return `expected ${kinds.join(" or ")}${input === undefined ? "" : `, received ${typeOf(input)}`}`;
}

function wordFor(type: string): string {
  if (type === "record") return "object";
  return type === "int" ? "integer" : type;
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
