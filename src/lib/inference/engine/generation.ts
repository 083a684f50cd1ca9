import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { Chunk, CompletionRequest, Timing, Usage } from "../openai/completion.js";
import type { CompleteOptions } from "../openai/completion-target.js";
import { flowUntil, type Sink, type Stop } from "../openai/feed.js";
import { FeedQueue } from "../openai/feed-queue.js";
import { ChoiceOutput } from "./choice-output.js";
import type { EndToken, Job } from "./job.js";
import { prepareGrammars, toPilot, toReading, toTexts, type PreparedGrammars } from "./answer-parts.js";
import type { GenerationContext } from "./generation-context.js";
import type { BuiltPrompt } from "./prompt-builder.js";
import { AdaptiveSampling, needsLogits } from "./adaptive-sampling.js";
import { choiceSeed, randomSeed, toSamplerConfig, withSteps } from "./sampling.js";
import { TokenGuide } from "./token-guide.js";
import { prepareRules, type ReadyRules } from "./token-rules.js";
import { tooLong } from "./prompt-refusals.js";

export type { GenerationContext };

/** One request on its way: a job for each of its choices, and the chunks they give. */
export class Generation {
  private readonly chunks = new FeedQueue<Chunk>();
  private readonly prompt: BuiltPrompt;
  private readonly jobs: Job[] = [];
  private readonly outputs: ChoiceOutput[] = [];
  private open: number;

  /** Throws CONTEXT_LENGTH_EXCEEDED, QUEUE_FULL, and what building the prompt throws. */
  static async start(
    context: GenerationContext,
    asked: CompletionRequest,
    { signal, caller, onRelaxed }: Pick<CompleteOptions, "signal" | "caller" | "onRelaxed">,
  ): Promise<Generation> {
    const request = withSteps(asked);
    const prompt = await context.prompts.build(request, { most: context.contextSize, signal });
    const room = context.contextSize - prompt.tokens.length;
    const least = request.maxTokens === 0 ? 0 : 1;
    if (room < least) throw tooLong(prompt.tokens.length, request, context.contextSize);
    const rules = await prepareRules(request, context);
    refuseWhenFull(context, request, caller);
    const grammars = await prepareGrammars(context.grammars, prompt, { caller, signal });
    if (grammars.relaxed.length > 0) onRelaxed?.(grammars.relaxed);
    return new Generation(
      context,
      { ...request, maxTokens: Math.min(request.maxTokens ?? room, room), caller },
      { prompt, grammars, rules },
    );
  }

  private constructor(
    context: GenerationContext,
    request: CompletionRequest & { maxTokens: number; caller: string | undefined },
    { prompt, grammars, rules }: { prompt: BuiltPrompt; grammars: PreparedGrammars; rules: ReadyRules },
  ) {
    this.prompt = prompt;
    const { native, scheduler, bytes } = context;
    const { choices = 1, topLogprobs, promptLogprobs, maxTokens, caller } = request;
    const tokenIds = request.tokenIds ? { prompt: prompt.tokens } : undefined;
    const seed = request.seed ?? randomSeed();
    const counted = request.countsPrompt ? prompt.tokens : [];
    const texts = toTexts(request, context);
    this.open = choices;
    for (let choice = 0; choice < choices; choice++) {
      const output = new ChoiceOutput(this.chunks, bytes, { choice, tokenIds, ...texts, ...toReading(prompt) });
      this.outputs.push(output);
      const pilot = toPilot(context, prompt, grammars);
      const guide = new TokenGuide(rules, pilot);
      const own = choiceSeed(seed, choice);
      const config = toSamplerConfig(request, own, guide.biases, counted);
      const job = scheduler.submit({
        prompt: prompt.tokens,
        maxTokens,
        priority: request.priority ?? 0,
        ...(caller === undefined ? {} : { caller }),
        createSampler: () => {
          const context = { seed: own, counted, breakers: rules.breakers };
          const steps = needsLogits(request) ? new AdaptiveSampling(request, context) : undefined;
          const grammar = pilot ? pilot.first : grammars.start?.();
          const sampler = native.createSampler(config, grammar, { steps, drawnTop: request.drawnProbs });
          guide.attach(sampler);
          return sampler;
        },
        ...(guide.steers && { steer: (sampled: number) => guide.steer(sampled) }),
        ...(rules.stopTokens.size > 0 && { stopTokens: rules.stopTokens, keepsStop: request.keepsStop === true }),
        ...(topLogprobs === undefined ? {} : { topLogprobs }),
        ...(promptLogprobs === undefined ? {} : { onPromptToken: output.readPrompt(prompt.tokens), promptTopLogprobs: promptLogprobs }),
        onToken: (token, reading) => output.push(token, reading),
        onEnd: (reason, last) => this.end(output, reason, last),
        onError: (error) => this.chunks.abort(toEngineError(error)),
      });
      this.jobs.push(job);
    }
  }

