import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import { openAdapterFile } from "../../src/lib/inference/models/adapter-file.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import { collectCompletion } from "../../src/lib/inference/openai/completion-target.js";
import { errorOf } from "../helpers/error-of.js";
import { makeTinyModel, type TinyModel } from "../helpers/tiny-model.js";

let tiny: TinyModel;
let engine: Engine;

beforeAll(async () => {
  tiny = await makeTinyModel();
  engine = await Engine.load(tiny.base, { slots: 2, contextSize: 128, threads: 1, gpu: "off" });
});

afterAll(async () => {
  await engine.close();
  tiny.remove();
});

async function answer(from: Engine): Promise<string> {
  const { choices } = await collectCompletion(from, { prompt: "The other", maxTokens: 12, temperature: 0 });
  return choices[0]?.text ?? "";
}

describe("an engine with an adapter", () => {
  it("answers otherwise than the model, beside it, and is told from it", async () => {
    const plain = await answer(engine);
    const adapted = await engine.adapt({ name: "v1", file: tiny.adapter, scale: 1 });
    const none = await engine.adapt({ name: "v0", file: tiny.adapter, scale: 0 });
    try {
      expect([adapted.model, adapted.location]).toEqual(["tiny:v1", tiny.adapter.path]);
      expect(new Set([engine.identity, adapted.identity, none.identity]).size).toBe(3);
      expect(await errorOf(() => adapted.embed([[1, 2]]))).toMatchObject({ code: "UNSUPPORTED_PARAMETER" });
      expect(await engine.embed([[1, 2]])).toHaveLength(1);
      expect(adapted.facts.memoryBytes).toBeLessThan(engine.facts.memoryBytes);
      const [first, beside, again] = await Promise.all([answer(adapted), answer(engine), answer(adapted)]);
      expect(first).not.toBe(plain);
      expect([beside, again, await answer(none)]).toEqual([plain, first, plain]);
    } finally {
      await adapted.close();
      await none.close();
    }
    expect(await answer(engine)).toBe(plain);
  });

  it("refuses an adapter that is none, or another model's", async () => {
    const model = await errorOf(() => openAdapterFile(tiny.base.path, tiny.base));
    expect([model.code, model.message]).toEqual(["MODEL_INVALID", expect.stringContaining("is not a LoRA adapter")]);
    const demo = await openModelFile("demo");
    const other = await errorOf(async () => openAdapterFile(tiny.adapter.path, demo));
    expect([other.code, other.message]).toEqual(["MODEL_INVALID", expect.stringMatching(/does not fit demo: its blk.*columns/)]);
  });
});
