import { compileJsonSchema } from "../grammar/json-schema.js";
import type { Tool } from "../openai/completion.js";

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
 * Throws INVALID_ARGUMENT or UNSUPPORTED_PARAMETER naming the first of a request's tools whose arguments no grammar can hold an answer to;
 * those that are not to be called are not looked at.
 */
export function checkToolSchemas(tools: readonly Tool[], chosen: readonly Tool[]): void {
  for (const [i, tool] of tools.entries()) {
    if (chosen.includes(tool)) compileJsonSchema(tool.parameters, { strict: tool.strict, param: `tools[${i}].function.parameters` });
  }
}

/** The schema of one call of any of these tools, in the format's own shape. */
export function toCallSchema(tools: readonly Tool[], { argumentsKey }: ToolFormat): object {
  const calls = tools.map(({ name, parameters }, index) => ({
    type: "object",
    // references within a tool's schema are to that schema
    properties: { name: { const: name }, [argumentsKey]: { type: "object", allOf: [{ $id: `tool-${index}`, ...parameters }] } },
    required: ["name", argumentsKey],
    additionalProperties: false,
  }));
  return calls.length === 1 ? (calls[0] as object) : { anyOf: calls };
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

/** JSON has numbers of any size, which would become null: they end at the largest there are. */
function inRange(value: unknown): unknown {
  return value === Infinity || value === -Infinity ? Math.sign(value) * Number.MAX_VALUE : value;
}
