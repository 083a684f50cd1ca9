import type { LlamaModel } from "node-llama-cpp";
import { LlmopsError } from "../errors/llmops-error.js";
import type { ChatMessage, ChatRequest, CompletionRequest, ResponseFormat, TextRequest, Tool } from "../openai/completion.js";
import { Recent } from "./recent.js";
import { compileChatTemplate, type RenderChat } from "./chat-template.js";
import type { ToolReading } from "./choice-output.js";
import type { TokenBytes } from "./token-bytes.js";
import { detectToolFormat, toCallSchema, type ToolFormat } from "./tool-format.js";

/** Marks where the name of a control token inside a message was broken; U+FDD0 is reserved for a program's own use. */
const BREAK = "\uFDD0";
/** Prompts of the last requests, by their text: a study asks the same one again and again. */
const KEPT_PROMPTS = 64;

/** What the scheduler and the reader of the answer need to know about a prompt. */
export interface BuiltPrompt {
  tokens: readonly number[];
  responseFormat: ResponseFormat | undefined;
  /** Tool calls in the answer are to be read in this format. */
  tools: ToolReading | undefined;
}

/** Turns requests into the tokens a model continues: through its chat template, or as they are. */
export class PromptBuilder {
  private readonly model: LlamaModel;
  private readonly vocabularySize: number;
  private readonly render: RenderChat;
  private readonly toolFormat: ToolFormat | undefined;
  private readonly kept = new Recent<readonly number[]>(KEPT_PROMPTS);
  private readonly keptOptions = new Recent<readonly (readonly number[])[]>(KEPT_PROMPTS);
  private readonly controlNames: RegExp | undefined;

  constructor(model: LlamaModel, vocabularySize: number, bytes: TokenBytes) {
    this.model = model;
    this.vocabularySize = vocabularySize;
    this.controlNames = toPattern(bytes.controlNames(vocabularySize));
    const { tokens, fileInfo } = model;
    const source = fileInfo.metadata.tokenizer.chat_template;
    this.render = compileChatTemplate({ source, bosToken: tokens.bosString ?? "", eosToken: tokens.eosString ?? "" });
    this.toolFormat = detectToolFormat(source);
  }

  /** Throws INVALID_ARGUMENT or UNSUPPORTED_PARAMETER for what this model cannot be asked. */
  build(request: CompletionRequest): BuiltPrompt {
    return "messages" in request ? this.buildChat(request) : this.buildText(request);
  }

  /** The tokens of a text; `special` also reads names of control tokens, and begins as the model's prompts do. */
  tokenize(text: string, { special }: { special: boolean }): number[] {
    const tokens: number[] = this.model.tokenize(text, special);
    return special ? this.withBeginning(tokens) : tokens;
  }

  /** The tokens of a fixed beginning of an answer with each of the texts it may go on with. */
  tokenizeOptions(prefill: string, options: readonly string[]): readonly (readonly number[])[] {
    const key = JSON.stringify([prefill, options]);
    const tokens = this.keptOptions.get(key) ?? options.map((option) => this.tokenize(prefill + option, { special: false }));
    this.keptOptions.set(key, tokens);
    return tokens;
  }

  /** The tokens themselves. Throws INVALID_ARGUMENT, naming `param`, when one is not in the vocabulary. */
  checkTokens<Tokens extends readonly number[]>(tokens: Tokens, param = "prompt"): Tokens {
    const wrong = tokens.find((token) => token >= this.vocabularySize);
    if (wrong === undefined) return tokens;
    throw new LlmopsError("INVALID_ARGUMENT", `There is no token ${wrong}: the vocabulary has ${this.vocabularySize}.`, { param });
  }

  private buildChat(request: ChatRequest): BuiltPrompt {
    const { messages, tools = [], toolChoice = "auto", singleToolCall = false, responseFormat, continuesLast = false } = request;
    const format = this.toolsFormat(tools, messages);
    const safe = messages.map((message) => this.withoutControl(message));
    if (continuesLast) return { tokens: this.tokenizeOnce(this.renderBegun(safe, tools)), responseFormat, tools: undefined };
    if (!format || tools.length === 0 || toolChoice === "none") {
      return { tokens: this.tokenizeOnce(this.render(safe)), responseFormat, tools: undefined };
    }
    if (responseFormat) throw unsupported("response_format", "response_format together with tools");
    const text = this.render(safe, tools);
    if (toolChoice === "auto") {
      return { tokens: this.tokenizeOnce(text), responseFormat: undefined, tools: { format, forced: false, single: singleToolCall } };
    }
    const schema = toCallSchema(chosenTools(tools, toolChoice), format);
    const begun = format.open === "" ? text : `${text}${format.open}\n`;
    return {
      tokens: this.tokenizeOnce(begun),
      responseFormat: { type: "json_schema", schema },
      tools: { format, forced: true, single: true },
    };
  }

