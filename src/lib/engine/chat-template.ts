import { Template } from "@huggingface/jinja";
import { LlmopsError, messageOf } from "../errors/llmops-error.js";
import type { ChatMessage } from "../openai/completion.js";

/** Used for models without a template of their own, as llama-server does. */
const CHATML = `{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`;

export interface ChatTemplateOptions {
  /** The Jinja template of the model file; ChatML when undefined. */
  source: string | undefined;
  bosToken: string;
  eosToken: string;
}

/** Compiles a model's chat template once; the function returned renders messages up to the assistant's turn. */
export function compileChatTemplate({ source, bosToken, eosToken }: ChatTemplateOptions): (messages: ChatMessage[]) => string {
  const template = compile(source ?? CHATML);
  return (messages) => {
    const shown = messages.map((m) => ({ role: m.role === "developer" ? "system" : m.role, content: m.content }));
    try {
      return template.render({ messages: shown, add_generation_prompt: true, bos_token: bosToken, eos_token: eosToken });
    } catch (cause) {
      throw new LlmopsError("INVALID_ARGUMENT", `The model's chat template refuses these messages: ${messageOf(cause)}`, {
        hint: "Many templates want user and assistant to take turns, and at most one system message, first.",
        param: "messages",
        cause,
      });
    }
  };
}

function compile(source: string): Template {
  try {
    return new Template(source);
  } catch (cause) {
    throw new LlmopsError("MODEL_INVALID", `The model's chat template is not valid Jinja: ${messageOf(cause)}`, {
      hint: "Use a model file with a working chat template.",
      cause,
    });
  }
}
