import { fileURLToPath } from "node:url";
import { Tinypool } from "tinypool";
import { encodeChunk, type ChunkJob } from "./encode-chunk.js";

/** Encodes chunks in worker threads, several at a time and in their order. */
export class EncodePool {
  private readonly pool: Tinypool | undefined;
  private readonly atOnce: number;

  /** With one thread everything happens in this one. */
  constructor(threads: number) {
    this.atOnce = threads > 1 ? threads * 2 : 1;
    if (threads > 1) {
      const filename = fileURLToPath(new URL("./encode-worker.js", import.meta.url));
      this.pool = new Tinypool({ filename, minThreads: threads, maxThreads: threads, runtime: "worker_threads" });
    }
  }

  /** Each job's bytes, in the order of the jobs. Their buffers are given away: nobody else may use them. */
  async *encode(jobs: AsyncIterable<ChunkJob>): AsyncGenerator<Uint8Array> {
    const waiting: Promise<Uint8Array>[] = [];
    try {
      for await (const job of jobs) {
        waiting.push(this.run(job));
        if (waiting.length >= this.atOnce) yield (await waiting.shift()) as Uint8Array;
      }
      while (waiting.length > 0) yield (await waiting.shift()) as Uint8Array;
    } finally {
      await Promise.allSettled(waiting);
    }
  }

  async close(): Promise<void> {
    await this.pool?.destroy();
  }

  private run(job: ChunkJob): Promise<Uint8Array> {
    const unchanged = job.from === job.to && job.plus === 0;
    if (!this.pool || unchanged) return new Promise((resolve) => resolve(encodeChunk(job)));
    return this.pool.run(job, { transferList: [job.bytes.buffer] }) as Promise<Uint8Array>;
  }
}
