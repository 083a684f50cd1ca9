import type { OptionScores, OptionsRequest } from "../openai/completion-target.js";
import { toEngineError } from "./generation.js";
import type { GenerationContext } from "./generation-context.js";
import type { Logits } from "./native-context.js";
import { toSamplerConfig } from "./sampling.js";
import { tooLong } from "./prompt-refusals.js";

/** What one pass over the model told. */
interface Reading {
  logits: Logits;
  cachedTokens: number;
}

/** An option on the way through the tree of all options' tokens. */
interface Branch {
  option: number;
  tokens: readonly number[];
}

/**
 * The distribution over options as decoding that allows nothing else would give it: at every place where options part, the
 * softmax over the tokens that continue with one of them. One pass for options that differ in their first token; a further one for
 * each beginning that several share. Throws CONTEXT_LENGTH_EXCEEDED and what evaluating throws.
 */
export async function scoreOptions(
  context: GenerationContext,
  { messages, prefill, options }: OptionsRequest,
  signal: AbortSignal | undefined,
): Promise<OptionScores> {
  const { tokens: prompt } = await context.prompts.build({ messages, reasoningBudget: 0 }, { most: context.contextSize, signal });
  const branches = context.prompts.tokenizeOptions(prefill, options).map((tokens, option) => ({ option, tokens }));
  const longest = Math.max(...branches.map(({ tokens }) => tokens.length));
  if (prompt.length + longest > context.contextSize) throw tooLong(prompt.length + longest, { messages }, context.contextSize);
  const probabilities = new Array<number>(options.length).fill(0);
  const usage = { promptTokens: prompt.length + commonLength(branches), completionTokens: 0, cachedTokens: 0 };
  let mass = 1;
  const walk = async (group: readonly Branch[], depth: number, share: number): Promise<void> => {
    const [first, ...others] = group;
    if (!first) return;
    if (others.length === 0) {
      probabilities[first.option] = share;
      return;
    }
    const from = depth + commonLength(group.map(({ option, tokens }) => ({ option, tokens: tokens.slice(depth) })));
    const children = [...new Set(group.map(({ tokens }) => tokens[from]))].filter((token) => token !== undefined);
    const { logits, cachedTokens } = await readLogits(context, [...prompt, ...first.tokens.slice(0, from)], children, signal);
    const logprobs = children.map((token) => (logits.of.get(token) ?? -Infinity) - logits.logSumExp);
    if (depth === 0) [mass, usage.cachedTokens] = [Math.min(1, sum(logprobs.map(Math.exp))), cachedTokens];
    for (const [i, part] of softmax(logprobs).entries()) {
      const going = group.filter(({ tokens }) => tokens[from] === children[i]);
      await walk(going, from + 1, share * part);
    }
  };
  await walk(branches, 0, 1);
  return { probabilities, mass, usage };
}

/** The logits of the tokens at the place after a prompt. */
async function readLogits(
  { scheduler, native, endTokens }: GenerationContext,
  prompt: readonly number[],
  tokens: readonly number[],
  signal: AbortSignal | undefined,
): Promise<Reading> {
  let abort: (() => void) | undefined;
  try {
    return await new Promise<Reading>((resolve, reject) => {
      // an end token would end the job before its logits are handed over
      const never = new Map(endTokens.all.map((token) => [token, -Infinity]));
      const job = scheduler.submit({
        prompt,
        maxTokens: 1,
        createSampler: () => native.createSampler(toSamplerConfig({ temperature: 0 }, 0, never)),
        topLogprobs: 0,
        logitTokens: tokens,
        onToken: (_, { logits }) => {
          if (logits) resolve({ logits, cachedTokens: job.cachedTokens });
          return true;
        },
        onEnd: () => reject(new Error("the evaluation gave no logits")),
        onError: (error) => reject(toError(toEngineError(error))),
      });
      abort = () => {
        job.cancel();
        reject(toError(signal?.reason));
      };
      signal?.addEventListener("abort", abort, { once: true });
      if (signal?.aborted) abort();
    });
  } finally {
    if (abort) signal?.removeEventListener("abort", abort);
  }
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** How many tokens all branches begin with. */
function commonLength(branches: readonly Branch[]): number {
  const [first, ...others] = branches;
  const tokens = first?.tokens ?? [];
  const differs = tokens.findIndex((token, i) => others.some((other) => other.tokens[i] !== token));
  return differs < 0 ? tokens.length : differs;
}

function softmax(logprobs: readonly number[]): number[] {
  const most = Math.max(...logprobs);
  const weights = logprobs.map((logprob) => (most === -Infinity ? 1 : Math.exp(logprob - most)));
  const total = sum(weights);
  return weights.map((weight) => weight / total);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