  /** Gives the chunks to a sink. Frees the slots when the signal aborts, when the sink wants no more, and on an error; `over` hears of each end. */
  flow(sink: Sink<Chunk>, signal: AbortSignal | undefined, over: () => void): Stop {
    const abort = () => this.chunks.abort(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
    return flowUntil(this.chunks, sink, () => {
      signal?.removeEventListener("abort", abort);
      this.cancel();
      over();
    });
  }

  /** No more of it is wanted. */
  cancel(): void {
    for (const job of this.jobs) if (!job.over) job.cancel();
  }

  /** What has been computed so far: nothing while it waits for a slot. */
  get computed(): Usage {
    const begun = this.jobs.some(({ times }) => times.startedAt !== undefined);
    return {
      promptTokens: begun ? this.prompt.tokens.length : 0,
      completionTokens: this.jobs.reduce((sum, job) => sum + job.generated, 0),
      cachedTokens: this.jobs[0]?.cachedTokens ?? 0,
    };
  }

  private end(output: ChoiceOutput, reason: "stop" | "length", last: EndToken | undefined): void {
    output.end(reason, last);
    this.open--;
    if (this.open > 0) return;
    const thoughts = this.outputs.map(({ thoughtTokens }) => thoughtTokens);
    const usage = {
      ...this.computed,
      ...(!thoughts.includes(undefined) && { reasoningTokens: thoughts.reduce<number>((sum, count) => sum + (count ?? 0), 0) }),
    };
    this.chunks.push({ type: "finish", usage, timing: toTiming(this.jobs) });
    this.chunks.end();
  }
}

function toTiming(jobs: readonly Job[]): Timing {
  const times = jobs.map((job) => job.times);
  const begun = Math.min(...times.map((t) => t.queuedAt));
  const started = Math.min(...times.map((t) => t.startedAt ?? begun));
  const first = Math.min(...times.map((t) => t.firstTokenAt ?? t.endedAt ?? started));
  const ended = Math.max(...times.map((t) => t.endedAt ?? begun));
  return { queueMs: started - begun, prefillMs: first - started, firstTokenMs: first - begun, totalMs: ended - begun };
}

/** Where the queue is full, those wait who have the fewest waiting: another caller's last request makes room for one of who has less. */
function refuseWhenFull({ scheduler, queueLimit }: GenerationContext, { choices = 1 }: CompletionRequest, caller?: string): void {
  const free = scheduler.slots.length - scheduler.busySlots;
  const places = scheduler.queuedJobs + choices - free - queueLimit;
  // a request of many choices may begin whenever a slot is free for it
  if (places <= 0 || free > scheduler.queuedJobs) return;
  const retryAfterSeconds = Math.max(1, Math.ceil(scheduler.expectedWaitMs / 1000));
  const message = `All ${scheduler.slots.length} slots are busy and ${scheduler.queuedJobs} requests are already waiting.`;
  const refusal = new LlmopsError("QUEUE_FULL", message, { hint: `Try again in about ${retryAfterSeconds} s.`, retryAfterSeconds });
  if (!scheduler.makeRoom(caller, { count: choices, places }, refusal)) throw refusal;
}

/** llama.cpp says little about why an evaluation failed; on a machine with enough memory it does not. */
export function toEngineError(thrown: unknown): unknown {
  if (thrown instanceof LlmopsError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (!/alloc|memory|KV slot|Eval has failed/i.test(message)) return thrown;
  return new LlmopsError("OUT_OF_MEMORY", `The model could not evaluate this request: ${message}.`, {
    hint: "The server is still running. Try again with a shorter prompt or fewer requests at once.",
    cause: thrown,
  });
}
