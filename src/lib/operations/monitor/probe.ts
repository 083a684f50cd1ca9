import { toLlmopsError } from "../../base/errors/llmops-error.js";
import { timeRequest } from "../load/request-timing.js";
import type { CompletionTarget } from "../../inference/openai/completion-target.js";

export interface ProbeOptions {
  prompt: string;
  maxTokens: number;
}

/** One request that was sent to see how a server answers, in seconds and tokens a second. */
export interface ProbeResult {
  latencySeconds: number;
  /** Undefined where nothing came. */
  firstTokenSeconds: number | undefined;
  tokensPerSecond: number | undefined;
  completionTokens: number;
  error: string | undefined;
}

/** Sends requests to a server; connects anew after a failure. */
export class Probe {
  private readonly connect: (signal: AbortSignal) => Promise<CompletionTarget>;
  private readonly options: ProbeOptions;
  private target: CompletionTarget | undefined;

  constructor(connect: (signal: AbortSignal) => Promise<CompletionTarget>, options: ProbeOptions) {
    this.connect = connect;
    this.options = options;
  }

  /** Sends one request. What fails is in the result; an aborted one failed because no answer came in time. */
  async send(signal: AbortSignal): Promise<ProbeResult> {
    const start = performance.now();
    try {
      const target = (this.target ??= await this.connect(signal));
      const { prompt, maxTokens } = this.options;
      const timing = await timeRequest(target, { messages: [{ role: "user", content: prompt }], maxTokens }, { signal });
      if (!timing) return this.failed(start, "no answer in time");
      if (timing.error !== undefined) return this.failed(start, timing.error.message);
      const { totalMs, firstTokenMs, completionTokens } = timing;
      return {
        latencySeconds: totalMs / 1000,
        firstTokenSeconds: firstTokenMs === undefined ? undefined : firstTokenMs / 1000,
        tokensPerSecond: completionTokens > 0 ? completionTokens / (totalMs / 1000) : undefined,
        completionTokens,
        error: undefined,
      };
    } catch (error) {
      return this.failed(start, signal.aborted ? "no answer in time" : toLlmopsError(error).message);
    }
  }

  private failed(start: number, error: string): ProbeResult {
    void this.target?.close().catch(() => undefined);
    this.target = undefined;
    const latencySeconds = (performance.now() - start) / 1000;
    return { latencySeconds, firstTokenSeconds: undefined, tokensPerSecond: undefined, completionTokens: 0, error };
  }
}
