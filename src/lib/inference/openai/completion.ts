import type { SamplingKey } from "../../base/config/sampling-parameters.js";
import type { Prompt } from "./prompts.js";

/** A function the model may call; `parameters` is a JSON schema. */
export interface Tool {
  name: string;
  description?: string;
  parameters: Record<string, unknown>;
  /** The arguments have to follow the schema exactly, or the request is refused. */
  strict: boolean;
}

/** "auto" lets the model decide, "required" makes it call one of the tools, a name that tool. */
export type ToolChoice = "none" | "auto" | "required" | { name: string };

export interface ToolCall {
  id: string;
  name: string;
  /** JSON text, as OpenAI's API has it. */
  arguments: string;
}

/** A chat message as OpenAI's API has it, text only. */
export interface ChatMessage {
  role: "system" | "user" | "assistant" | "developer" | "tool";
  content: string;
  /** Who of the role speaks; of a tool's message: the tool. */
  name?: string;
  /** Of an assistant's message: what it thought before. */
  thoughts?: string;
  /** Of an assistant's message. */
  toolCalls?: ToolCall[];
  /** Of a tool's message: which call it answers. */
  toolCallId?: string;
}

/** The steps of the sampler that a request can name, in the order they act: llama-server's names and order. */
export const SAMPLER_STEPS = ["penalties", "dry", "top_n_sigma", "top_k", "typ_p", "top_p", "min_p", "xtc", "temperature"] as const;
export type SamplerStep = (typeof SAMPLER_STEPS)[number];

/** Which tokens an answer may have, and where it ends. */
export interface TokenRules {
  /** Added to the logits of single tokens by token id, -100..100 or -Infinity. */
  logitBias?: Record<string, number>;
  /** The same for every token of a text. */
  textBias?: readonly (readonly [text: string, bias: number])[];
  /** Only these come. */
  allowedTokens?: readonly number[];
  /** Texts that do not come. */
  badWords?: readonly string[];
  /** Tokens that end the answer. */
  stopTokens?: readonly number[];
  /** What ends the answer, a stop text or a stop token, is part of it. */
  keepsStop?: true;
  /** Texts show the names of control tokens. */
  showsSpecial?: true;
  /** Only so many of the prompt's last tokens are read; -1: as many as the context holds. */
  promptTail?: number;
  /** Milliseconds from the first token on after which an answer that has a line break ends. */
  decodeLimitMs?: number;
  /** The steps of the sampler that act; all when absent. */
  samplers?: readonly SamplerStep[];
  /** Texts that repetitions do not go past (DRY); the usual ones when absent. */
  dryBreakers?: readonly string[];
  /** Penalties and DRY count the prompt's tokens, too. */
  countsPrompt?: true;
}

/** Sampling settings: the numbers of SAMPLING_PARAMETERS (the seed has 32 bits, unsigned), and more; what is absent is left to the target's default. */
export interface SamplingParameters extends Partial<Record<SamplingKey, number>>, TokenRules {
  /** Never end by an end token: for measuring speed. */
  ignoreEndTokens?: boolean;
  /** Texts that end the completion; they are not part of it. */
  stop?: string[];
}

/**
 * What the whole answer has to be: any JSON object, JSON that follows a schema (all of it where `strict`), a text that a grammar (GBNF) or a
 * regular expression matches, or one of several texts. `field` is where in the request it came from.
 */
export type ResponseFormat = { field?: string } & (
  | { type: "json_object" }
  | { type: "json_schema"; schema: object; strict?: boolean }
  | { type: "grammar"; grammar: string }
  | { type: "regex"; pattern: string }
  | { type: "choice"; choices: readonly string[] }
);

/** Where the thoughts of an answer go, with llama-server's names: out of its text (auto, deepseek), or nowhere else (none). */
export const REASONING_FORMATS = ["auto", "none", "deepseek"] as const;
export type ReasoningFormat = (typeof REASONING_FORMATS)[number];

interface CompletionOptions extends SamplingParameters {
  /** Independent answers to the same prompt, 1 when absent. */
  choices?: number;
  /** Give the log-probability of every token, and of so many of the most likely ones at its place (0..20). */
  topLogprobs?: number;
  /** The same of the prompt's own tokens. */
  promptLogprobs?: number;
  /** Give the probability that every token was drawn with, and those of so many of the likeliest at its place. */
  drawnProbs?: number;
  /** Give the ids of the tokens: those of the prompt, and those of the answer with what ended it. */
  tokenIds?: boolean;
  responseFormat?: ResponseFormat;
  /** Lower ones get a free slot before higher ones; 0 when absent. */
  priority?: number;
  /** Further members of the body, for endpoints that know them. */
  extra?: Readonly<Record<string, unknown>>;
  /** Settings that are left out where an endpoint refuses them; any other refusal fails the request. */
  wishes?: readonly "temperature"[];
}

