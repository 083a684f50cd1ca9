import { describe, expect, it } from "vitest";
import type { SamplingParameters } from "../openai/completion.js";
import { AdaptiveSampling, needsLogits } from "./adaptive-sampling.js";

const NONE: ReadonlyMap<number, number> = new Map();
const TOKENS = [7, 3, 5, 1];
const LOGITS = [2, 1, 0, -1];
const sampler = (request: SamplingParameters, counted: readonly number[] = []) =>
  new AdaptiveSampling(request, { seed: 1, counted, breakers: new Map() });

describe("sampling by the logits of a place", () => {
  it("is needed where a step of it acts, and never where the sampler is greedy", () => {
    expect(needsLogits({})).toBe(false);
    expect(needsLogits({ topK: 5, topP: 0.5, minP: 0.1, dryMultiplier: 1, xtcProbability: 1 })).toBe(false);
    for (const request of [{ typicalP: 0.5 }, { topNSigma: 1 }, { mirostat: 2 }, { dynatempRange: 0.5 }]) {
      expect(needsLogits(request)).toBe(true);
      expect(needsLogits({ ...request, temperature: 0 })).toBe(false);
    }
  });

  it("keeps a number of the likeliest, with a bias against those above them", () => {
    const { topK, tokenBiasKeys, tokenBiasValues } = sampler({ topK: 2, topNSigma: 10 }).next(TOKENS, LOGITS, NONE);
    expect([topK, tokenBiasKeys?.length]).toEqual([2, 0]);
    const flat = [0.4, 0.15, 0.15, 0.1, 0.1, 0.1].map(Math.log);
    const cut = sampler({ typicalP: 0.2 }).next([9, 8, 7, 6, 5, 4], flat, NONE);
    expect(cut).toMatchObject({ topK: 2, tokenBiasKeys: Uint32Array.of(9) });
    expect(cut.tokenBiasValues?.[0]).toBeLessThan(-1e5);
    expect(tokenBiasValues?.length).toBe(0);
  });

  it("ranks tokens as biases and penalties leave them", () => {
    const biased = sampler({ topNSigma: 0.1 }).next(TOKENS, LOGITS, new Map([[7, -5]]));
    expect(biased).toMatchObject({ topK: 1, tokenBiasKeys: Uint32Array.of(7), tokenBiasValues: Float32Array.of(-5) });
    const sampling = sampler({ typicalP: 0.5, presencePenalty: 2 });
    const before = sampling.next(TOKENS, LOGITS, NONE);
    sampling.chose(7);
    expect(sampling.next(TOKENS, LOGITS, NONE)).not.toEqual(before);
  });

  it("lowers Mirostat's bound after a surprise, and raises it after what was expected", () => {
    const request = { mirostat: 2, mirostatTau: 1, mirostatEta: 1 };
    const shares = [0.5, 0.25, 0.125, 0.0625, 0.0625].map(Math.log);
    const tokens = [0, 1, 2, 3, 4];
    const sampling = sampler(request);
    expect(sampling.next(tokens, shares, NONE).topK).toBe(2);
    sampling.chose(0);
    // of two tokens, the first had log2(3/2) bits: 2 - (0.585 - 1) = 2.415
    expect(sampling.next(tokens, shares, NONE).topK).toBe(2);
    sampling.chose(0);
    sampling.next(tokens, shares, NONE);
    sampling.chose(0);
    expect(sampling.next(tokens, shares, NONE).topK).toBe(3);
    sampling.chose(2);
    expect(sampling.next(tokens, shares, NONE).topK).toBeLessThan(3);
  });

  it("is needed for DRY that counts the prompt, also where the sampler is greedy", () => {
    const request = { dryMultiplier: 1, countsPrompt: true } as const;
    expect([needsLogits(request), needsLogits({ ...request, temperature: 0 })]).toEqual([true, true]);
    expect(needsLogits({ ...request, dryPenaltyLastN: 0 })).toBe(false);
    expect(needsLogits({ countsPrompt: true, repeatPenalty: 2 })).toBe(false);
  });

  it("counts the prompt's tokens with the completion's, as far as penalties reach", () => {
    const request = { typicalP: 0.99, presencePenalty: 1, repeatLastN: 2 };
    const counting = sampler(request, [1, 7, 3]);
    const biasOf = (config: ReturnType<AdaptiveSampling["next"]>) =>
      new Map(Array.from(config.tokenBiasKeys ?? [], (token, i) => [token, config.tokenBiasValues?.[i]]));
    expect([...biasOf(counting.next(TOKENS, LOGITS, NONE)).keys()].sort()).toEqual([3, 7]);
    counting.chose(5);
    expect([...biasOf(counting.next(TOKENS, LOGITS, NONE)).keys()].sort()).toEqual([3, 5]);
  });

  it("takes DRY's penalty off what would continue a repetition, before anything is cut", () => {
    const request = { dryMultiplier: 10, dryAllowedLength: 1, topNSigma: 0.1 };
    // 7 followed 5 before
    const config = sampler(request, [5, 7, 5]).next(TOKENS, LOGITS, NONE);
    expect(config).toMatchObject({ topK: 1, tokenBiasKeys: Uint32Array.of(7), tokenBiasValues: Float32Array.of(-10) });
    expect(sampler({ ...request, temperature: 0 }, [5, 7, 5]).next(TOKENS, LOGITS, NONE)).not.toHaveProperty("topK");
  });

  it("leaves out top choices before the temperature is found", () => {
    const request = { xtcProbability: 1, xtcThreshold: 0.2, dynatempRange: 0.5 };
    const all = sampler({ dynatempRange: 0.5 }).next(TOKENS, LOGITS, NONE);
    const left = sampler(request).next(TOKENS, LOGITS, NONE);
    expect(left.topK).toBe(3);
    expect(Array.from(left.tokenBiasKeys ?? [])).toEqual([7]);
    expect(left.temperature).not.toBe(all.temperature);
    expect(sampler({ ...request, xtcProbability: 1e-9 }).next(TOKENS, LOGITS, NONE)).toEqual(all);
    expect(sampler({ ...request, xtcThreshold: 0.6 }).next(TOKENS, LOGITS, NONE)).toEqual(all);
  });
});
