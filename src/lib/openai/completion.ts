/** A chat message as OpenAI's API has it, text only. */
export interface ChatMessage {
  role: "system" | "user" | "assistant" | "developer";
  content: string;
}

/** Sampling settings; what is absent is left to the target's default. */
export interface SamplingParameters {
  /** 0 is greedy; up to 2. */
  temperature?: number;
  /** Nucleus, in (0, 1]; 1 keeps everything. */
  topP?: number;
  /** Most likely tokens kept; 0 keeps everything. */
  topK?: number;
  /** Least probability relative to the most likely token, 0..1; 0 keeps everything. */
  minP?: number;
  /** -2..2, per earlier occurrence of a token in the completion. */
  frequencyPenalty?: number;
  /** -2..2, once for a token that occurred in the completion. */
  presencePenalty?: number;
  /** Most tokens to generate. */
  maxTokens?: number;
  /** Texts that end the completion; they are not part of it. */
  stop?: string[];
  /** Unsigned 32-bit seed of the sampler. */
  seed?: number;
}

export interface CompletionRequest extends SamplingParameters {
  messages: ChatMessage[];
  /** A JSON schema the completion has to follow. */
  responseSchema?: object;
}

export type FinishReason = "stop" | "length";

/** Tokens counted by the target. */
export interface Usage {
  promptTokens: number;
  completionTokens: number;
}

/** One piece of a streamed completion: text as it comes, then one last chunk with reason and usage. */
export type Chunk = { type: "text"; text: string } | { type: "finish"; reason: FinishReason; usage: Usage };

/** A finished completion with its timing, in milliseconds from the moment the request was handed over. */
export interface Completion {
  text: string;
  finishReason: FinishReason;
  usage: Usage;
  timing: { firstTokenMs: number; totalMs: number };
}