/** A conversation the model continues with the assistant's turn. */
export interface ChatRequest extends CompletionOptions {
  messages: ChatMessage[];
  tools?: Tool[];
  toolChoice?: ToolChoice;
  /** End after the first call. */
  singleToolCall?: boolean;
  /** The last message is the beginning of the assistant's answer: continue with it. */
  continuesLast?: boolean;
  /** The prompt does not end with the beginning of an answer. */
  withoutAnswer?: boolean;
  /** Variables of the chat template, such as `enable_thinking`. */
  templateVariables?: Readonly<Record<string, unknown>>;
  /** Jinja that takes the place of the model's chat template. */
  chatTemplate?: string;
  /** Texts the answer may be based on, for chat templates that show them. */
  documents?: readonly object[];
  /** How much to think, by OpenAI's names. */
  reasoningEffort?: string;
  /** Where thoughts go: `none` leaves them in the text, with their marks; the others give them apart. */
  reasoningFormat?: ReasoningFormat;
  /** Tokens a thought may have; -1 for any number, 0 for none. */
  reasoningBudget?: number;
}

/** What the model continues as it is, without a chat template. */
export interface TextRequest extends CompletionOptions {
  prompt: Prompt;
  /** A prompt that begins with a text begins without what prompts of the model begin with. */
  withoutBeginning?: true;
  /** The text after the gap, for models trained to fill in the middle. */
  suffix?: string;
}

export type CompletionRequest = ChatRequest | TextRequest;

/** `content_filter`: the service withheld the answer, or the rest of it. */
export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter";

/** Tokens counted by the target. */
export interface Usage {
  promptTokens: number;
  completionTokens: number;
  /** Prompt tokens that did not have to be evaluated, because an earlier request had the same beginning. */
  cachedTokens?: number;
  /** Completion tokens that belong to thoughts, where these are told apart. */
  reasoningTokens?: number;
}

/** A token with its natural log-probability, before temperature and the other settings changed it. */
export interface TokenLogprob {
  /** Its id, where the target knows it. */
  id?: number;
  text: string;
  bytes: number[];
  logprob: number;
}

/** The chosen token of one place, and the most likely ones there. */
export interface ChosenLogprob extends TokenLogprob {
  top: TokenLogprob[];
  drawn?: DrawnToken;
}

/** The probabilities a token was drawn from, after all sampling settings: its own, and the highest. */
export interface DrawnToken {
  prob: number;
  top: { id: number; text: string; bytes: number[]; prob: number }[];
}

/** A token of the prompt; the first one has no probability. */
export type PromptLogprob = ChosenLogprob | Omit<TokenLogprob, "logprob">;

/** Where the time of a request went, in milliseconds from the moment it was handed over. */
export interface Timing {
  firstTokenMs: number;
  totalMs: number;
  /** Waiting for a slot, and evaluating the prompt: known where the model runs in this process. */
  queueMs?: number;
  prefillMs?: number;
}

/**
 * One piece of a streamed completion: the prompt's log-probabilities and tokens if asked for, the ids of tokens before what they give,
 * thoughts, text or a tool call as they come, further text of the last call's arguments, the end of each choice, then one last chunk with
 * usage and timing. A text may be empty: a token came, but nothing of it can be shown yet.
 */
export type Chunk =
  | { type: "prompt"; choice: number; logprobs?: PromptLogprob[]; tokens?: readonly number[] }
  | { type: "tokens"; choice: number; ids: number[] }
  | { type: "text"; choice: number; text: string; logprobs?: ChosenLogprob[] }
  | { type: "thought"; choice: number; text: string }
  | { type: "tool_call"; choice: number; call: ToolCall }
  | { type: "arguments"; choice: number; text: string }
  | EndChunk
  | { type: "finish"; usage: Usage; timing?: Timing };

/** The end of a choice. */
export interface EndChunk {
  type: "end";
  choice: number;
  reason: FinishReason;
  refusal?: string;
  /** The stop text that ended it. */
  stop?: string;
  /** The token that ended it, which is not part of the text, where log-probabilities are given. */
  last?: ChosenLogprob;
  /** The sum of all its tokens' log-probabilities, that of `last` among them, where they are given. */
  logprob?: number;
}

/** The chunks of one kind. */
export type ChunkOf<Type extends Chunk["type"]> = Extract<Chunk, { type: Type }>;

/** One finished answer. */
export interface Choice {
  /** The answer without what the model thought before it. */
  text: string;
  /** What the model thought, where it says so. */
  thoughts?: string;
  /** The service's own words where it refused to answer (`content_filter`). */
  refusal?: string;
  finishReason: FinishReason;
  /** The stop text that ended it; the text ends before it. */
  stoppedBy?: string;
  toolCalls: ToolCall[];
  logprobs: ChosenLogprob[] | undefined;
  /** The token that ended it, where log-probabilities are given. */
  last?: ChosenLogprob;
  promptLogprobs?: PromptLogprob[];
  promptTokens?: readonly number[];
  /** The ids of its tokens, with the one that ended it. */
  tokens?: number[];
}

/** A finished completion; `text`, `thoughts` and `finishReason` are those of its first choice. */
export interface Completion {
  text: string;
  thoughts?: string;
  finishReason: FinishReason;
  choices: Choice[];
  usage: Usage;
  timing: Timing;
}
