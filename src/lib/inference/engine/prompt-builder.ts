import type { LlamaModel } from "node-llama-cpp";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { ChatMessage, ChatRequest, CompletionRequest, ResponseFormat, TextRequest, Tool, ToolCall } from "../openai/completion.js";
import { atOnce, inSlices, type Steps } from "../../base/slices/slices.js";
import type { ChatPrompt } from "../chat/chat-prompt.js";
import type { ChatTemplate } from "../chat/chat-template.js";
import type { ChatTemplates } from "../chat/chat-templates.js";
import { Recent } from "./recent.js";
import type { ToolReading } from "./choice-output.js";
import { breakNames, textPieces, tokenNames, type TokenNames, type WordBoundaries } from "./text-pieces.js";
import { tooLong } from "./too-long.js";
import type { TokenBytes } from "./token-bytes.js";
import { detectToolFormat, checkToolSchemas, toCallSchema, type ToolFormat } from "./tool-format.js";

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

/** What a builder knows of the model besides its weights. */
export interface PromptBuilderOptions {
  vocabularySize: number;
  bytes: TokenBytes;
  templates: ChatTemplates;
  /** Variables of the chat template, where requests say nothing else. */
  templateVariables?: Readonly<Record<string, unknown>> | undefined;
  /** Requests may bring a template of their own. */
  trustsTemplates?: boolean | undefined;
}

/** How a prompt is built. */
export interface BuildOptions {
  /** Tokens it may have: what cannot be as short as that is refused before it is tokenized. */
  most?: number;
  signal?: AbortSignal | undefined;
}

/** Turns requests into the tokens a model continues: through its chat template, or as they are. */
export class PromptBuilder {
  readonly templates: ChatTemplates;
  private readonly model: LlamaModel;
  private readonly vocabularySize: number;
  private readonly templateVariables: Readonly<Record<string, unknown>>;
  private readonly trustsTemplates: boolean;
  private readonly kept = new Recent<readonly number[]>(KEPT_PROMPTS);
  private readonly keptOptions = new Recent<readonly (readonly number[])[]>(KEPT_PROMPTS);
  private readonly bytes: TokenBytes;
  private readonly controlNames: TokenNames | undefined;
  private readonly userDefinedNames: TokenNames | undefined;
  private readonly allNames: TokenNames | undefined;
  private readonly boundaries: WordBoundaries;
  private longestToken: number | undefined;

  constructor(
    model: LlamaModel,
    { vocabularySize, bytes, templates, templateVariables = {}, trustsTemplates = false }: PromptBuilderOptions,
  ) {
    this.model = model;
    this.vocabularySize = vocabularySize;
    this.bytes = bytes;
    const { control, userDefined } = bytes.specialNames(vocabularySize);
    this.controlNames = tokenNames(control);
    this.userDefinedNames = tokenNames(userDefined);
    this.allNames = tokenNames([...control, ...userDefined]);
    this.boundaries = { space: spaceRule(model), punctuation: bytes.isBytePair };
    this.templates = templates;
    this.templateVariables = templateVariables;
    this.trustsTemplates = trustsTemplates;
  }

  /**
   * Builds a prompt in slices. Throws INVALID_ARGUMENT or UNSUPPORTED_PARAMETER for what this model cannot be asked, and
   * CONTEXT_LENGTH_EXCEEDED where the prompt has more than `most` tokens however it is split.
   */
  build(request: CompletionRequest, { signal, ...options }: BuildOptions = {}): Promise<BuiltPrompt> {
    return inSlices(this.buildSteps(request, options), { signal });
  }

  /** The same without slices, for what was built before, and for commands that do nothing beside it. */
  buildAtOnce(request: CompletionRequest, options: Pick<BuildOptions, "most"> = {}): BuiltPrompt {
    return atOnce(this.buildSteps(request, options));
  }

  /** The tokens of a text; `special` also reads names of control tokens, and begins as the model's prompts do. */
  tokenize(text: string, options: { special: boolean; signal?: AbortSignal | undefined }): Promise<number[]> {
    return inSlices(this.tokenSteps(text, options), options);
  }

  /** The tokens of a fixed beginning of an answer with each of the texts it may continue with. */
  tokenizeOptions(prefill: string, options: readonly string[]): readonly (readonly number[])[] {
    const key = JSON.stringify([prefill, options]);
    const tokens = this.keptOptions.get(key) ?? options.map((option) => atOnce(this.tokenSteps(prefill + option, { special: false })));
    this.keptOptions.set(key, tokens);
    return tokens;
  }

