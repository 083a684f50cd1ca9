import type { LlamaContext, LlamaGrammarEvaluationState, LlamaModel } from "node-llama-cpp";
import { hasOrderedWorkers } from "../../base/config/environment.js";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { openAddon, type AddonContext, type AddonParts } from "./addon-context.js";
import { Sampler, type AddonSampler, type NativeSampler, type NativeSamplerConfig, type SamplerExtras } from "./native-sampler.js";

/** Tokens of one sequence to evaluate, from a position on; a token is sampled after the last one when `sampler` is there. */
export interface BatchPart {
  sequence: number;
  position: number;
  tokens: readonly number[];
  sampler?: NativeSampler;
  /** Further samplers at the same place. */
  moreSamplers?: readonly NativeSampler[];
  /** The logits after every token will be read, not only those after the last. */
  allLogits?: boolean;
}

/** What a step gave for one part. */
export interface PartResult {
  /** Indexes `readLogits` takes: one for every token of a part with `allLogits`, one for the last where a sampler is. */
  logitIndexes: readonly number[];
  sample: SampledToken | undefined;
  /** Of the further samplers, in their order. */
  moreSamples: readonly SampledToken[];
}

/** A sampled token, or why there is none. */
export type SampledToken = { token: number; drawn?: Probabilities | undefined } | { error: unknown };

/** What a token was drawn from, as the whole chain of samplers left it. */
export interface Probabilities {
  /** That of the token itself. */
  own: number;
  /** The likeliest, best first, without those that could not come. */
  top: [token: number, probability: number][];
}

/** Raw logits at one place of the last batch. */
export interface Logits {
  /** The most likely tokens with their logits, best first. */
  top: [token: number, logit: number][];
  /** Logits of the tokens asked for. */
  of: Map<number, number>;
  /** log of the sum of exp(logit) over the vocabulary: a logit minus this is a log-probability. */
  logSumExp: number;
}

/** More than any vocabulary has. */
const MOST_TOKENS = 2 ** 24;

/** One llama.cpp context with its sequences (their ids are 0 .. sequences - 1). Not safe to call while a batch is running. */
export class NativeContext {
  private readonly context: AddonContext;
  private readonly model: object;
  private readonly AddonSampler: new (model: object) => AddonSampler;
  private readonly greedy: Sampler;
  /** Samplers without a request: each has a list of the whole vocabulary, which is not made anew for every request. */
  private readonly freeSamplers: Sampler[] = [];
  private readonly samplers: Sampler[] = [];
  /** True when the library's worker pool has one thread, so that work queued together runs in that order. */
  private readonly inOrder: boolean;
  /** Reading all logits takes one sampler, one place after the other. */
  private reading: Promise<unknown> = Promise.resolve();
  private threads = 0;

  /** Throws MODEL_LOAD_FAILED when the installed node-llama-cpp has other internals than the pinned version. */
  static open(model: LlamaModel, context: LlamaContext, { inOrder } = { inOrder: hasOrderedWorkers() }): NativeContext {
    return new NativeContext(openAddon(model, context), inOrder);
  }

  private constructor({ context, model, AddonSampler }: AddonParts, inOrder: boolean) {
    this.context = context;
    this.model = model;
    this.AddonSampler = AddonSampler;
    this.inOrder = inOrder;
    this.greedy = this.makeSampler();
    this.greedy.configure({ temperature: 0 });
  }

  /** A sampler with its random stream at its beginning. Throws what llama.cpp says about a wrong grammar. */
  createSampler(config: NativeSamplerConfig, grammar?: LlamaGrammarEvaluationState, extras?: SamplerExtras): NativeSampler {
    const sampler = this.freeSamplers.pop() ?? this.makeSampler();
    sampler.configure(config, grammar, extras);
    return sampler;
  }

  private makeSampler(): Sampler {
    const sampler = new Sampler(new this.AddonSampler(this.model), this.freeSamplers);
    this.samplers.push(sampler);
    return sampler;
  }

  /**
   * Frees the samplers, once no step uses them. Left to the end of the process, a sampler may let go of its grammar after that is
   * gone, which ends the process with a corrupted heap.
   */
  dispose(): void {
    for (const { addon } of this.samplers) addon.dispose();
  }

  /**
   * Evaluates one batch and samples after every part that has a sampler. Parts have to come in ascending
   * sequence order: llama.cpp evaluates neighboring sequences together. Rejects when the evaluation fails; a
   * sampler that fails only spoils its own part.
   */
  async step(parts: readonly BatchPart[]): Promise<PartResult[]> {
    this.context.initBatch(parts.reduce((sum, part) => sum + part.tokens.length, 0));
    const indexes = parts.map((part) => this.addPart(part));
    const decoded = this.context.decodeBatch();
    if (!this.inOrder) await decoded;
    const sampling = parts.map(({ sampler, moreSamplers = [] }, i) =>
      Promise.all((sampler ? [sampler, ...moreSamplers] : []).map((one) => this.sample(indexes[i]?.at(-1), one, decoded))),
    );
    // nothing may still be running when this returns, also when something failed
    const [evaluation, samples] = await Promise.allSettled([decoded, Promise.all(sampling)]);
    if (evaluation.status === "rejected") throw evaluation.reason;
    if (samples.status === "rejected") throw samples.reason;
    return samples.value.map(([sample, ...moreSamples], i) => ({ logitIndexes: indexes[i] ?? [], sample, moreSamples }));
  }

