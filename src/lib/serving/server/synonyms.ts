import { isDeepStrictEqual } from "node:util";
import type { FastifyInstance } from "fastify";
import { requestNames, SAMPLING_KEYS, SAMPLING_PARAMETERS } from "../../base/config/sampling-parameters.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { KnownFields } from "../../base/http/known-fields.js";
import { asObject } from "../../inference/openai/json-object.js";
import { routeFields } from "./route-fields.js";
import type { Service } from "./service.js";

/** Two names of one field, with the names of objects around them before dots. */
export type Synonyms = readonly [one: string, other: string];

/** The bound of an answer has several names on purpose: clients send it under more than one, and the smallest applies (call-bounds.ts). */
const SAMPLING = SAMPLING_KEYS.filter((key) => key !== "maxTokens").map((key) => requestNames(SAMPLING_PARAMETERS[key]));

/** Every two names by which a route takes the same; they hold for the routes that know both. */
export const SYNONYMS: readonly Synonyms[] = [
  ...SAMPLING.flatMap(([name = "", ...aliases]) => [name, ...aliases].map((one) => [`options.${name}`, one] as const)),
  ...SAMPLING.flatMap(([name = "", ...aliases]) => aliases.map((alias) => [name, alias] as const)),
  ["n", "n_cmpl"],
  ["logprobs", "n_probs"],
  ["top_logprobs", "n_probs"],
  ["max_output_tokens", "max_completion_tokens"],
  ["max_output_tokens", "max_tokens"],
  ["max_output_tokens", "n_predict"],
  ["max_output_tokens", "max_new_tokens"],
  ["reasoning.effort", "reasoning_effort"],
  ["text.format", "response_format"],
  ["output_config.format", "output_format"],
  ["content", "prompt"],
  ["add_special", "add_special_tokens"],
  ["return_documents", "return_text"],
  ["model", "name"],
];

/** Refuses bodies that say one thing under two names and differently. A body that only other servers see is theirs to judge. */
export function refuseConflicts(app: FastifyInstance, service: Service): void {
  const known = new WeakMap<object, readonly Synonyms[]>();
  app.addHook("preValidation", (request, _reply, done) => {
    const fields = routeFields(request, service);
    if (fields) {
      const pairs = known.get(fields) ?? SYNONYMS.filter((pair) => pair.every((path) => knows(fields, path)));
      known.set(fields, pairs);
      refuseConflict(request.body, pairs);
    }
    done();
  });
}

/**
 * Throws INVALID_ARGUMENT naming the second of two names, and both values, where they differ. What is null says nothing; values of two
 * types are not two of one field: `logprobs` of chats is true beside an `n_probs` of 3.
 */
export function refuseConflict(body: unknown, pairs: readonly Synonyms[] = SYNONYMS): void {
  for (const [one, other] of pairs) {
    const [first, second] = [valueAt(body, one), valueAt(body, other)];
    if (first === undefined || second === undefined || typeof first !== typeof second || isDeepStrictEqual(first, second)) continue;
    throw new LlmopsError("INVALID_ARGUMENT", `${other}: ${shown(second)} is not ${shown(first)}, which ${one} says of the same.`, {
      hint: `Send ${one} or ${other}, or the same value in both.`,
      param: other,
    });
  }
}

function knows(fields: KnownFields, path: string): boolean {
  let at: KnownFields | undefined = fields;
  for (const name of path.split(".")) at = at?.members?.get(name);
  return at !== undefined;
}

function valueAt(body: unknown, path: string): unknown {
  let at: unknown = body;
  for (const name of path.split(".")) {
    const object = asObject(at);
    at = object && Object.hasOwn(object, name) ? object[name] : undefined;
  }
  return at ?? undefined;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}
