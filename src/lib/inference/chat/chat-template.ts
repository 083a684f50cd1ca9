import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { atOnce, type Steps } from "../../base/slices/slices.js";
import type { ChatMessage } from "../openai/completion.js";
import { foldSystem, isSystem } from "../openai/fold-system.js";
import type { ChatPrompt } from "./chat-prompt.js";
import { foldTools } from "./fold-tools.js";
import { JinjaTemplate, type Clock } from "./jinja/template.js";
import { TemplateError } from "./jinja/values.js";
import { templateRefusal } from "./template-refusal.js";
import { toTemplateMessages, toTemplateTool } from "./template-messages.js";
import { thinkingVariables } from "./thinking-variables.js";
import { findTraits, type TemplateTraits } from "./traits.js";

/** Where an answer that continues a message begins; private to this program, and with a space that shows whether a template trims. */
const CONTINUED = "\uFDD1 ";

export interface ChatTemplateOptions {
  source: string;
  bosToken: string;
  eosToken: string;
  /** What templates print as today. */
  clock?: Clock;
}

/** A model's chat template, with what it does with the parts of a conversation. */
export class ChatTemplate {
  readonly source: string;
  readonly traits: TemplateTraits;
  private readonly jinja: JinjaTemplate;
  private readonly fixed: Readonly<Record<string, unknown>>;
  private readonly clock: Clock;
  private readonly heeded = new Map<string, boolean>();

  /** Throws MODEL_INVALID for a source that is not valid Jinja. */
  constructor({ source, bosToken, eosToken, clock = () => new Date() }: ChatTemplateOptions) {
    this.source = source;
    this.jinja = compile(source);
    this.fixed = { bos_token: bosToken, eos_token: eosToken };
    this.clock = clock;
    this.traits = findTraits((messages, tools) => this.raw({ messages, tools, add_generation_prompt: true }));
  }

  /** Whether any of some values of a variable changes what a question becomes. */
  heeds(variable: string, ...values: readonly unknown[]): boolean {
    const known = this.heeded.get(variable);
    if (known !== undefined) return known;
    const asked = { messages: toTemplateMessages([{ role: "user", content: "Hello" }], this.traits), add_generation_prompt: true };
    const outcomes = [undefined, ...values].map((value) => outcomeOf(this.raw({ ...asked, [variable]: value })));
    const isHeeded = this.jinja.variables.has(variable) && new Set(outcomes).size > 1;
    this.heeded.set(variable, isHeeded);
    return isHeeded;
  }

  /**
   * The prompt, in steps. What the template does not show stands elsewhere: system messages at the beginning of the user's turn, tool calls
   * in the assistant's text. Throws INVALID_ARGUMENT with the template's complaint, or UNSUPPORTED_PARAMETER.
   */
  *render(prompt: ChatPrompt): Steps<string> {
    const { tools = [], documents, reasoningEffort, continuesLast = false, withoutAnswer = continuesLast } = prompt;
    const messages = this.shown(continuesLast ? withMark(prompt.messages) : prompt.messages);
    const variables = {
      ...(reasoningEffort !== undefined && thinkingVariables(reasoningEffort, (name, ...values) => this.heeds(name, ...values))),
      ...prompt.variables,
      tools: tools.length > 0 ? tools.map(toTemplateTool) : null,
      documents: documents ?? prompt.variables?.["documents"] ?? null,
      add_generation_prompt: !withoutAnswer,
    };
    const text = yield* this.renderMessages(messages, variables, prompt);
    return continuesLast ? upToMark(text) : text;
  }

  private *renderMessages(messages: readonly ChatMessage[], variables: Record<string, unknown>, prompt: ChatPrompt): Steps<string> {
    try {
      return yield* this.raw({ ...variables, messages: toTemplateMessages(messages, this.traits) });
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const late = this.withoutLateSystem(messages);
      if (late) return yield* this.renderMessages(late, variables, prompt);
      throw templateRefusal(error, prompt);
    }
  }

  private raw(variables: Record<string, unknown>): Steps<string> {
    return this.jinja.render({ tools: null, documents: null, ...this.fixed, ...variables }, this.clock);
  }

  /** The conversation in roles that the template shows. */
  private shown(messages: readonly ChatMessage[]): readonly ChatMessage[] {
    const { calls, results, system } = this.traits;
    const usesTools = messages.some(({ role, toolCalls }) => role === "tool" || toolCalls);
    const told = usesTools && (calls === undefined || !results) ? foldTools(messages) : messages;
    return !system && told.some(isSystem) ? foldSystem(told) : told;
  }

  /** The conversation with system messages at its beginning only, for templates that take no others; undefined where it has no others. */
  private withoutLateSystem(messages: readonly ChatMessage[]): readonly ChatMessage[] | undefined {
    const rest = messages.slice(1);
    return rest.some(isSystem) ? [...messages.slice(0, 1), ...foldSystem(rest)] : undefined;
  }
}

/** The text, or undefined where rendering fails. */
function outcomeOf(rendering: Steps<string>): string | undefined {
  try {
    return atOnce(rendering);
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}

/** The messages with a mark at the end of the last one. */
function withMark(messages: readonly ChatMessage[]): ChatMessage[] {
  const last = messages.at(-1);
  return last ? [...messages.slice(0, -1), { ...last, content: last.content + CONTINUED }] : [];
}

/** A text up to the mark; without space at its end where the template has trimmed the message, as the reference renderer does it. */
function upToMark(text: string): string {
  const at = text.lastIndexOf(CONTINUED.trim());
  if (at === -1) {
    throw new LlmopsError("INVALID_ARGUMENT", "The model's chat template leaves out the message that is to be continued.", {
      param: "continue_final_message",
    });
  }
  return text.startsWith(CONTINUED, at) ? text.slice(0, at) : text.slice(0, at).trimEnd();
}

function compile(source: string): JinjaTemplate {
  try {
    return new JinjaTemplate(source);
  } catch (cause) {
    throw new LlmopsError("MODEL_INVALID", `The model's chat template is not valid Jinja: ${messageOf(cause)}`, {
      hint: "Use a model file with a working chat template, or give one with --chat-template.",
      cause,
    });
  }
}
