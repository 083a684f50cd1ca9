import { z } from "zod";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { parseJsonText } from "../../base/slices/parse-json-text.js";
import type { ResponseFormat } from "./completion.js";

/** What allows nothing, as an object. */
const NOTHING = { not: {} };
/** A JSON schema: an object, or true or false, which allow anything and nothing. */
export const jsonSchema = z.union([z.record(z.string(), z.unknown()), z.boolean().transform(ofBoolean)], {
  error: "a JSON schema is an object, true or false",
});
/** vLLM takes a schema as text, too. */
const schemaOrText = z.union([jsonSchema, z.string().transform(parseSchema)], { error: "a JSON schema is an object, or its text" });
const choices = z.array(z.string()).min(1).max(10_000);

const jsonObjectFormat = z.object({ type: z.literal("json_object"), schema: jsonSchema.nullish() });
const jsonSchemaFormat = z.object({
  type: z.literal("json_schema"),
  json_schema: z
    .object({ schema: jsonSchema, strict: z.boolean().nullish(), name: z.string().nullish(), description: z.string().nullish() })
    .optional(),
  schema: jsonSchema.optional(),
  strict: z.boolean().nullish(),
});

/** What says how the answer is to be written: OpenAI's field, those of llama-server, those of vLLM. */
export const formatFields = {
  response_format: z
    .discriminatedUnion("type", [z.object({ type: z.literal("text") }), jsonObjectFormat, jsonSchemaFormat])
    .nullish()
    .describe(
      "text, json_object (optionally with a schema), or json_schema with a schema the answer must follow; strict refuses what cannot be enforced.",
    ),
  json_schema: jsonSchema.nullish().describe("A JSON schema the answer must follow (llama-server's name)."),
  grammar: z.string().nullish().describe("A GBNF grammar the answer must follow (llama-server's name)."),
  guided_json: schemaOrText.nullish().describe("A JSON schema the answer must follow (vLLM's name)."),
  guided_regex: z.string().nullish().describe("A regular expression the whole answer must match (vLLM's name)."),
  guided_choice: choices.nullish().describe("The answer is one of these texts (vLLM's name)."),
  guided_grammar: z.string().nullish().describe("A GBNF grammar the answer must follow (vLLM's name)."),
  structured_outputs: z
    .strictObject({
      json: schemaOrText.nullish(),
      json_object: z.boolean().nullish(),
      regex: z.string().nullish(),
      choice: choices.nullish(),
      grammar: z.string().nullish(),
    })
    .nullish()
    .describe("json, json_object, regex, choice, or grammar (vLLM's name)."),
};

type FormatFields = z.output<z.ZodObject<typeof formatFields>>;

/** The format a body asks for. Throws INVALID_ARGUMENT, naming the second field, for two at once. */
export function toResponseFormat(body: FormatFields): { responseFormat?: ResponseFormat } {
  const outputs = body.structured_outputs;
  const all: (ResponseFormat | undefined)[] = [
    openaiFormat(body.response_format),
    jsonFormat("json_schema", body.json_schema),
    grammarFormat("grammar", body.grammar),
    jsonFormat("guided_json", body.guided_json),
    regexFormat("guided_regex", body.guided_regex),
    choiceFormat("guided_choice", body.guided_choice),
    grammarFormat("guided_grammar", body.guided_grammar),
    jsonFormat("structured_outputs.json", outputs?.json),
    outputs?.json_object ? { type: "json_object", field: "structured_outputs.json_object" } : undefined,
    regexFormat("structured_outputs.regex", outputs?.regex),
    choiceFormat("structured_outputs.choice", outputs?.choice),
    grammarFormat("structured_outputs.grammar", outputs?.grammar),
  ];
  if (outputs && Object.values(outputs).every((value) => value === undefined || value === null)) {
    throw new LlmopsError("INVALID_ARGUMENT", "structured_outputs names no format of the answer.", {
      hint: "Give json, json_object, regex, choice or grammar, or leave structured_outputs out.",
      param: "structured_outputs",
    });
  }
  const [first, second] = all.filter((format) => format !== undefined);
  if (!second) return first ? { responseFormat: first } : {};
  const [one, other] = [first, second].map((format) => format?.field ?? "response_format");
  throw new LlmopsError("INVALID_ARGUMENT", `The answer cannot have two formats: ${one} and ${other}.`, {
    hint: "Keep one of them.",
    param: other ?? "response_format",
  });
}

/** The format that a response_format stands for. Throws INVALID_ARGUMENT for a json_schema without a schema. */
export function openaiFormat(format: FormatFields["response_format"]): ResponseFormat | undefined {
  if (!format || format.type === "text") return undefined;
  if (format.type === "json_object") return format.schema ? { type: "json_schema", schema: format.schema } : { type: "json_object" };
  const given = format.json_schema?.schema ?? format.schema;
  const strict = format.json_schema?.strict ?? format.strict;
  if (given) return { type: "json_schema", schema: given, ...(strict && { strict }) };
  throw new LlmopsError("INVALID_ARGUMENT", "response_format.json_schema: schema is missing.", { param: "response_format.json_schema" });
}

function jsonFormat(field: string, given: object | null | undefined): ResponseFormat | undefined {
  return given ? { type: "json_schema", schema: given, field } : undefined;
}

/** An empty text is llama-server's way to say none. */
function grammarFormat(field: string, grammar: string | null | undefined): ResponseFormat | undefined {
  return grammar ? { type: "grammar", grammar, field } : undefined;
}

function regexFormat(field: string, pattern: string | null | undefined): ResponseFormat | undefined {
  return typeof pattern === "string" ? { type: "regex", pattern, field } : undefined;
}

function choiceFormat(field: string, texts: readonly string[] | null | undefined): ResponseFormat | undefined {
  return texts ? { type: "choice", choices: texts, field } : undefined;
}

function ofBoolean(allows: boolean): Record<string, unknown> {
  return allows ? {} : NOTHING;
}

function parseSchema(text: string, context: z.core.$RefinementCtx<string>): Record<string, unknown> {
  try {
    const value = parseJsonText(text);
    if (typeof value === "boolean") return ofBoolean(value);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // refused below
  }
  context.addIssue({ code: "custom", message: "it is not the text of a JSON schema" });
  return z.NEVER;
}
