import { LlmopsError } from "../../base/errors/llmops-error.js";
import { unlessAborted } from "../../inference/openai/follow-signal.js";

/** A model on its way into memory, and the requests that wait for it. */
export class Loading {
  private readonly model: string;
  private readonly over: Promise<void>;
  private settle!: { resolve: () => void; reject: (error: LlmopsError) => void };

  constructor(model: string) {
    this.model = model;
    this.over = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    this.over.catch(() => undefined); // nobody may be waiting
  }

  /** The model is there. */
  end(): void {
    this.settle.resolve();
  }

  /** It will never be there: who waits is told. */
  abandon(): void {
    this.settle.reject(
      new LlmopsError("SHUTTING_DOWN", "The server is shutting down.", { hint: "Send the request again.", retryAfterSeconds: 1 }),
    );
  }

  /** Resolves once the model is loaded. Throws MODEL_LOADING after `timeoutMs`, SHUTTING_DOWN, or the signal's reason. */
  async wait(signal: AbortSignal, timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(modelLoading(this.model)), timeoutMs);
    });
    try {
      await unlessAborted(Promise.race([this.over, tooLong]), signal);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The refusal of a request whose model is not in memory yet. */
export function modelLoading(model: string): LlmopsError {
  return new LlmopsError("MODEL_LOADING", `The model ${model} is being loaded.`, { hint: "Try again shortly.", retryAfterSeconds: 1 });
}