  private async sample(logitIndex: number | undefined, sampler: NativeSampler, decoded: Promise<void>): Promise<SampledToken> {
    try {
      if (logitIndex === undefined || !(sampler instanceof Sampler)) throw new Error("there are no logits to sample from");
      if (sampler.readsLogits) {
        await decoded;
        const read = this.reading.then(() => this.readAll(logitIndex));
        this.reading = read.catch(() => undefined);
        const { tokens, logits } = await read;
        sampler.adapt(tokens, logits);
      }
      const sampled = await this.draw(logitIndex, sampler);
      sampler.note(sampled.token);
      return sampled;
    } catch (error) {
      return { error: isEmptyGrammar(error) ? noTokenLeft() : error };
    }
  }

  private async draw(logitIndex: number, { addon, drawnTop, isGreedy }: Sampler): Promise<{ token: number; drawn?: Probabilities }> {
    if (drawnTop === undefined) return { token: await this.context.sampleToken(logitIndex, addon) };
    const [token, flat = []] = await this.context.sampleToken(logitIndex, addon, true);
    // the greedy chain leaves all tokens as they are, and takes the likeliest
    if (isGreedy) return { token, drawn: { own: 1, top: drawnTop > 0 ? [[token, 1]] : [] } };
    const place = flat.findIndex((value, i) => i % 2 === 0 && value === token);
    const top = toPairs(flat.slice(0, 2 * drawnTop)).filter(([, probability]) => probability > 0);
    return { token, drawn: { own: flat[place + 1] ?? 0, top } };
  }

  /** All tokens with their raw logits at a place of the last step, the highest first. */
  private async readAll(logitIndex: number): Promise<{ tokens: number[]; logits: number[] }> {
    const [, , , flat] = await this.context.sampleToken(
      logitIndex,
      this.greedy.addon,
      false,
      false,
      [[], false, false, false, MOST_TOKENS],
      true,
    );
    const tokens: number[] = [];
    const logits: number[] = [];
    for (let i = 0; i + 1 < flat.length; i += 2) {
      tokens.push(flat[i] as number);
      logits.push(flat[i + 1] as number);
    }
    return { tokens, logits };
  }

  /** The raw logits behind a token of the last step: the `top` best and those of `tokens`. */
  async readLogits(logitIndex: number, top: number, tokens: readonly number[]): Promise<Logits> {
    const filter = [...tokens];
    const result = await this.context.sampleToken(
      logitIndex,
      this.greedy.addon,
      false,
      false,
      [filter, false, false, false, Math.max(1, top)],
      true,
    );
    const pairs = toPairs(result[3]);
    const ranked = pairs.slice(0, Math.max(1, top));
    const best = ranked[0]?.[1] ?? 0;
    return { top: ranked.slice(0, top), of: new Map(pairs), logSumExp: best + Math.log(result[4]) };
  }

  /** Forgets what the sequence holds from `length` on; false when this kind of model cannot. */
  truncate(sequence: number, length: number): boolean {
    // windowed and recurrent caches have already dropped what an earlier position needs
    if (length > 0 && this.context.getSequenceKvCacheMinPosition(sequence) > 0) return false;
    return this.context.removeTokenCellsFromSequence(sequence, length, -1);
  }

  /** True when the sequence still holds everything from its first token on, so that its beginning can be reused. */
  isWhole(sequence: number): boolean {
    return this.context.getSequenceKvCacheMinPosition(sequence) === 0;
  }

  clear(sequence: number): void {
    this.context.disposeSequence(sequence);
  }

  /** Makes `target` hold what `source` holds. */
  async copy(target: number, source: number): Promise<void> {
    await this.context.copySequenceStateFromOtherSequence(target, source);
  }

  /** The compute threads of the next steps. */
  setThreads(threads: number): void {
    if (threads === this.threads) return;
    this.context.setThreads(threads);
    this.threads = threads;
  }

  private addPart({ sequence, position, tokens, sampler, allLogits }: BatchPart): number[] {
    const last = sampler ? [tokens.length - 1] : [];
    const wanted = Uint32Array.from(allLogits ? tokens.keys() : last);
    return Array.from(this.context.addToBatch(sequence, position, Uint32Array.from(tokens), wanted));
  }
}

/** Where all tokens are forbidden llama.cpp's sampler takes any of them, which the grammar then does not accept. */
function isEmptyGrammar(error: unknown): boolean {
  return /empty grammar stack/i.test(messageOf(error));
}

function noTokenLeft(): LlmopsError {
  return new LlmopsError(
    "INVALID_ARGUMENT",
    "The answer cannot go on: its format and the tokens that the request forbids leave no token.",
    {
      hint: "Loosen the format (a schema, choices, or a grammar), or forbid less with logit_bias, bad_words, and allowed_token_ids.",
    },
  );
}

function toPairs(flat: readonly number[]): [token: number, logit: number][] {
  const pairs: [number, number][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([flat[i] as number, flat[i + 1] as number]);
  return pairs;
}
