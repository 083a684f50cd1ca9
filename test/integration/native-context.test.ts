import { readFileSync } from "node:fs";
import { getLlama, type Llama, type LlamaContext, type LlamaModel } from "node-llama-cpp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openVocabulary } from "../../src/lib/inference/engine/addon-context.js";
import { NativeContext } from "../../src/lib/inference/engine/native-context.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import { errorOf } from "../helpers/error-of.js";

let llama: Llama;
let model: LlamaModel;
let context: LlamaContext;

beforeAll(async () => {
  llama = await getLlama({ gpu: false, build: "never", maxThreads: 1, logger: () => undefined });
  model = await llama.loadModel({ modelPath: (await openModelFile("demo")).path });
  context = await model.createContext({ sequences: 2, contextSize: 256, threads: 1 });
});
afterAll(() => llama.dispose());

const version = (path: string) => (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;

it("the installed node-llama-cpp is the pinned version, whose internals these are", () => {
  const pinned = (JSON.parse(readFileSync("package.json", "utf8")) as { dependencies: Record<string, string> }).dependencies[
    "node-llama-cpp"
  ];
  expect(pinned).toMatch(/^\d+\.\d+\.\d+$/);
  expect(version("node_modules/node-llama-cpp/package.json")).toBe(pinned);
});

it("evaluates, samples, reads logits, copies, cuts back and clears as the scheduler relies on", async () => {
  const native = NativeContext.open(model, context, { inOrder: false });
  const tokens = model.tokenize("The capital of France is", true);
  const sampler = native.createSampler({ temperature: 0 });
  const [result] = await native.step([{ sequence: 0, position: 0, tokens, sampler }]);
  const whole = result?.sample;
  if (!whole || "error" in whole) throw new Error("no token was sampled");
  const { top, of, logSumExp } = await native.readLogits(result.logitIndexes[0] ?? -1, 3, [whole.token]);
  expect(top[0]).toEqual([whole.token, of.get(whole.token)]);
  expect(Math.exp((top[0]?.[1] ?? 0) - logSumExp)).toBeLessThanOrEqual(1);

  expect(native.isWhole(1)).toBe(false);
  await native.copy(1, 0);
  expect(native.isWhole(1)).toBe(true);
  expect(native.truncate(1, tokens.length - 1)).toBe(true);
  const [copied] = await native.step([{ sequence: 1, position: tokens.length - 1, tokens: tokens.slice(-1), sampler }]);
  expect(copied?.sample).toEqual({ token: whole.token });
  native.clear(0);
  native.clear(1);
  expect(native.isWhole(1)).toBe(false);
});

it("a sampler from the pool starts its random stream anew, also with the same seed", async () => {
  const native = NativeContext.open(model, context, { inOrder: false });
  const draw = async () => {
    const sampler = native.createSampler({ temperature: 2, seed: 7 });
    const drawn: number[] = [];
    for (let i = 0; i < 5; i++) {
      native.clear(0);
      const [{ sample } = {}] = await native.step([{ sequence: 0, position: 0, tokens: [100], sampler }]);
      if (sample && "token" in sample) drawn.push(sample.token);
    }
    sampler.release();
    return drawn;
  };
  const first = await draw();
  expect(new Set(first).size).toBeGreaterThan(1);
  expect(await draw()).toEqual(first);
});

it("says what is missing when a version has other internals", async () => {
  const other = { _ctx: { initBatch: () => undefined } } as unknown as LlamaContext;
  const error = await errorOf(() => NativeContext.open(model, other, { inOrder: false }));
  expect(error).toMatchObject({ code: "MODEL_LOAD_FAILED" });
  expect(error.message).toContain("decodeBatch");
  expect(error.hint).toContain("npm ci");
  const vocabulary = await errorOf(() => openVocabulary({ _model: { getTokenString: () => "" } } as unknown as LlamaModel));
  expect(vocabulary.message).toContain("getTokenAttributes");
});
