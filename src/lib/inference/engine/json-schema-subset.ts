import { z } from "zod";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { isTooAmbiguous } from "./json-schema-ambiguity.js";
import { findUnboundedSchema } from "./json-schema-bounds.js";

const typeName = z.enum(["string", "number", "integer", "boolean", "null", "object", "array"]);
const count = z.number().int().min(0).optional();
const note = { title: z.string().optional(), description: z.string().optional() };

/** The part of JSON Schema that a grammar can enforce; any other keyword would be dropped in silence. */
const node: z.ZodType = z.lazy(() =>
  z.strictObject({
    ...note,
    $schema: z.string().optional(),
    $defs: z.record(z.string(), node).optional(),
    $ref: z.string().optional(),
    type: z.union([typeName, z.array(typeName)]).optional(),
    const: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
    enum: z
      .array(z.union([z.string(), z.number(), z.boolean(), z.null()]))
      .min(1)
      .optional(),
    oneOf: z.array(node).optional(),
    properties: z.record(z.string(), node).optional(),
    required: z.array(z.string()).optional(),
    additionalProperties: z.union([z.boolean(), node]).optional(),
    minProperties: count,
    maxProperties: count,
    items: node.optional(),
    prefixItems: z.array(node).optional(),
    minItems: count,
    maxItems: count,
    minLength: count,
    maxLength: count,
    format: z.enum(["date-time", "time", "date"]).optional(),
  }),
);

/**
 * Throws INVALID_ARGUMENT naming the first keyword or value of a JSON schema that cannot be enforced, or that makes it too large. `param` is
 * the field it came in.
 */
export function checkJsonSchema(schema: object, param: string): void {
  const unbounded = findUnboundedSchema(schema);
  if (unbounded) throw unenforceable(unbounded.problem, { param, place: unbounded.place });
  const result = node.safeParse(schema);
  if (result.success) {
    if (isTooAmbiguous(schema))
      throw unenforceable("too many of its alternatives begin alike: tell them apart early, by a const", { param });
    return;
  }
  const issue = result.error.issues[0];
  throw unenforceable(issue?.message ?? "wrong shape", { param, place: issue?.path.join(".") ?? "" });
}

/** The refusal of a JSON schema that no grammar can be made of. */
export function unenforceable(problem: string, { param, place = "" }: { param: string; place?: string }): LlmopsError {
  return new LlmopsError("INVALID_ARGUMENT", `The JSON schema cannot be enforced: ${place === "" ? "" : `${place}: `}${problem}.`, {
    hint: "Use objects, arrays, strings, numbers, booleans, enum, const, oneOf, and limits on lengths and counts.",
    param,
  });
}
