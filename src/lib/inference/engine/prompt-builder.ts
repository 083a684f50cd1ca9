import type { LlamaModel } from "node-llama-cpp";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { ChatMessage, ChatRequest, CompletionRequest, ResponseFormat, TextRequest, Tool } from "../openai/completion.js";
import { leastBytes, promptRuns, type Prompt } from "../openai/prompts.js";
import { atOnce, inSlices, type Steps } from "../../base/slices/slices.js";
import type { ChatPrompt } from "../chat/chat-prompt.js";
import type { ChatTemplates } from "../chat/chat-templates.js";
import { listTools } from "../chat/formats/list-tools.js";
import { planAnswer, type AnswerPlan, type ReasoningOptions } from "./answer-plan.js";
import { ModelFormats } from "./model-formats.js";
import { Recent } from "./recent.js";
import { TemplateChoice } from "./template-choice.js";
import { breakNames, textPieces, tokenNames, type TokenNames, type WordBoundaries } from "./text-pieces.js";
import { emptyPrompt, tooLong } from "./prompt-refusals.js";
import type { TokenBytes } from "./token-bytes.js";

/** Marks where the name of a control token inside a message was broken; U+FDD0 is reserved for a program's own use. */
const BREAK = "\uFDD0";
/** Prompts of the last requests, by their text: a study asks the same one again and again. */
const KEPT_PROMPTS = 64;

/** There may be a template for requests with tools. */
const PROBE: Tool = { name: "probe", parameters: {}, strict: false };

/** What the scheduler and the reader of the answer need to know about a prompt. */
export interface BuiltPrompt {
  tokens: readonly number[];
  responseFormat: ResponseFormat | undefined;
  /** How the answer to a chat is read, and what its parts are held to. */
  answer: AnswerPlan | undefined;
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
  /** What is done with thoughts, where requests say nothing else. */
  reasoning?: ReasoningOptions | undefined;
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
  private readonly choice: TemplateChoice;
  private readonly reasoning: ReasoningOptions;
  private readonly formats: ModelFormats;
  private readonly kept = new Recent<readonly number[]>(KEPT_PROMPTS);
  private readonly keptOptions = new Recent<readonly (readonly number[])[]>(KEPT_PROMPTS);
  private readonly bytes: TokenBytes;
  private readonly controlNames: TokenNames | undefined;
  private readonly userDefinedNames: TokenNames | undefined;
  private readonly allNames: TokenNames | undefined;
  private readonly boundaries: WordBoundaries;
  private longestToken: number | undefined;

  constructor(model: LlamaModel, options: PromptBuilderOptions) {
    const { vocabularySize, bytes, templates, templateVariables = {}, trustsTemplates = false, reasoning = {} } = options;
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
    this.choice = new TemplateChoice(templates, { trusts: trustsTemplates });
    this.reasoning = reasoning;
    this.formats = new ModelFormats(bytes, vocabularySize);
  }

