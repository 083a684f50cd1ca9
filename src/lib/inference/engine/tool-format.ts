import type { Tool } from "../openai/completion.js";
import { checkJsonSchema } from "./json-schema-subset.js";

/** How a family of models writes its tool calls. */
export interface ToolFormat {
  /** Text before a call; the whole answer is the call where it is empty. */
  open: string;
  close: string;
  /** The member with the arguments. */
  argumentsKey: "arguments" | "parameters";
}

/** Hermes, Qwen, SmolLM and many others. */
const HERMES: ToolFormat = { open: "<tool_call>", close: "</tool_call>", argumentsKey: "arguments" };
/** Llama 3.1 and later. */
const LLAMA3: ToolFormat = { open: "", close: "", argumentsKey: "parameters" };

/** The way a chat template asks its model to call tools, or undefined when it does not know tools or asks in another way. */
export function detectToolFormat(template: string | undefined): ToolFormat | undefined {
  if (!template || !/\btools\b/.test(template)) return undefined;
  if (template.includes("<tool_call>")) return HERMES;
  return /"parameters":\s*dictionary/.test(template) ? LLAMA3 : undefined;
}

/**
 * Throws INVALID_ARGUMENT naming the first of a request's tools whose arguments no grammar can hold an answer to; those that are not to
 * be called are not looked at.
 */
export function checkToolSchemas(tools: readonly Tool[], chosen: readonly Tool[]): void {
  for (const [i, tool] of tools.entries()) {
    if (chosen.includes(tool)) checkJsonSchema(argumentsOf(tool), `tools[${i}].function.parameters`);
  }
}

/** The schema of one call of any of these tools, in the format's own shape. */
export function toCallSchema(tools: readonly Tool[], { argumentsKey }: ToolFormat): object {
  const calls = tools.map((tool) => ({
    type: "object",
    properties: { name: { const: tool.name }, [argumentsKey]: argumentsOf(tool) },
  }));
  return calls.length === 1 ? (calls[0] as object) : { oneOf: calls };
}

function argumentsOf({ strict, parameters }: Tool): object {
  return strict ? parameters : loosen(parameters);
}

/** Reads a call from the JSON a model wrote; undefined when it is none. */
export function parseToolCall(json: string, { argumentsKey }: ToolFormat): { name: string; arguments: string } | undefined {
  try {
    const call = JSON.parse(json) as Record<string, unknown> | null;
    const args = call?.[argumentsKey];
    if (typeof call?.["name"] !== "string" || typeof args !== "object" || args === null) return undefined;
    return { name: call["name"], arguments: JSON.stringify(args, (_, value: unknown) => inRange(value)) };
  } catch {
    return undefined;
  }
}

const KEPT_KEYWORDS = new Set([
  "type",
  "const",
  "enum",
  "oneOf",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "prefixItems",
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
]);

/**
 * A schema that a grammar can enforce and that allows at least what this one does: for tools that are not
 * strict, where the schema is guidance and keywords like `default` or `minimum` are common.
 */
function loosen(schema: unknown): object {
  if (typeof schema !== "object" || schema === null) return {};
  const source = schema as Record<string, unknown>;
  const alternatives = source["oneOf"] ?? source["anyOf"];
  if (Array.isArray(alternatives)) return { oneOf: alternatives.map(loosen) };
  const kept = Object.entries(source).filter(([key]) => KEPT_KEYWORDS.has(key));
  const out = Object.fromEntries(
    kept.map(([key, value]) => {
      if (key === "properties" && typeof value === "object" && value !== null)
        return [key, Object.fromEntries(Object.entries(value).map(([k, v]) => [k, loosen(v)]))];
      if (key === "items") return [key, loosen(value)];
      if (key === "prefixItems" && Array.isArray(value)) return [key, value.map(loosen)];
      return [key, key === "additionalProperties" && typeof value === "object" ? loosen(value) : value];
    }),
  );
  return out;
}

/** JSON has numbers of any size, which would become null: they end at the largest there are. */
function inRange(value: unknown): unknown {
  return value === Infinity || value === -Infinity ? Math.sign(value) * Number.MAX_VALUE : value;
}
