import { LlmopsError } from "../../../base/errors/llmops-error.js";
import type { JsonObject } from "../../../inference/openai/json-object.js";
import type { CountTokensBody, ToolParam } from "./messages-body.js";

/** The tools of a request as chats have them, and which of them may be called. Throws UNSUPPORTED_PARAMETER for those of Anthropic's own. */
export function toChatTools({ tools, tool_choice: choice }: Pick<CountTokensBody, "tools" | "tool_choice">): JsonObject {
  return {
    ...(tools && tools.length > 0 && { tools: tools.map(toFunction) }),
    ...(choice && { tool_choice: toChoice(choice) }),
    ...(choice && choice.type !== "none" && choice.disable_parallel_tool_use === true && { parallel_tool_calls: false }),
  };
}

function toFunction(tool: ToolParam, index: number): JsonObject {
  const { name, description, input_schema: schema, strict, input_examples: examples } = tool;
  refuseForeign(tool, index);
  const parameters = { ...schema, ...(examples && examples.length > 0 && { examples }) };
  return {
    type: "function",
    function: { name, ...(description && { description }), parameters, ...(typeof strict === "boolean" && { strict }) },
  };
}

function refuseForeign({ name, type, input_schema: schema, defer_loading: isDeferred }: ToolParam, index: number): void {
  if (typeof type === "string" && type !== "custom") {
    throw new LlmopsError("UNSUPPORTED_PARAMETER", `This server does not have the tool ${type} ("${name}").`, {
      hint: "Only tools of your own can be called: declare it with name, description and input_schema, and run it yourself.",
      param: `tools.${index}.type`,
    });
  }
  if (!schema)
    throw new LlmopsError("INVALID_ARGUMENT", `tools.${index}.input_schema: a JSON schema is expected.`, { param: `tools.${index}` });
  if (isDeferred !== true) return;
  throw new LlmopsError("UNSUPPORTED_PARAMETER", `This server does not support defer_loading of tools (tools.${index}, "${name}").`, {
    hint: "Send the tools that the model may call, without defer_loading.",
    param: `tools.${index}.defer_loading`,
  });
}

const CHOICES = { auto: "auto", any: "required", none: "none" } as const;

function toChoice(choice: NonNullable<CountTokensBody["tool_choice"]>): string | JsonObject {
  return choice.type === "tool" ? { type: "function", function: { name: choice.name } } : CHOICES[choice.type];
}
