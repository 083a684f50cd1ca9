import { expect, it } from "vitest";
import { collectChunks } from "./completion-target.js";
import type { Chunk } from "./completion.js";
import { mergeCompletions } from "./merge-completions.js";

async function* completion(texts: string[]): AsyncGenerator<Chunk> {
  for (const [choice, text] of texts.entries()) {
    yield { type: "text", choice, text };
    yield { type: "end", choice, reason: "stop" };
  }
  const timing = { firstTokenMs: 5, totalMs: 10, queueMs: 1, prefillMs: 2 };
  yield { type: "finish", usage: { promptTokens: 3, completionTokens: texts.length, cachedTokens: 1 }, timing };
}

it("numbers choices on from prompt to prompt and adds up usage", async () => {
  const merged = await collectChunks(mergeCompletions([completion(["a", "b"]), completion(["c", "d"])], { choicesEach: 2 }), "x");
  expect(merged.choices.map((choice) => choice.text)).toEqual(["a", "b", "c", "d"]);
  expect(merged.usage).toEqual({ promptTokens: 6, completionTokens: 4, cachedTokens: 2 });
  expect(merged.timing).toEqual({ firstTokenMs: 5, totalMs: 10, queueMs: 1, prefillMs: 2 });
});

it("stops the others when one fails", async () => {
  const ended: string[] = [];
  async function* endless(): AsyncGenerator<Chunk> {
    try {
      while (true) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        yield { type: "text", choice: 0, text: "x" };
      }
    } finally {
      ended.push("endless");
    }
  }
  async function* failing(): AsyncGenerator<Chunk> {
    throw new Error("broken");
  }
  await expect(collectChunks(mergeCompletions([endless(), failing()], { choicesEach: 1 }), "x")).rejects.toThrow("broken");
  expect(ended).toEqual(["endless"]);
});
