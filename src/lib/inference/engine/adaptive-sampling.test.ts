import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { AdaptiveSampling, needsLogits, refuseTogether } from "./adaptive-sampling.js";

const NONE: ReadonlyMap<number, number> = new Map();
const TOKENS = [7, 3, 5, 1];
const LOGITS = [2, 1, 0, -1];

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
    const { topK, tokenBiasKeys, tokenBiasValues } = new AdaptiveSampling({ topK: 2, topNSigma: 10 }).next(TOKENS, LOGITS, NONE);
    expect([topK, tokenBiasKeys?.length]).toEqual([2, 0]);
    const flat = [0.4, 0.15, 0.15, 0.1, 0.1, 0.1].map(Math.log);
    const cut = new AdaptiveSampling({ typicalP: 0.2 }).next([9, 8, 7, 6, 5, 4], flat, NONE);
    expect(cut).toMatchObject({ topK: 2, tokenBiasKeys: Uint32Array.of(9) });
    expect(cut.tokenBiasValues?.[0]).toBeLessThan(-1e5);
    expect(tokenBiasValues?.length).toBe(0);
  });

  it("ranks tokens as biases and penalties leave them", () => {
    const biased = new AdaptiveSampling({ topNSigma: 0.1 }).next(TOKENS, LOGITS, new Map([[7, -5]]));
    expect(biased).toMatchObject({ topK: 1, tokenBiasKeys: Uint32Array.of(7), tokenBiasValues: Float32Array.of(-5) });
    const sampling = new AdaptiveSampling({ typicalP: 0.5, presencePenalty: 2 });
    const before = sampling.next(TOKENS, LOGITS, NONE);
    sampling.chose(7);
    expect(sampling.next(TOKENS, LOGITS, NONE)).not.toEqual(before);
  });

  it("lowers Mirostat's bound after a surprise, and raises it after what was expected", () => {
    const request = { mirostat: 2, mirostatTau: 1, mirostatEta: 1 };
    const shares = [0.5, 0.25, 0.125, 0.0625, 0.0625].map(Math.log);
    const tokens = [0, 1, 2, 3, 4];
    const sampling = new AdaptiveSampling(request);
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

  it("is refused together with what it cannot reckon with", async () => {
    const dry = await errorOf(() => refuseTogether({ typicalP: 0.5, dryMultiplier: 1 }));
    expect(dry).toMatchObject({ code: "UNSUPPORTED_PARAMETER", param: "dry_multiplier" });
    const xtc = await errorOf(() => refuseTogether({ dynatempRange: 0.5, xtcProbability: 1 }));
    expect(xtc).toMatchObject({ code: "UNSUPPORTED_PARAMETER", param: "xtc_probability" });
    refuseTogether({ dryMultiplier: 1, topP: 0.5, xtcProbability: 1 });
  });
});
