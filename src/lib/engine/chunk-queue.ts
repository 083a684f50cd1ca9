import type { Chunk } from "../openai/completion.js";

/** Chunks on their way from the scheduler to the one reader of a completion. */
export class ChunkQueue {
  private readonly chunks: Chunk[] = [];
  private error: { thrown: unknown } | undefined;
  private wake: (() => void) | undefined;

  push(chunk: Chunk): void {
    this.chunks.push(chunk);
    this.wake?.();
  }

  /** Ends the reading at once with an error; what was not read yet is lost. The first error counts. */
  fail(thrown: unknown): void {
    this.error ??= { thrown };
    this.wake?.();
  }

  /** Yields until the finish chunk was read. */
  async *read(): AsyncGenerator<Chunk> {
    while (true) {
      if (this.error) throw this.error.thrown;
      const chunk = this.chunks.shift();
      if (chunk) {
        yield chunk;
        if (chunk.type === "finish") return;
        continue;
      }
      await new Promise<void>((resolve) => (this.wake = resolve));
      this.wake = undefined;
    }
  }
}
