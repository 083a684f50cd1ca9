import type { Job } from "./job.js";
import type { BatchPart } from "./native-context.js";
import { followersOf } from "./shared-decoding.js";
import type { Slot } from "./slots.js";

export interface BatchLimits {
  /** Tokens a batch can hold. */
  batchSize: number;
  /** Prompt tokens a batch takes beside so many running answers while so many requests wait for their first token: a longer batch would make answers stutter. */
  promptTokensBeside: (answers: number, waiting: number) => number;
  /** Which of two jobs' prompts is evaluated first: below 0 for the first one's. */
  compare: (a: Job, b: Job) => number;
}

/** What one slot puts into the next batch. */
export interface SlotPart extends BatchPart {
  slot: Slot;
  job: Job;
  /** Jobs that follow it, and sample where it does. */
  followers: readonly Job[];
}

/** A prompt that exceeds its room by no more than this share is still taken whole. */
const OVERSHOOT = 1.25;
/**
 * llama.cpp evaluates sequences together as far as they have equally many tokens in the batch, and what one has
 * more in a pass of its own, which costs about as much as a whole step. So few tokens are left for later steps,
 * where they ride along with the others: unless further prompts wait, which would make those steps long.
 */
const FEW_TOKENS = 4;
/** Logits of so many tokens are kept at once: each takes four bytes for every token of the vocabulary. */
const TOKENS_WITH_LOGITS = 64;

/**
 * The next batch: one token for every answer being generated, then prompts in their order. Prompts
 * are taken whole where possible, because pieces cost passes of their own; one that does not fit beside
 * others waits for the next batch unless it is too long for any. Parts are in slot order.
 */
export function planBatch(slots: readonly Slot[], limits: BatchLimits): SlotPart[] {
  const toPart = (slot: Slot, job: Job, tokens: readonly number[]) => makePart(slots, { slot, job }, tokens);
  const answers = slots.flatMap((slot) => (slot.job?.phase === "decode" ? [toPart(slot, slot.job, [slot.job.next as number])] : []));
  const waiting = slots.flatMap((slot) => (slot.job?.phase === "prefill" ? [{ slot, job: slot.job }] : []));
  const chosen = choosePrompts(waiting, answers.length, limits);
  const prompts = chosen.length === waiting.length ? evenOut(chosen, answers.length > 0) : chosen;
  const parts = prompts.map(({ slot, job, take }) =>
    toPart(slot, job, job.options.prompt.slice(slot.tokens.length, slot.tokens.length + take)),
  );
  return [...answers, ...parts].sort((a, b) => a.sequence - b.sequence);
}

interface WaitingPrompt {
  slot: Slot;
  job: Job;
}

interface PromptShare extends WaitingPrompt {
  take: number;
}

/** How much of which prompts fits into a batch with so many answers. */
function choosePrompts(waiting: WaitingPrompt[], answers: number, { batchSize, promptTokensBeside, compare }: BatchLimits): PromptShare[] {
  const all = batchSize - answers;
  const chosen: PromptShare[] = [];
  const most = answers === 0 ? all : Math.min(promptTokensBeside(answers, waiting.length), all);
  let room = most;
  for (const { slot, job } of waiting.sort((a, b) => compare(a.job, b.job))) {
    const rest = job.options.prompt.length - slot.tokens.length;
    const limit = job.options.onPromptToken ? TOKENS_WITH_LOGITS : Infinity;
    const whole = rest <= Math.min(room * OVERSHOOT, all - (most - room));
    if (room <= 0 || (!whole && rest <= most)) continue;
    const take = Math.min(whole ? rest : room, limit);
    chosen.push({ slot, job, take });
    room -= take;
  }
  return chosen;
}

function evenOut(prompts: readonly PromptShare[], besideAnswers: boolean): PromptShare[] {
  const shortest = Math.min(...prompts.map(({ take }) => take));
  const common = besideAnswers && shortest <= FEW_TOKENS ? 1 : shortest;
  return prompts.map((prompt) => (prompt.take - common <= FEW_TOKENS ? { ...prompt, take: common } : prompt));
}

function makePart(slots: readonly Slot[], { slot, job }: WaitingPrompt, tokens: readonly number[]): SlotPart {
  const complete = slot.tokens.length + tokens.length >= job.options.prompt.length;
  const allLogits = job.options.onPromptToken !== undefined && job.phase === "prefill";
  const followers = followersOf(slots, slot);
  const part = { slot, job, followers, sequence: slot.id, position: slot.tokens.length, tokens, ...(allLogits ? { allLogits } : {}) };
  if (!complete || !job.sampler) return part;
  return { ...part, sampler: job.sampler, moreSamplers: followers.flatMap(({ sampler }) => sampler ?? []) };
}
