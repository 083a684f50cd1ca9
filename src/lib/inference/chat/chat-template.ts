import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import type { Steps } from "../../base/slices/slices.js";
import type { ChatMessage } from "../openai/completion.js";
import { foldSystem, isSystem } from "../openai/fold-system.js";
import type { ChatPrompt } from "./chat-prompt.js";
import { familyVariables } from "./family-variables.js";
import { foldCalls, foldTools } from "./fold-tools.js";
import { PROBE_LIMITS, type Limits } from "./jinja/budget.js";
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

/** What a template is rendered with. */
interface Prepared {
  source: string;
  jinja: JinjaTemplate;
  fixed: Readonly<Record<string, unknown>>;
  clock: Clock;
}

/** A model's chat template, with what it does with the parts of a conversation. */
export class ChatTemplate {
  readonly source: string;
  readonly traits: TemplateTraits;
  private readonly prepared: Prepared;
  private readonly heeded = new Map<string, boolean>();

  private constructor(prepared: Prepared, traits: TemplateTraits) {
    this.source = prepared.source;
    this.prepared = prepared;
    this.traits = traits;
  }

  /** A template that is ready to be rendered, in steps. Throws MODEL_INVALID for a source that is not valid Jinja. */
  static *create({ source, bosToken, eosToken, clock = () => new Date() }: ChatTemplateOptions): Steps<ChatTemplate> {
    const prepared = { source, jinja: compile(source), fixed: { bos_token: bosToken, eos_token: eosToken }, clock };
    const render = (messages: readonly object[], tools?: readonly object[]) =>
      raw(prepared, { messages, tools, add_generation_prompt: true }, PROBE_LIMITS);
    return new ChatTemplate(prepared, yield* findTraits(render));
  }

  /** Whether any of some values of a variable changes what a question becomes. */
  *heeds(variable: string, ...values: readonly unknown[]): Steps<boolean> {
    if (!this.prepared.jinja.variables.has(variable)) return false;
    const known = this.heeded.get(variable);
    if (known !== undefined) return known;
    const asked = { messages: toTemplateMessages([{ role: "user", content: "Hello" }], this.traits), add_generation_prompt: true };
    const outcomes = new Set<string | undefined>();
    for (const value of [undefined, ...values]) {
      outcomes.add(yield* outcomeOf(raw(this.prepared, { ...asked, [variable]: value }, PROBE_LIMITS)));
    }
    const isHeeded = outcomes.size > 1;
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
      ...(reasoningEffort !== undefined && (yield* thinkingVariables(reasoningEffort, (name, ...values) => this.heeds(name, ...values)))),
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
      return yield* raw(this.prepared, { ...variables, messages: toTemplateMessages(messages, this.traits) });
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const late = this.withoutLateSystem(messages);
      if (late) return yield* this.renderMessages(late, variables, prompt);
      throw templateRefusal(error, prompt);
    }
  }

  /** The conversation in roles that the template shows. */
  private shown(messages: readonly ChatMessage[]): readonly ChatMessage[] {
    const { calls, results, system, tools } = this.traits;
    const usesTools = messages.some(({ role, toolCalls }) => role === "tool" || toolCalls);
    const showsBoth = calls !== undefined && results;
    // a template that prints the name of any role has none for results: one that shows tools has
    const fold = results && tools ? foldCalls : foldTools;
    const told = usesTools && !showsBoth ? fold(messages) : messages;
    return !system && told.some(isSystem) ? foldSystem(told) : told;
  }

  /** The conversation with system messages at its beginning only, for templates that take no others; undefined where it has no others. */
  private withoutLateSystem(messages: readonly ChatMessage[]): readonly ChatMessage[] | undefined {
    const rest = messages.slice(1);
    return rest.some(isSystem) ? [...messages.slice(0, 1), ...foldSystem(rest)] : undefined;
  }
}

function raw({ jinja, fixed, clock }: Prepared, variables: Record<string, unknown>, limits?: Limits): Steps<string> {
  const family = familyVariables((name) => jinja.variables.has(name), variables["tools"], clock());
  return jinja.render({ tools: null, documents: null, ...family, ...fixed, ...variables }, clock, limits);
}

/** The text, or undefined where rendering fails. */
function* outcomeOf(rendering: Steps<string>): Steps<string | undefined> {
  try {
    return yield* rendering;
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
