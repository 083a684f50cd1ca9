import { Template } from "@huggingface/jinja";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import type { ChatMessage, Tool } from "../openai/completion.js";
import { foldSystem, isSystem } from "../openai/fold-system.js";

/** Used for models without a template of their own, as llama-server does. */
const CHATML = `{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}`;

export interface ChatTemplateOptions {
  /** The Jinja template of the model file; ChatML when undefined. */
  source: string | undefined;
  bosToken: string;
  eosToken: string;
}

/** Renders messages, and the tools offered, up to the assistant's turn. */
export type RenderChat = (messages: readonly ChatMessage[], tools?: readonly Tool[]) => string;

/**
 * Compiles a model's chat template once. One that refuses system messages, or leaves them out, gets them at the beginning of the
 * user's turn. Throws MODEL_INVALID for a broken one; rendering throws INVALID_ARGUMENT with the template's complaint.
 */
export function compileChatTemplate({ source, bosToken, eosToken }: ChatTemplateOptions): RenderChat {
  const template = compile(source ?? CHATML);
  const render = (messages: readonly ChatMessage[], tools: readonly Tool[] = []) =>
    template.render({
      messages: messages.map(toTemplateMessage),
      ...(tools.length > 0 && { tools: tools.map(toTemplateTool) }),
      add_generation_prompt: true,
      bos_token: bosToken,
      eos_token: eosToken,
    });
  let folds: boolean | undefined;
  return (messages, tools = []) => {
    try {
      if (!messages.some(isSystem)) return render(messages, tools);
      folds ??= !showsSystem(render);
      return render(folds ? foldSystem(messages) : messages, tools);
    } catch (cause) {
      throw new LlmopsError("INVALID_ARGUMENT", `The model's chat template refuses these messages: ${messageOf(cause)}`, {
        hint: "Many templates want user and assistant to take turns, and at most one system message, first.",
        param: "messages",
        cause,
      });
    }
  };
}

/** Whether what a system message says reaches the model; true where the template renders no plain conversation either. */
function showsSystem(render: RenderChat): boolean {
  const [system, user] = ["llmops-probe-of-the-system", "llmops-probe-of-the-user"];
  const said = (messages: ChatMessage[]) => {
    try {
      return render(messages);
    } catch {
      return "";
    }
  };
  const asked: ChatMessage = { role: "user", content: user };
  return said([{ role: "system", content: system }, asked]).includes(system) || !said([asked]).includes(user);
}

/** A message as Hugging Face's templates expect it. */
function toTemplateMessage({ role, content, toolCalls, toolCallId }: ChatMessage): Record<string, unknown> {
  const message: Record<string, unknown> = { role: role === "developer" ? "system" : role, content };
  if (toolCallId !== undefined) message["tool_call_id"] = toolCallId;
  if (toolCalls) {
    message["tool_calls"] = toolCalls.map((call) => ({
      id: call.id,
      type: "function",
      function: { name: call.name, arguments: parseArguments(call.arguments) },
    }));
  }
  return message;
}

function toTemplateTool({ name, description, parameters }: Tool): Record<string, unknown> {
  return { type: "function", function: { name, ...(description === undefined ? {} : { description }), parameters } };
}

/** Templates print arguments as JSON themselves. */
function parseArguments(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
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
