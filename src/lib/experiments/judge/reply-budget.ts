import type { Completion } from "../../inference/openai/completion.js";
import type { ReasonPlace } from "./judge-prompt.js";
import { withoutThoughts } from "./read-reply.js";

/** A score alone, with room for a code fence around it. */
const SCORE_TOKENS = 64;
/** With a justification of a sentence or two. */
const REASONED_TOKENS = 320;
/** With thoughts before them, which count as well at vLLM, DeepSeek and OpenAI. */
const THINKING_TOKENS = [4096, 16384];

/**
 * How many tokens a judge's reply may take. It starts small; once a reply is cut off, or thoughts are seen, it grows for this judge
 * and stays so. A number that the user gave never changes.
 */
export class ReplyBudget {
  private readonly steps: readonly number[];
  private step = 0;
  private highest: number;

  constructor(reason: ReasonPlace, fixed?: number) {
    this.steps = fixed === undefined ? [reason === "none" ? SCORE_TOKENS : REASONED_TOKENS, ...THINKING_TOKENS] : [fixed];
    this.highest = this.steps.length - 1;
  }

  get tokens(): number {
    return this.steps[this.step] ?? 0;
  }

  /** Makes room for more than `used`; false where there is no more to give. Calls that ran at the same time raise it once. */
  raise(used: number): boolean {
    if (this.tokens <= used && this.step < this.highest) this.step++;
    return this.tokens > used;
  }

  /** Makes room for thoughts from now on. */
  allowThoughts(): void {
    this.step = Math.max(this.step, Math.min(1, this.highest));
  }

  /** Takes back a step that the endpoint refuses, as one whose context is smaller; false where there was none. */
  lower(refused: number): boolean {
    const step = this.steps.indexOf(refused);
    if (step <= 0) return false;
    this.highest = Math.min(this.highest, step - 1);
    this.step = Math.min(this.step, this.highest);
    return true;
  }
}

/** Whether the judge thought before it answered. */
export function hasThoughts({ text, thoughts }: Completion): boolean {
  return thoughts !== undefined || withoutThoughts(text) !== text;
}

/** Why a reply that was cut off has no verdict, in words for a person. */
export function describeCutOff(completion: Completion, tokens: number): string {
  const how = hasThoughts(completion) ? "thought until its tokens ran out" : "ran out of tokens before its verdict";
  return `the judge ${how} (at ${tokens}; --judge-max-tokens gives it more)`;
}