  /** The name of the format that tools are called in. */
  get toolFormat(): string {
    return this.formats.for(this.templates.for({ tools: [PROBE] }).source).format.name;
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

  /** The tokens of a prompt; `special` also reads names of control tokens, and begins as the model's prompts do where a text begins it. */
  tokenize(text: Prompt, options: { special: boolean; begins?: boolean; signal?: AbortSignal | undefined }): Promise<readonly number[]> {
    return inSlices(this.promptSteps(text, options), options);
  }

  /** The tokens of a short text with names of control tokens in it. */
  tokenizeMarks(text: string): readonly number[] {
    return this.model.tokenize(text, true);
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
    // of a prompt that is cut any length will do
    const longest = request.promptTail === undefined ? most : undefined;
    if (longest !== undefined) yield* this.refuseTooLong(textBytes(request), request, longest);
    const built = yield* "messages" in request ? this.buildChat(request, longest) : this.buildText(request);
    return { ...built, tokens: lastTokens(built.tokens, request, most) };
  }

  private *buildChat(request: ChatRequest, most: number | undefined): Steps<BuiltPrompt> {
    const tools = request.toolChoice === "none" ? [] : (request.tools ?? []);
    const template = yield* this.choice.for({ ...request, tools });
    const known = this.formats.for(template.source);
    const isListed = known.format.isGeneric || !template.traits.tools;
    const messages = isListed ? listTools(request.messages, tools, known.format) : request.messages;
    if (request.continuesLast === true) checkContinued(messages, request.tools ?? []);
    const text = yield* template.render({
      ...(yield* this.promptOf(request)),
      messages: yield* this.withoutControl(messages),
      tools: isListed ? [] : yield* this.withoutControl(tools),
    });
    // a template may repeat what it is given
    if (most !== undefined) yield* this.refuseTooLong(text.replaceAll(BREAK, "").length, request, most);
    if (text === "") throw emptyPrompt(request);
    const answer = planAnswer(request, text, { ...known, reasoning: this.reasoning });
    return { tokens: yield* this.tokenizeOnce(text + answer.prefill), responseFormat: answer.response, answer };
  }

  /** What the chat template is given besides messages and tools. */
  private *promptOf(request: ChatRequest): Steps<Omit<ChatPrompt, "messages">> {
    const { documents, templateVariables, reasoningEffort, continuesLast, withoutAnswer } = request;
    const variables = { ...this.templateVariables, ...(yield* this.withoutControl(templateVariables)) };
    return { documents: yield* this.withoutControl(documents), variables, reasoningEffort, continuesLast, withoutAnswer };
  }

  private *buildText({ prompt, suffix, responseFormat, withoutBeginning: begins }: TextRequest): Steps<BuiltPrompt> {
    const tokens = this.checkTokens(yield* this.promptSteps(prompt, { special: true, begins: begins !== true }));
    const filled = suffix === undefined ? tokens : yield* this.fillInTheMiddle(prompt, suffix);
    return { tokens: filled.length === 0 ? this.nothing() : filled, responseFormat, answer: undefined };
  }

  /** What stands before any text: the token texts begin with, or the one between two of them. */
  private nothing(): number[] {
    const { bos, eot, eos } = this.model.tokens;
    const token = bos ?? eot ?? eos;
    if (token === null) throw new LlmopsError("INVALID_ARGUMENT", "The prompt is empty.", { param: "prompt" });
    return [token];
  }

  private *fillInTheMiddle(prompt: Prompt, suffix: string): Steps<number[]> {
    const { prefix, middle, suffix: after } = this.model.tokens.infill;
    if (prefix === null || middle === null || after === null) throw unsupported("suffix", "suffix: it was not trained to fill gaps");
    const before = yield* this.promptSteps(prompt, { special: false });
    const behind = yield* this.tokenSteps(suffix, { special: false });
    return this.withBeginning([prefix, ...before, after, ...behind, middle]);
  }

  /** Refuses what has too many tokens even if all were as long as the longest of the vocabulary. */
  private *refuseTooLong(bytes: number, request: CompletionRequest, most: number): Steps<void> {
    // most tokens are of a few bytes: a look at the vocabulary is for texts that may really be too long
    if (bytes <= most) return;
    this.longestToken ??= yield* this.bytes.longest(this.vocabularySize);
    const least = Math.ceil(bytes / this.longestToken);
    if (least > most) throw tooLong(`at least ${least}`, request, most);
  }

  /** What a request says is text: the name of a control token in it must not end a message or begin another one. */
  private *withoutControl<Said>(said: Said): Steps<Said> {
    return this.controlNames ? ((yield* textsAsText(said, this.controlNames)) as Said) : said;
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

  private *tokenSteps(text: string, { special, begins = special }: { special: boolean; begins?: boolean }): Steps<number[]> {
    const tokens: number[] = [];
    yield* this.addTokens(tokens, text, { special });
    return begins ? this.withBeginning(tokens) : tokens;
  }

  /** The tokens of a prompt; token ids stay as they are, and a prompt that begins with one begins with no other. */
  private *promptSteps(prompt: Prompt, { special, begins = special }: { special: boolean; begins?: boolean }): Steps<readonly number[]> {
    const tokens: number[] = [];
    for (const [place, run] of promptRuns(prompt).entries()) {
      const more = typeof run === "string" ? yield* this.tokenSteps(run, { special, begins: begins && place === 0 }) : run;
      for (const token of more) tokens.push(token);
    }
    return tokens;
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

/** The end of a prompt that a request wants to be read; with -1 as much as leaves room for the answer. */
function lastTokens(tokens: readonly number[], { promptTail, maxTokens = 1 }: CompletionRequest, most = Infinity): readonly number[] {
  if (promptTail === undefined) return tokens;
  const count = promptTail < 0 ? Math.max(1, most - Math.max(1, maxTokens)) : promptTail;
  return tokens.length <= count ? tokens : tokens.slice(tokens.length - Math.max(1, count));
}

/** A text whose names of control tokens are broken. */
function* asText(text: string, names: TokenNames): Steps<string> {
  return yield* breakNames(text.replaceAll(BREAK, ""), names, BREAK);
}

/** The same for every text in lists and objects. */
function* textsAsText(value: unknown, names: TokenNames): Steps<unknown> {
  if (typeof value === "string") return yield* asText(value, names);
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) items.push(yield* textsAsText(item, names));
    return items;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries: [string, unknown][] = [];
  for (const [key, item] of Object.entries(value)) entries.push([yield* asText(key, names), yield* textsAsText(item, names)]);
  return Object.fromEntries(entries);
}

/** Throws INVALID_ARGUMENT where there is no message that an answer can continue. */
function checkContinued(messages: readonly ChatMessage[], tools: readonly Tool[]): void {
  const last = messages.at(-1);
  if (last?.role === "assistant" && !last.toolCalls && tools.length === 0) return;
  throw new LlmopsError("INVALID_ARGUMENT", "continue_final_message needs a last message by the assistant, and no tools.", {
    param: "continue_final_message",
  });
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
  if (!("messages" in request)) return leastBytes(request.prompt);
  const asked = request.messages.filter(({ role }) => role === "user");
  return asked.reduce((sum, { content }) => sum + Buffer.byteLength(content.trim()), 0);
}

function unsupported(param: string, what: string): LlmopsError {
  return new LlmopsError("UNSUPPORTED_PARAMETER", `This model does not support ${what}.`, { param });
}
