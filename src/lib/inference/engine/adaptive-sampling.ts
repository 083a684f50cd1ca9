import { MersenneTwister } from "../../base/math/mersenne-twister.js";
import type { SamplingParameters } from "../openai/completion.js";
import { dryPenalties, type Breakers } from "./dry.js";
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
  withoutTopChoices,
  type Candidates,
} from "./sampling-cuts.js";

/** Added to the logit of what was cut: it comes only where a grammar allows nothing else. */
const CUT = -1e6;
/** From this threshold on XTC does nothing: two tokens cannot both be likelier. */
const IDLE_THRESHOLD = 0.5;

/**
 * True where steps of the sampler depend on the logits in ways the library has no sampler for: four of them, and DRY that counts the
 * prompt's tokens.
 */
export function needsLogits(request: SamplingParameters): boolean {
  return (request.countsPrompt === true && hasDry(request)) || cutsByLogits(request);
}

function cutsByLogits({ typicalP = 1, topNSigma = 0, mirostat = 0, dynatempRange = 0, temperature = 1 }: SamplingParameters): boolean {
  return temperature > 0 && (typicalP < 1 || topNSigma > 0 || mirostat > 0 || dynatempRange > 0);
}

/** True where repetitions are penalized by DRY. */
export function hasDry({ dryMultiplier = 0, dryPenaltyLastN = -1 }: SamplingParameters): boolean {
  return dryMultiplier > 0 && dryPenaltyLastN !== 0;
}

/** What the steps of one choice go by besides its request. */
export interface SamplingContext {
  seed: number;
  /** The prompt's tokens, as far as penalties count them. */
  counted: readonly number[];
  /** What DRY's repetitions do not go past. */
  breakers: Breakers;
}

/**
 * The steps of the sampler that the library lacks, told in those it has: the tokens that remain after them are neighbors in rank, so a number
 * of the likeliest, and a bias against those above, stand for any of them. Penalties and XTC act here, too, as later steps go by what they
 * leave. The steps act in llama.cpp's order; XTC draws the numbers that llama.cpp's draws from the same seed.
 */
export class AdaptiveSampling {
  private readonly request: SamplingParameters;
  private readonly breakers: Breakers;
  private readonly random: MersenneTwister;
  /** The tokens that penalties count. */
  private readonly counted: number[];
  private mu: number;
  /** The probabilities of what the next token is drawn from, where Mirostat has to know. */
  private drawn = new Map<number, number>();

  constructor(request: SamplingParameters, { seed, counted, breakers }: SamplingContext) {
    this.request = request;
    this.breakers = breakers;
    this.counted = [...counted];
    this.random = new MersenneTwister(seed);
    this.mu = 2 * (request.mirostatTau ?? 5);
  }

  /** What the sampler has to be told for the next token, given all tokens with their logits, and the biases it has. */
  next(tokens: readonly number[], logits: readonly number[], biases: ReadonlyMap<number, number>): NativeSamplerConfig {
    const changed = this.changes(tokens, logits, biases);
    const ranked = rank(tokens, logits, changed);
    const all = { logits: Float64Array.from(ranked, ({ logit }) => logit), from: 0, to: ranked.length };
    const { temperature = 1, mirostat = 0 } = this.request;
    if (temperature <= 0) return { temperature, ...toBiases(changed) };
    const left = mirostat > 0 ? this.mirostat(all, mirostat) : this.xtc(this.cut(all));
    const range = { range: mirostat > 0 ? 0 : (this.request.dynatempRange ?? 0), exponent: this.request.dynatempExponent ?? 1 };
    const shares = mirostat > 0 ? probabilities(left, temperature) : [];
    this.drawn = new Map(shares.map((share, i) => [ranked[left.from + i]?.token ?? -1, share]));
    for (const { token } of ranked.slice(0, left.from)) changed.set(token, CUT);
    // where nothing is cut the tokens stay in their order, as llama.cpp leaves them: a seed then draws the same
    const isAll = left.to - left.from === ranked.length;
    return {
      ...(!isAll && { topK: left.to - left.from }),
      temperature: dynamicTemperature(left, temperature, range),
      ...toBiases(changed),
    };
  }

  /** Learns which token came. */
  chose(token: number): void {
    this.counted.push(token);
    const share = this.drawn.get(token);
    if (share === undefined) return;
    const { mirostatTau = 5, mirostatEta = 0.1 } = this.request;
    this.mu -= mirostatEta * (-Math.log2(share) - mirostatTau);
  }

