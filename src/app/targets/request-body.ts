import { LlmopsError, messageOf } from "../../lib/base/errors/llmops-error.js";
import { refuseDuplicateKeys } from "../../lib/base/files/parse-json.js";
import { readTextFile } from "../../lib/base/files/read-text-file.js";
import { parseObject, type JsonObject } from "../../lib/inference/openai/json-object.js";

/** They are the question itself, or how its answer is read. */
const FIXED = ["messages", "prompt", "n", "stream"];

/** What endpoints call the longest completion. */
export const MAX_TOKENS_FIELDS = ["max_tokens", "max_completion_tokens"] as const;

/** What an endpoint is sent beside the question. */
export interface RequestOptions {
  /** What the endpoint calls the longest completion; found out when absent. */
  maxTokensField?: (typeof MAX_TOKENS_FIELDS)[number] | undefined;
  /** A JSON object, or the path of a file with one, merged into every request. */
  body?: string | undefined;
  /** More members, as NAME=VALUE, where VALUE is JSON or text. */
  extra?: readonly string[] | undefined;
}

/** What a body and further members add to every request; undefined where nothing. Throws INVALID_ARGUMENT for what is not JSON, or may not be set. */
export function extraBody({ body, extra = [] }: RequestOptions): JsonObject | undefined {
  if (body === undefined && extra.length === 0) return undefined;
  const members = { ...(body === undefined ? {} : readBody(body)), ...Object.fromEntries(extra.map(readExtra)) };
  const fixed = FIXED.find((name) => name in members);
  if (fixed === undefined) return members;
  throw new LlmopsError("INVALID_ARGUMENT", `"${fixed}" of a request cannot be set.`, {
    hint: "Questions come from the dataset, --prompt and --system; several answers from --repeats.",
  });
}

function readBody(given: string): JsonObject {
  const isJson = given.trimStart().startsWith("{");
  const text = isJson ? given : readFile(given);
  const body = parseObject(text);
  if (body) refuseKeysTwice(text, isJson ? "--body" : `--body of ${given}`);
  if (body) return body;
  throw new LlmopsError("INVALID_ARGUMENT", `--body ${isJson ? "" : `of ${given} `}is not a JSON object: ${text.slice(0, 60)}`, {
    hint: `Write it like --body '{"reasoning_effort": "low"}', or name a file with such an object.`,
  });
}

function refuseKeysTwice(text: string, what: string): void {
  try {
    refuseDuplicateKeys(text);
  } catch (cause) {
    throw new LlmopsError("INVALID_ARGUMENT", `${what}: ${messageOf(cause)}.`, {
      hint: "Remove one of the two.",
      cause,
    });
  }
}

function readFile(path: string): string {
  try {
    return readTextFile(path);
  } catch (cause) {
    if (cause instanceof LlmopsError) throw cause;
    throw new LlmopsError("INVALID_ARGUMENT", `--body cannot read ${path}: ${messageOf(cause)}.`, {
      hint: "Give a JSON object, or the path of a file with one.",
      cause,
    });
  }
}

function readExtra(text: string): [string, unknown] {
  const at = text.indexOf("=");
  if (at < 1)
    throw new LlmopsError("INVALID_ARGUMENT", `--set-extra ${text} has no value.`, { hint: "Write it like --set-extra top_a=0.2." });
  const value = text.slice(at + 1);
  try {
    return [text.slice(0, at), JSON.parse(value)];
  } catch {
    return [text.slice(0, at), value];
  }
}
