import { isAbort, toLlmopsError } from "../errors/llmops-error.js";
import type { CompletionRequest } from "../openai/completion.js";
import type { CompletionTarget } from "../openai/completion-target.js";

/** One request of a load test, timed from the moment it was due: a client that falls behind does not hide the wait. */
export interface RequestTiming {
  /** Until the first token; undefined where none came. */
  firstTokenMs: number | undefined;
  /** Between two tokens, each. */
  gapsMs: number[];
  /** Mean time for a token after the first; undefined below two tokens. */
  perTokenMs: number | undefined;
  totalMs: number;
  promptTokens: number;
  completionTokens: number;
  /** Why it failed. */
  error: string | undefined;
}

/** Asks and times one request. Undefined when the signal aborted. */
export async function timeRequest(
  target: CompletionTarget,
  request: CompletionRequest,
  { dueMs = performance.now(), signal }: { dueMs?: number; signal: AbortSignal },
): Promise<RequestTiming | undefined> {
  const times: number[] = [];
  let usage = { promptTokens: 0, completionTokens: 0 };
  let error: string | undefined;
  try {
    for await (const chunk of target.complete(request, { signal })) {
      if (chunk.type === "finish") usage = chunk.usage;
      else if (chunk.type === "text") times.push(performance.now());
    }
  } catch (thrown) {
    if (signal.aborted || isAbort(thrown)) return undefined;
    error = toLlmopsError(thrown).message;
  }
  return { ...toTiming(times, usage.completionTokens, dueMs), promptTokens: usage.promptTokens, error };
}

/** From the moments at which text came. */
function toTiming(times: readonly number[], completionTokens: number, dueMs: number): Omit<RequestTiming, "promptTokens" | "error"> {
  const [first] = times;
  const further = completionTokens - 1;
  return {
    firstTokenMs: first === undefined ? undefined : first - dueMs,
    gapsMs: times.slice(1).map((time, i) => time - (times[i] ?? time)),
    perTokenMs: first === undefined || further < 1 ? undefined : ((times.at(-1) ?? first) - first) / further,
    totalMs: performance.now() - dueMs,
    completionTokens,
  };
}