  private cut(all: Candidates): Candidates {
    const { topNSigma = 0, topK = 0, typicalP = 1, topP = 1, minP = 0 } = this.request;
    return relativelyLikely(nucleus(typical(likeliest(withinSigmas(all, topNSigma), topK), typicalP), topP), minP);
  }

  private xtc(left: Candidates): Candidates {
    const { xtcProbability = 0, xtcThreshold = 0.1 } = this.request;
    if (xtcProbability <= 0 || xtcThreshold > IDLE_THRESHOLD || left.to - left.from < 2) return left;
    return this.random.nextFloat() > xtcProbability ? left : withoutTopChoices(left, xtcThreshold);
  }

  private mirostat(all: Candidates, version: number): Candidates {
    const shares = probabilities(all, this.request.temperature ?? 1);
    return likeliest(all, version === 1 ? mirostatCount(shares, this.mu) : surprisingCount(shares, this.mu));
  }

  /** What biases, penalties and DRY add to the logits of tokens. */
  private changes(tokens: readonly number[], logits: readonly number[], biases: ReadonlyMap<number, number>): Map<number, number> {
    const changed = new Map(biases);
    const counts = this.counts();
    for (const [place, token] of counts.size > 0 ? tokens.entries() : []) {
      const count = counts.get(token);
      if (count === undefined) continue;
      const [logit, bias] = [logits[place] ?? 0, biases.get(token) ?? 0];
      changed.set(token, bias === -Infinity ? bias : this.penalized(logit + bias, count) - logit);
    }
    for (const [token, penalty] of this.dry()) changed.set(token, (changed.get(token) ?? 0) - penalty);
    return changed;
  }

  private counts(): Map<number, number> {
    const { frequencyPenalty = 0, presencePenalty = 0, repeatPenalty = 1, repeatLastN = -1 } = this.request;
    const counts = new Map<number, number>();
    if (frequencyPenalty === 0 && presencePenalty === 0 && repeatPenalty === 1) return counts;
    for (const token of lastOf(this.counted, repeatLastN)) counts.set(token, (counts.get(token) ?? 0) + 1);
    return counts;
  }

  private dry(): ReadonlyMap<number, number> {
    const { dryMultiplier = 0, dryBase = 1.75, dryAllowedLength = 2, dryPenaltyLastN = -1 } = this.request;
    if (!hasDry(this.request)) return new Map();
    const settings = { multiplier: dryMultiplier, base: dryBase, allowedLength: dryAllowedLength, breakers: this.breakers };
    return dryPenalties(lastOf(this.counted, dryPenaltyLastN), settings);
  }

  private penalized(logit: number, count: number): number {
    const { frequencyPenalty = 0, presencePenalty = 0, repeatPenalty = 1 } = this.request;
    const scaled = logit <= 0 ? logit * repeatPenalty : logit / repeatPenalty;
    return scaled - count * frequencyPenalty - presencePenalty;
  }
}

/** So many of the last; all where the number is negative. */
function lastOf(tokens: readonly number[], count: number): readonly number[] {
  return count < 0 ? tokens : tokens.slice(Math.max(0, tokens.length - count));
}

interface Ranked {
  token: number;
  logit: number;
}

/** The tokens, which come with the highest logit first, by their logits as the changes leave them: few change places among many. */
function rank(tokens: readonly number[], logits: readonly number[], changed: ReadonlyMap<number, number>): Ranked[] {
  const ranked: Ranked[] = [];
  const moved: Ranked[] = [];
  for (const [i, token] of tokens.entries()) {
    const change = changed.get(token);
    const logit = (logits[i] ?? 0) + (change ?? 0);
    (change === undefined ? ranked : moved).push({ token, logit });
  }
  return moved.length === 0
    ? ranked
    : merge(
        ranked,
        moved.sort((a, b) => b.logit - a.logit),
      );
}

function merge(some: readonly Ranked[], others: readonly Ranked[]): Ranked[] {
  const merged: Ranked[] = [];
  let at = 0;
  for (const other of others) {
    for (let one = some[at]; one && one.logit >= other.logit; one = some[++at]) merged.push(one);
    merged.push(other);
  }
  return merged.concat(some.slice(at));
}

function toBiases(changed: ReadonlyMap<number, number>): NativeSamplerConfig {
  return { tokenBiasKeys: Uint32Array.from(changed.keys()), tokenBiasValues: Float32Array.from(changed.values()) };
}