  /** The tokens themselves. Throws INVALID_ARGUMENT, naming `param`, when one is not in the vocabulary. */
  checkTokens<Tokens extends readonly number[]>(tokens: Tokens, param = "prompt"): Tokens {
    const wrong = tokens.find((token) => token >= this.vocabularySize);
    if (wrong === undefined) return tokens;
    throw new LlmopsError("INVALID_ARGUMENT", `Token ${wrong} does not exist: the vocabulary has ${this.vocabularySize} tokens.`, {
      param,
    });
  }

  private *buildSteps(request: CompletionRequest, { most }: Pick<BuildOptions, "most">): Steps<BuiltPrompt> {
    if (most !== undefined) yield* this.refuseTooLong(request, most);
    return yield* "messages" in request ? this.buildChat(request) : this.buildText(request);
  }

  private *buildChat(request: ChatRequest): Steps<BuiltPrompt> {
    const { messages, tools = [], toolChoice = "auto", singleToolCall = false, responseFormat, continuesLast = false } = request;
    const template = this.templateFor(request);
    const prompt = { ...this.promptOf(request), messages: yield* this.withoutControl(messages) };
    if (continuesLast) {
      checkContinued(messages, tools);
      return { tokens: yield* this.tokenizeOnce(yield* template.render(prompt)), responseFormat, tools: undefined };
    }
    const format = toolsFormat(template, tools);
    if (!format || tools.length === 0 || toolChoice === "none") {
      return { tokens: yield* this.tokenizeOnce(yield* template.render(prompt)), responseFormat, tools: undefined };
    }
    if (responseFormat) throw unsupported("response_format", "response_format together with tools");
    const text = yield* template.render({ ...prompt, tools });
    if (toolChoice === "auto") {
      const reading = { format, forced: false, single: singleToolCall };
      return { tokens: yield* this.tokenizeOnce(text), responseFormat: undefined, tools: reading };
    }
    const chosen = chosenTools(tools, toolChoice);
    checkToolSchemas(tools, chosen);
    const schema = toCallSchema(chosen, format);
    const begun = format.open === "" ? text : `${text}${format.open}\n`;
    return {
      tokens: yield* this.tokenizeOnce(begun),
      responseFormat: { type: "json_schema", schema },
      tools: { format, forced: true, single: true },
    };
  }

  /** The model's template for what is asked, or the request's own. Throws UNSUPPORTED_PARAMETER where requests may not bring one. */
  private templateFor(request: ChatRequest): ChatTemplate {
    const { chatTemplate } = request;
    if (chatTemplate === undefined) return this.templates.for(request);
    if (this.trustsTemplates) return this.templates.compile(chatTemplate);
    throw new LlmopsError("UNSUPPORTED_PARAMETER", "This server takes no chat_template from requests.", {
      hint: "The operator allows it with --trust-request-chat-template, or names one with --chat-template.",
      param: "chat_template",
    });
  }

  /** What the chat template is given besides messages and tools. */
  private promptOf({
    documents,
    templateVariables,
    reasoningEffort,
    continuesLast,
    withoutAnswer,
  }: ChatRequest): Omit<ChatPrompt, "messages"> {
    return { documents, variables: { ...this.templateVariables, ...templateVariables }, reasoningEffort, continuesLast, withoutAnswer };
  }

  private *buildText({ prompt, suffix, responseFormat }: TextRequest): Steps<BuiltPrompt> {
    const tokens = typeof prompt === "string" ? yield* this.tokenSteps(prompt, { special: true }) : this.checkTokens(prompt);
    const filled = suffix === undefined ? tokens : yield* this.fillInTheMiddle(prompt, suffix);
    if (filled.length === 0) throw new LlmopsError("INVALID_ARGUMENT", "The prompt is empty.", { param: "prompt" });
    return { tokens: filled, responseFormat, tools: undefined };
  }

  private *fillInTheMiddle(prompt: string | number[], suffix: string): Steps<number[]> {
    const { prefix, middle, suffix: after } = this.model.tokens.infill;
    if (prefix === null || middle === null || after === null) throw unsupported("suffix", "suffix: it was not trained to fill gaps");
    const before = typeof prompt === "string" ? yield* this.tokenSteps(prompt, { special: false }) : this.checkTokens(prompt);
    const behind = yield* this.tokenSteps(suffix, { special: false });
    return this.withBeginning([prefix, ...before, after, ...behind, middle]);
  }