  /** The prompt up to the end of the last message, which the answer goes on with. */
  private renderBegun(messages: readonly ChatMessage[], tools: readonly Tool[]): string {
    const last = messages.at(-1);
    if (last?.role === "assistant" && !last.toolCalls && tools.length === 0) return this.render(messages.slice(0, -1)) + last.content;
    throw new LlmopsError("INVALID_ARGUMENT", "continue_final_message needs a last message by the assistant, and no tools.", {
      param: "continue_final_message",
    });
  }

  private toolsFormat(tools: readonly Tool[], messages: ChatRequest["messages"]): ToolFormat | undefined {
    const used = tools.length > 0 ? "tools" : messages.some((m) => m.role === "tool" || m.toolCalls) ? "messages" : undefined;
    if (used && !this.toolFormat) throw unsupported(used, "tools: the model's chat template has no (known) way to call them");
    return this.toolFormat;
  }

  private buildText({ prompt, suffix, responseFormat }: TextRequest): BuiltPrompt {
    const tokens = typeof prompt === "string" ? this.tokenize(prompt, { special: true }) : this.checkTokens(prompt);
    const filled = suffix === undefined ? tokens : this.fillInTheMiddle(prompt, suffix);
    if (filled.length === 0) throw new LlmopsError("INVALID_ARGUMENT", "The prompt is empty.", { param: "prompt" });
    return { tokens: filled, responseFormat, tools: undefined };
  }

  private fillInTheMiddle(prompt: string | number[], suffix: string): number[] {
    const { prefix, middle, suffix: after } = this.model.tokens.infill;
    if (prefix === null || middle === null || after === null) throw unsupported("suffix", "suffix: it was not trained to fill gaps");
    const before = typeof prompt === "string" ? this.tokenize(prompt, { special: false }) : this.checkTokens(prompt);
    return this.withBeginning([prefix, ...before, after, ...this.tokenize(suffix, { special: false }), middle]);
  }

  /** What stands in a message is text: the name of a control token in it must not end the message or begin another one. */
  private withoutControl(message: ChatMessage): ChatMessage {
    if (!this.controlNames) return message;
    const content = message.content.replaceAll(BREAK, "").replace(this.controlNames, (name) => name.slice(0, 1) + BREAK + name.slice(1));
    return content === message.content ? message : { ...message, content };
  }

  private tokenizeOnce(text: string): readonly number[] {
    const [first = "", ...others] = text.split(BREAK);
    const tokenize = () => [
      ...this.tokenize(first, { special: true }),
      ...others.flatMap((part) => this.model.tokenize(part, true) as number[]),
    ];
    const tokens = this.kept.get(text) ?? tokenize();
    this.kept.set(text, tokens);
    return tokens;
  }

  private withBeginning(tokens: number[]): number[] {
    const { bos, shouldPrependBosToken } = this.model.tokens;
    return shouldPrependBosToken && bos !== null && tokens[0] !== bos ? [bos, ...tokens] : tokens;
  }
}

function toPattern(names: readonly string[]): RegExp | undefined {
  if (names.length === 0) return undefined;
  const longestFirst = [...names].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "g");
}

function chosenTools(tools: readonly Tool[], choice: "required" | { name: string }): readonly Tool[] {
  if (choice === "required") return tools;
  const chosen = tools.filter((tool) => tool.name === choice.name);
  if (chosen.length > 0) return chosen;
  throw new LlmopsError("INVALID_ARGUMENT", `tool_choice names "${choice.name}", which is not among the tools.`, { param: "tool_choice" });
}

function unsupported(param: string, what: string): LlmopsError {
  return new LlmopsError("UNSUPPORTED_PARAMETER", `This model does not support ${what}.`, { param });
}
