import { bestOf, type Best } from "./best-of.js";
import type { Chunk, Timing, Usage } from "./completion.js";

/**
 * Several completions as one: choices numbered on from each other, chunks as they come, usage and times together. With `best`, of each
 * completion its likeliest choices alone, as many as are its.
 */
export function mergeCompletions(
  completions: readonly AsyncIterable<Chunk>[],
  { choicesEach, best }: { choicesEach: number; best?: Best | undefined },
): AsyncIterable<Chunk> {
  const chosen = best ? completions.map((completion) => bestOf(completion, best)) : completions;
  const [only, ...more] = chosen;
  return only && more.length === 0 ? only : mergeSeveral(chosen, choicesEach);
}

async function* mergeSeveral(completions: readonly AsyncIterable<Chunk>[], choicesEach: number): AsyncGenerator<Chunk> {
  const readers = completions.map((completion) => completion[Symbol.asyncIterator]());
  const pending = new Map(readers.map((reader, i) => [i, next(reader, i)]));
  const finished: Extract<Chunk, { type: "finish" }>[] = [];
  try {
    while (pending.size > 0) {
      const { i, result } = await Promise.race(pending.values());
      const reader = readers[i];
      if (result.done || !reader) {
        pending.delete(i);
        continue;
      }
      pending.set(i, next(reader, i));
      if (result.value.type === "finish") finished.push(result.value);
      else yield { ...result.value, choice: result.value.choice + i * choicesEach };
    }
    yield { type: "finish", usage: sum(finished.map((f) => f.usage)), ...joinTimings(finished) };
  } finally {
    for (const promise of pending.values()) promise.catch(() => undefined);
    await Promise.allSettled(readers.map(async (reader) => reader.return?.()));
  }
}

async function next(reader: AsyncIterator<Chunk>, i: number): Promise<{ i: number; result: IteratorResult<Chunk> }> {
  return { i, result: await reader.next() };
}

function sum(usages: readonly Usage[]): Usage {
  const add = (count: (usage: Usage) => number) => usages.reduce((total, usage) => total + count(usage), 0);
  return {
    promptTokens: add((u) => u.promptTokens),
    completionTokens: add((u) => u.completionTokens),
    cachedTokens: add((u) => u.cachedTokens ?? 0),
  };
}

function joinTimings(finished: readonly Extract<Chunk, { type: "finish" }>[]): { timing?: Timing } {
  const timings = finished.flatMap((f) => (f.timing ? [f.timing] : []));
  if (timings.length === 0) return {};
  const least = (read: (timing: Timing) => number) => Math.min(...timings.map(read));
  const most = (read: (timing: Timing) => number) => Math.max(...timings.map(read));
  return {
    timing: {
      firstTokenMs: least((t) => t.firstTokenMs),
      totalMs: most((t) => t.totalMs),
      queueMs: least((t) => t.queueMs ?? 0),
      prefillMs: least((t) => t.prefillMs ?? 0),
    },
  };
}
