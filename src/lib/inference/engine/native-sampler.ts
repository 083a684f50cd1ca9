import type { LlamaGrammarEvaluationState } from "node-llama-cpp";

/** The sampler of the library's addon, below its public classes. */
export interface AddonSampler {
  dispose(): void;
  applyConfig(config: NativeSamplerConfig & { grammarEvaluationState?: unknown }): void;
}

/** llama.cpp's sampler chain, in its order: bias, penalties, DRY, top_k, top_p, min_p, XTC, temperature, random choice. Absent members are off. */
export interface NativeSamplerConfig {
  /** 0 or absent is greedy. */
  temperature?: number;
  topK?: number;
  topP?: number;
  minP?: number;
  /** Unsigned 32 bit; llama.cpp takes 0xffffffff for "random". */
  seed?: number;
  repeatPenalty?: number;
  repeatPenaltyMaxTokens?: number;
  repeatPenaltyTokens?: Uint32Array;
  repeatPenaltyPresencePenalty?: number;
  repeatPenaltyFrequencyPenalty?: number;
  tokenBiasKeys?: Uint32Array;
  tokenBiasValues?: Float32Array;
  xtcProbability?: number;
  xtcThreshold?: number;
  dryRepeatPenaltyStrength?: number;
  dryRepeatPenaltyBase?: number;
  dryRepeatPenaltyAllowedLength?: number;
  /** Of the vocabulary's sampler: -1 would be the whole context, which it does not know. */
  dryRepeatPenaltyLastTokens?: number;
  dryRepeatPenaltySequenceBreakers?: readonly string[];
}

/** What a sampler does for each token besides what llama.cpp's chain does. */
export interface SamplerExtras {
  steps?: StepSampling | undefined;
  /** Tell what each token was drawn from, with so many of the likeliest. */
  drawnTop?: number | undefined;
}

/** Steps of sampling that depend on the logits of the place. */
export interface StepSampling {
  /** Members that go over the sampler's configuration for the next token. */
  next(tokens: readonly number[], logits: readonly number[], biases: ReadonlyMap<number, number>): NativeSamplerConfig;
  /** Learns which token came. */
  chose(token: number): void;
}

/** Samples the tokens of one completion; keeps its random stream, penalties and grammar between tokens. */
export interface NativeSampler {
  /**
   * Goes on under another grammar, or under none, with the same random stream; `chosen` are the completion's tokens so far, which
   * penalties count. Only between two steps.
   */
  constrain(grammar: LlamaGrammarEvaluationState | undefined, chosen: readonly number[]): void;
  /** Adds something else to logits from now on; otherwise as `constrain`. */
  bias(biases: ReadonlyMap<number, number>, chosen: readonly number[]): void;
  /** Gives it back once no step uses it any more. */
  release(): void;
}

/** A sampler of the addon with what it was told last. */
export class Sampler implements NativeSampler {
  readonly addon: AddonSampler;
  private readonly free: Sampler[];
  private config: NativeSamplerConfig = {};
  private grammar: LlamaGrammarEvaluationState | undefined;
  private steps: StepSampling | undefined;
  /** How many of the likeliest are told with the probability of each token; undefined where none are. */
  drawnTop: number | undefined;
  /** The completion's tokens, as far as they have to be known to apply a configuration again. */
  private chosen: number[] = [];

  constructor(addon: AddonSampler, free: Sampler[]) {
    this.addon = addon;
    this.free = free;
  }

  /** Whether the next token can only be sampled once all logits have been read. */
  get readsLogits(): boolean {
    return this.steps !== undefined;
  }

  /** True where it takes the likeliest token, whatever else it is told. */
  get isGreedy(): boolean {
    return (this.config.temperature ?? 0) <= 0;
  }

  /** Replaces the whole configuration. Restarts the random stream, also for the same seed. */
  configure(config: NativeSamplerConfig, grammar?: LlamaGrammarEvaluationState, { steps, drawnTop }: SamplerExtras = {}): void {
    // the addon keeps the random stream as long as the seed stays the same
    this.addon.applyConfig({ seed: ((config.seed ?? 0) ^ 1) >>> 0 });
    this.config = config;
    this.steps = steps;
    this.drawnTop = drawnTop;
    this.chosen = [];
    this.grammar = grammar;
    this.apply();
  }

  constrain(grammar: LlamaGrammarEvaluationState | undefined, chosen: readonly number[]): void {
    this.chosen = [...chosen];
    this.grammar = grammar;
    this.apply();
  }

  bias(biases: ReadonlyMap<number, number>, chosen: readonly number[]): void {
    this.chosen = [...chosen];
    const config = { ...this.config };
    delete config.tokenBiasKeys;
    delete config.tokenBiasValues;
    this.config = { ...config, ...toBiasConfig(biases) };
    this.apply();
  }

  /** Has the next token sampled by what its logits say, all of which are given, the highest first. */
  adapt(tokens: readonly number[], logits: readonly number[]): void {
    const { tokenBiasKeys = new Uint32Array(0), tokenBiasValues = new Float32Array(0) } = this.config;
    const biases = new Map(Array.from(tokenBiasKeys, (token, i) => [token, tokenBiasValues[i] ?? 0]));
    this.apply(this.steps?.next(tokens, logits, biases));
  }

  /** Notes the token that came. */
  note(token: number): void {
    if (!this.steps) return;
    this.steps.chose(token);
    this.chosen.push(token);
  }

  release(): void {
    this.grammar = undefined;
    this.steps = undefined;
    this.addon.applyConfig({}); // lets go of the grammar
    this.free.push(this);
  }

  private apply(step: NativeSamplerConfig = {}): void {
    const { config, grammar, chosen } = this;
    const { repeatPenaltyTokens: before } = config;
    // the addon keeps so many of the last
    this.addon.applyConfig({
      ...config,
      ...(before && { repeatPenaltyTokens: Uint32Array.from([...before, ...chosen]) }),
      ...step,
      ...(grammar && { grammarEvaluationState: (grammar as unknown as { _state?: unknown })._state }),
    });
  }
}

/** What is added to logits, as the sampler takes it. */
export function toBiasConfig(biases: ReadonlyMap<number, number>): NativeSamplerConfig {
  if (biases.size === 0) return {};
  return { tokenBiasKeys: Uint32Array.from(biases.keys()), tokenBiasValues: Float32Array.from(biases.values()) };
}
