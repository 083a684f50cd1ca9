import type { Chunk, ChunkOf } from "./completion.js";

type Finish = ChunkOf<"finish">;

/** Which choices of a completion are given, where more are made. `keepsLogprobs`: false where only the choice is made by them. */
export interface Best {
  count: number;
  keepsLogprobs: boolean;
}

/**
 * The likeliest `count` choices of a completion, numbered anew from the likeliest on, once all of them are there: by the sum of their tokens'
 * log-probabilities, as vLLM's `best_of` has it.
 */
export async function* bestOf(chunks: AsyncIterable<Chunk>, { count, keepsLogprobs }: Best): AsyncGenerator<Chunk> {
  const choices = new Map<number, Exclude<Chunk, Finish>[]>();
  const sums = new Map<number, number>();
  let finish: Finish | undefined;
  for await (const chunk of chunks) {
    if (chunk.type === "finish") {
      finish = chunk;
      continue;
    }
    const own = choices.get(chunk.choice) ?? [];
    choices.set(chunk.choice, own);
    own.push(keepsLogprobs ? chunk : withoutLogprobs(chunk));
    if (chunk.type === "end") sums.set(chunk.choice, chunk.logprob ?? 0);
  }
  const ranked = [...choices].sort(([a], [b]) => (sums.get(b) ?? 0) - (sums.get(a) ?? 0) || a - b);
  for (const [choice, [, own]] of ranked.slice(0, count).entries()) for (const chunk of own) yield { ...chunk, choice };
  if (finish) yield finish;
}

function withoutLogprobs(chunk: Exclude<Chunk, Finish>): Exclude<Chunk, Finish> {
  const { type, choice } = chunk;
  if (type === "text") return { type, choice, text: chunk.text };
  if (type !== "end") return chunk;
  return { type, choice, reason: chunk.reason, ...(chunk.stop !== undefined && { stop: chunk.stop }) };
}