  /** Refuses what has too many tokens even if all were as long as the longest of the vocabulary. */
  private *refuseTooLong(request: CompletionRequest, most: number): Steps<void> {
    const bytes = textBytes(request);
    // most tokens are of a few bytes: a look at the vocabulary is for texts that may really be too long
    if (bytes <= most) return;
    this.longestToken ??= yield* this.bytes.longest(this.vocabularySize);
    const least = Math.ceil(bytes / this.longestToken);
    if (least > most) throw tooLong(`at least ${least}`, request, most);
  }

  /** What stands in a message is text: the name of a control token in it must not end the message or begin another one. */
  private *withoutControl(messages: readonly ChatMessage[]): Steps<readonly ChatMessage[]> {
    const names = this.controlNames;
    if (!names) return messages;
    const safe: ChatMessage[] = [];
    for (const message of messages) {
      const { content, thoughts, toolCalls } = message;
      safe.push({
        ...message,
        content: yield* asText(content, names),
        ...(thoughts !== undefined && { thoughts: yield* asText(thoughts, names) }),
        ...(toolCalls && { toolCalls: yield* callsAsText(toolCalls, names) }),
      });
    }
    return safe;
  }

  private *tokenizeOnce(text: string): Steps<readonly number[]> {
    const kept = this.kept.get(text);
    if (kept) return kept;
    const tokens: number[] = [];
    for (const part of text.split(BREAK)) yield* this.addTokens(tokens, part, { special: true });
    const begun = this.withBeginning(tokens);
    this.kept.set(text, begun);
    return begun;
  }

  private *tokenSteps(text: string, { special }: { special: boolean }): Steps<number[]> {
    const tokens: number[] = [];
    yield* this.addTokens(tokens, text, { special });
    return special ? this.withBeginning(tokens) : tokens;
  }

  private *addTokens(tokens: number[], text: string, { special }: { special: boolean }): Steps<void> {
    for (const piece of textPieces(text, special ? this.allNames : this.userDefinedNames, this.boundaries)) {
      for (const token of this.model.tokenize(piece, special)) tokens.push(token);
      yield;
    }
  }

  private withBeginning(tokens: number[]): number[] {
    const { bos, shouldPrependBosToken } = this.model.tokens;
    return shouldPrependBosToken && bos !== null && tokens[0] !== bos ? [bos, ...tokens] : tokens;
  }
}

/** A text whose names of control tokens are broken. */
function* asText(text: string, names: TokenNames): Steps<string> {
  return yield* breakNames(text.replaceAll(BREAK, ""), names, BREAK);
}

function* callsAsText(calls: readonly ToolCall[], names: TokenNames): Steps<ToolCall[]> {
  const safe: ToolCall[] = [];
  for (const call of calls) safe.push({ ...call, arguments: yield* asText(call.arguments, names) });
  return safe;
}

/** Throws INVALID_ARGUMENT where there is no message that an answer can continue. */
function checkContinued(messages: readonly ChatMessage[], tools: readonly Tool[]): void {
  const last = messages.at(-1);
  if (last?.role === "assistant" && !last.toolCalls && tools.length === 0) return;
  throw new LlmopsError("INVALID_ARGUMENT", "continue_final_message needs a last message by the assistant, and no tools.", {
    param: "continue_final_message",
  });
}

/** How the template's model calls tools. Throws UNSUPPORTED_PARAMETER where there are tools and it cannot. */
function toolsFormat(template: ChatTemplate, tools: readonly Tool[]): ToolFormat | undefined {
  const format = detectToolFormat(template.source);
  if (tools.length > 0 && !template.traits.tools) throw unsupported("tools", "tools: its chat template does not show them");
  if (tools.length > 0 && !format) throw unsupported("tools", "tools: the model's chat template has no (known) way to call them");
  return format;
}

/** How a text has to be cut before a space for the same tokens, found by trying. */
function spaceRule(model: LlamaModel): WordBoundaries["space"] {
  const tokens = (text: string) => model.tokenize(text, false).join();
  const whole = tokens("The sea is blue");
  const after = (piece: string) => `${tokens("The sea")},${tokens(piece)}`;
  if (after(" is blue") === whole) return "kept";
  return after("is blue") === whole ? "dropped" : undefined;
}

/** Bytes of what a prompt surely has in it: templates may leave out thoughts of the assistant, and space around texts. */
function textBytes(request: CompletionRequest): number {
  if (!("messages" in request)) return typeof request.prompt === "string" ? Buffer.byteLength(request.prompt) : request.prompt.length;
  const asked = request.messages.filter(({ role }) => role === "user");
  return asked.reduce((sum, { content }) => sum + Buffer.byteLength(content.trim()), 0);
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
