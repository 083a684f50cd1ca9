import { z } from "zod";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { ChatRequest } from "./completion.js";

/** OpenAI's names for how much to think, and those of others. */
const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
/** Variables of templates that requests have fields for. */
const OWN_VARIABLES = ["messages", "tools", "add_generation_prompt", "continue_final_message"];

/** What a chat request says of the chat template: vLLM's names, and OpenAI's where it has one. */
export const templateFields = {
  add_generation_prompt: z.boolean().nullish().describe("false: do not end the prompt with the beginning of an answer."),
  chat_template_kwargs: z
    .record(z.string(), z.unknown())
    .nullish()
    .describe("Variables of the chat template, such as enable_thinking; those it does not read have no effect."),
  chat_template: z
    .string()
    .nullish()
    .describe(
      "Jinja to use instead of the model's chat template, or the name of another one (tool_use, chatml), if the operator allows it.",
    ),
  documents: z
    .array(z.record(z.string(), z.unknown()))
    .nullish()
    .describe("Texts with title and text to answer from, for chat templates that support them."),
  reasoning_effort: z.enum(EFFORTS).nullish().describe("How much to think, passed in the variable the chat template has for it."),
};

type TemplateFields = z.output<z.ZodObject<typeof templateFields>> & { continue_final_message?: boolean | null | undefined };

/** What of a body is for the chat template. Throws INVALID_ARGUMENT for fields that exclude each other, and variables that have a field. */
export function toTemplateRequest(
  body: TemplateFields,
): Pick<ChatRequest, "withoutAnswer" | "templateVariables" | "chatTemplate" | "documents" | "reasoningEffort"> {
  if (body.continue_final_message === true && body.add_generation_prompt === true) {
    throw new LlmopsError("INVALID_ARGUMENT", "continue_final_message and add_generation_prompt exclude each other.", {
      param: "add_generation_prompt",
    });
  }
  const variables = body.chat_template_kwargs ?? undefined;
  const own = Object.keys(variables ?? {}).find((name) => OWN_VARIABLES.includes(name));
  if (own !== undefined) {
    throw new LlmopsError("INVALID_ARGUMENT", `chat_template_kwargs.${own}: requests have a field of their own for it.`, {
      hint: `Say ${own} beside chat_template_kwargs.`,
      param: `chat_template_kwargs.${own}`,
    });
  }
  return {
    ...(body.add_generation_prompt === false && body.continue_final_message !== true && { withoutAnswer: true }),
    ...(variables && { templateVariables: variables }),
    ...(typeof body.chat_template === "string" && { chatTemplate: body.chat_template }),
    ...(body.documents && { documents: body.documents }),
    ...(body.reasoning_effort && { reasoningEffort: body.reasoning_effort }),
  };
}
