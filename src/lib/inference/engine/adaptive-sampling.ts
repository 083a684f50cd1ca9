import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { SamplingParameters } from "../openai/completion.js";
import type { NativeSamplerConfig } from "./native-sampler.js";
import {
  dynamicTemperature,
  likeliest,
  mirostatCount,
  nucleus,
  probabilities,
  relativelyLikely,
  surprisingCount,
  typical,
  withinSigmas,
  type Candidates,
} from "./sampling-cuts.js";

/** Added to the logit of what was cut: it comes only where a grammar allows nothing else. */
const CUT = -1e6;

/** True where steps of the sampler depend on the logits in ways the library has no sampler for. */
export function needsLogits({
  typicalP = 1,
  topNSigma = 0,
  mirostat = 0,
  dynatempRange = 0,
  temperature = 1,
}: SamplingParameters): boolean {
  return temperature > 0 && (typicalP < 1 || topNSigma > 0 || mirostat > 0 || dynatempRange > 0);
}

/** Throws UNSUPPORTED_PARAMETER for steps that cannot act together here. */
export function refuseTogether(request: SamplingParameters): void {
  if (!needsLogits(request)) return;
  if ((request.dryMultiplier ?? 0) > 0) {
    throw together("dry_multiplier", "typical_p, top_n_sigma, mirostat, or dynatemp_range", "top_k, top_p, or min_p");
  }
  if ((request.xtcProbability ?? 0) > 0 && (request.dynatempRange ?? 0) > 0) {
    throw together("xtc_probability", "dynatemp_range", "a fixed temperature");
  }
}

function together(param: string, other: string, instead: string): LlmopsError {
  return new LlmopsError("UNSUPPORTED_PARAMETER", `${param} cannot act together with ${other}.`, {
    hint: `Leave out one of them, or set ${instead}.`,
    param,
  });
}

/**
 * The steps of the sampler that the library lacks, told in those it has: the tokens that remain after them are neighbors in rank, so a number
 * of the likeliest, and a bias against those above, stand for any of them. They act in llama.cpp's order, after the penalties.
 */
export class AdaptiveSampling {
  private readonly request: SamplingParameters;
  private readonly chosen: number[] = [];
  private mu: number;
  /** The probabilities of what the next token is drawn from, where Mirostat has to know. */
  private drawn = new Map<number, number>();

  constructor(request: SamplingParameters) {
    this.request = request;
    this.mu = 2 * (request.mirostatTau ?? 5);
  }

  /** What the sampler has to be told for the next token, given all tokens with their logits, and the biases it has. */
  next(tokens: readonly number[], logits: readonly number[], biases: ReadonlyMap<number, number>): NativeSamplerConfig {
    const ranked = this.rank(tokens, logits, biases);
    const all = { logits: Float64Array.from(ranked, ({ logit }) => logit), from: 0, to: ranked.length };
    const { temperature = 1, mirostat = 0 } = this.request;
    const left = mirostat > 0 ? this.mirostat(all, mirostat) : this.cut(all);
    const range = { range: mirostat > 0 ? 0 : (this.request.dynatempRange ?? 0), exponent: this.request.dynatempExponent ?? 1 };
    const shares = mirostat > 0 ? probabilities(left, temperature) : [];
    this.drawn = new Map(shares.map((share, i) => [ranked[left.from + i]?.token ?? -1, share]));
    const cut = ranked.slice(0, left.from).map(({ token }) => [token, CUT] as const);
    const biased = new Map([...biases, ...cut]);
    return {
      topK: left.to - left.from,
      temperature: dynamicTemperature(left, temperature, range),
      tokenBiasKeys: Uint32Array.from(biased.keys()),
      tokenBiasValues: Float32Array.from(biased.values()),
    };
  }

  /** Learns which token came. */
  chose(token: number): void {
    this.chosen.push(token);
    const share = this.drawn.get(token);
    if (share === undefined) return;
    const { mirostatTau = 5, mirostatEta = 0.1 } = this.request;
    this.mu -= mirostatEta * (-Math.log2(share) - mirostatTau);
  }

  private cut(all: Candidates): Candidates {
    const { topNSigma = 0, topK = 0, typicalP = 1, topP = 1, minP = 0 } = this.request;
    return relativelyLikely(nucleus(typical(likeliest(withinSigmas(all, topNSigma), topK), typicalP), topP), minP);
  }

  private mirostat(all: Candidates, version: number): Candidates {
    const shares = probabilities(all, this.request.temperature ?? 1);
    return likeliest(all, version === 1 ? mirostatCount(shares, this.mu) : surprisingCount(shares, this.mu));
  }

  /** The tokens by their logits as biases and penalties leave them, the highest first. */
  private rank(
    tokens: readonly number[],
    logits: readonly number[],
    biases: ReadonlyMap<number, number>,
  ): { token: number; logit: number }[] {
    const counts = this.counted();
    const ranked = tokens.map((token, i) => ({
      token,
      logit: this.penalized((logits[i] ?? 0) + (biases.get(token) ?? 0), counts.get(token)),
    }));
    return biases.size === 0 && counts.size === 0 ? ranked : ranked.sort((a, b) => b.logit - a.logit);
  }

  private counted(): Map<number, number> {
    const { frequencyPenalty = 0, presencePenalty = 0, repeatPenalty = 1, repeatLastN = -1 } = this.request;
    const counts = new Map<number, number>();
    if (frequencyPenalty === 0 && presencePenalty === 0 && repeatPenalty === 1) return counts;
    const last = repeatLastN < 0 ? this.chosen : repeatLastN === 0 ? [] : this.chosen.slice(-repeatLastN);
    for (const token of last) counts.set(token, (counts.get(token) ?? 0) + 1);
    return counts;
  }

  private penalized(logit: number, count = 0): number {
    if (count === 0) return logit;
    const { frequencyPenalty = 0, presencePenalty = 0, repeatPenalty = 1 } = this.request;
    const scaled = logit <= 0 ? logit * repeatPenalty : logit / repeatPenalty;
    return scaled - count * frequencyPenalty - presencePenalty;
  }
}
