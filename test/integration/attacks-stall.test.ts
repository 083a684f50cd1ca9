import { setImmediate as nextTurn } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/lib/engine/engine.js";
import { openModelFile } from "../../src/lib/models/model-file.js";
import { errorOf } from "../helpers/error-of.js";

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.load(await openModelFile("demo"), { contextSize: 512, slots: 1, threads: 1 });
});
afterAll(() => engine.close());

/** How often the event loop turns until work is over. */
async function turnsDuring<T>(work: Promise<T>): Promise<{ turns: number; result: T }> {
  let turns = 0;
  let over = false;
  const counted = work.finally(() => (over = true));
  while (!over) {
    await nextTurn();
    turns++;
  }
  return { turns, result: await counted };
}

describe("tokenizing", () => {
  it("of 16,000 messages lets others have their turn, and takes time in proportion", async () => {
    const messages = Array.from({ length: 16_000 }, () => ({ role: "user" as const, content: "hi" }));
    const begun = performance.now();
    const { turns, result } = await turnsDuring(engine.tokenizeRequest({ messages }));
    // in one go it took 57 s, and no turn
    expect(performance.now() - begun).toBeLessThan(20_000);
    expect(result.length).toBeGreaterThan(16_000 * 5);
    expect(turns).toBeGreaterThan(50);
  }, 60_000);

  it.each(["a", " ", "\n", "word ", "法国", "9", "<|im_end|>"])("of 200,000 characters of %j lets others have their turn", async (part) => {
    const { turns } = await turnsDuring(engine.tokenize(part.repeat(200_000 / part.length), { special: true }));
    expect(turns).toBeGreaterThan(3);
  });

  it("refuses a prompt that surely exceeds the context before it is tokenized", async () => {
    const content = "a b ".repeat(500_000);
    const { turns, result } = await turnsDuring(
      errorOf(() => engine.tokenizeRequest({ messages: [{ role: "user", content }] }, { fits: true })),
    );
    expect(result.code).toBe("CONTEXT_LENGTH_EXCEEDED");
    expect(result.message).toContain("at least");
    expect(turns).toBeLessThan(5000);
  });

  it("in pieces gives the tokens of the whole", async () => {
    const parts = [
      "The sea",
      " is blue",
      ".",
      "\n",
      "\n\n",
      "  ",
      "1,200.5",
      "don't",
      "É",
      "法国。",
      "🙂",
      "<|im_start|>",
      "x_y",
      "'",
      '{"a":1}',
    ];
    const texts = fc.array(fc.constantFrom(...parts), { minLength: 1500, maxLength: 3000 }).map((some) => some.join(""));
    const { model } = (engine as unknown as { loaded: { model: { tokenize: (text: string, special: boolean) => number[] } } }).loaded;
    await fc.assert(
      fc.asyncProperty(texts, fc.boolean(), async (text, special) => {
        expect(await engine.tokenize(text, { special })).toEqual(Array.from(model.tokenize(text, special), Number));
      }),
      { numRuns: Number(process.env["LLMOPS_PROPERTY_RUNS"] ?? 10) },
    );
  }, 120_000);
});
