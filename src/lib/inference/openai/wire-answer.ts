import type { FinishReason, Timing, Usage } from "./completion.js";

/** What all events and bodies of one answer share. */
export interface AnswerHead {
  id: string;
  created: number;
  model: string;
  /** The same for answers of the same model file, template and version of this program. */
  system_fingerprint: string;
}

/** Usage with OpenAI's field names. */
export function toWireUsage({ promptTokens, completionTokens, cachedTokens, reasoningTokens }: Usage): object {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    ...(cachedTokens === undefined ? {} : { prompt_tokens_details: { cached_tokens: cachedTokens } }),
    ...(reasoningTokens === undefined ? {} : { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
  };
}

/** Why a choice ended; the stop text that ended it with vLLM's name, where one did. */
export function toWireEnd(reason: FinishReason, stop: string | undefined): { finish_reason: FinishReason; stop_reason?: string } {
  return { finish_reason: reason, ...(stop !== undefined && { stop_reason: stop }) };
}

/** Tokens per second of the decode phase, without the first token, which belongs to the prompt. */
export function tokensPerSecond({ completionTokens }: Usage, { firstTokenMs, totalMs }: Timing): number {
  const decodeMs = Math.max(0, totalMs - firstTokenMs);
  const decoded = Math.max(0, completionTokens - 1);
  return round(decodeMs > 0 && decoded > 0 ? (decoded * 1000) / decodeMs : (completionTokens * 1000) / Math.max(totalMs, 1e-3));
}

/** Where the time went: `performance` in seconds, `timings` with llama-server's names in milliseconds. */
export function toWireTimings(usage: Usage, timing: Timing): { performance: object; timings: object } {
  const { queueMs = 0, prefillMs = timing.firstTokenMs - queueMs, firstTokenMs, totalMs } = timing;
  const decodeMs = Math.max(0, totalMs - firstTokenMs);
  const evaluated = usage.promptTokens - (usage.cachedTokens ?? 0);
  const speed = tokensPerSecond(usage, timing);
  return {
    performance: {
      queue_seconds: seconds(queueMs),
      prefill_seconds: seconds(prefillMs),
      first_token_seconds: seconds(firstTokenMs),
      decode_seconds: seconds(decodeMs),
      generation_time_seconds: seconds(totalMs),
      tokens_per_second: speed,
    },
    timings: {
      queue_ms: round(queueMs),
      cache_n: usage.cachedTokens ?? 0,
      prompt_n: evaluated,
      prompt_ms: round(prefillMs),
      prompt_per_token_ms: round(evaluated > 0 ? prefillMs / evaluated : 0),
      prompt_per_second: round(prefillMs > 0 ? (evaluated * 1000) / prefillMs : 0),
      predicted_n: usage.completionTokens,
      predicted_ms: round(decodeMs),
      predicted_per_token_ms: round(speed > 0 ? 1000 / speed : 0),
      predicted_per_second: speed,
    },
  };
}

function seconds(ms: number): number {
  return Math.round(ms * 1000) / 1e6;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
