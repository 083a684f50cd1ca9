import type { OptionsSchema } from "../../base/registry/named-options.js";
import type { Registered } from "../../base/registry/registry.js";
import type { ChatMessage, Completion } from "../../inference/openai/completion.js";
import type { GradedSample, PairedSample } from "./judge-prompt.js";
import type { Reply, Unreadable } from "./read-reply.js";
import type { Rubric } from "./rubric.js";
import type { PairVerdict, JudgeVerdict } from "./verdict.js";

/** What may be said of a request to the model that grades; its tokens are counted. */
export interface JudgeRequest {
  /** The conversation; that of the task when absent. */
  messages?: readonly ChatMessage[];
  /** 0 when absent. */
  temperature?: number;
  seed?: number;
  maxTokens?: number;
}

/** A reply, with the probabilities of what it may say where the model gives them. */
export interface JudgeAnswer {
  reply: Reply | Unreadable;
  probabilities: number[] | null;
  /** The model's own probability of saying one of the levels at all. */
  mass?: number;
}

/** What is judged, and the model that can be asked about it. */
interface JudgingTask {
  rubric: Rubric;
  /** The conversation that asks for a verdict in JSON, as the built-in judges hold it. */
  messages: readonly ChatMessage[];
  /** Verdicts of one vote. */
  votes: number;
  seed: number;
  signal: AbortSignal;
  /** How long a judge of a plugin may take by itself, between its requests to the model; without it there is no limit. */
  timeoutMs?: number;
  /** Asks the model anything, and gives its whole answer. */
  ask: (request?: JudgeRequest) => Promise<Completion>;
  /** One written verdict, read from the reply to `messages`; one that cannot be read is asked for once more. */
  read: () => Promise<Reply | Unreadable>;
  /** One verdict with the probability of each level; without them where the model gives none. */
  answer: () => Promise<JudgeAnswer>;
  /** As many verdicts as a vote takes, each with a seed of its own. */
  vote: () => Promise<(Reply | Unreadable)[]>;
}

/** One answer to be graded. */
export interface GradingTask extends JudgingTask {
  sample: GradedSample;
}

/** Two answers to be compared, in the order they are shown. */
export interface ComparingTask extends JudgingTask {
  sample: PairedSample;
}

/** A way to judge, as it is named: `NAME`, or `NAME:OPTIONS` where it has options. */
export interface JudgeMethod<Options = unknown> extends Registered {
  /** How it comes to a verdict, in a few words. */
  about: string;
  options?: OptionsSchema<Options>;
  /** What its verdicts depend on beside name and options: scores of different versions are not comparable. */
  version?: string | undefined;
  /** Whether it asks a model; so it does when absent. */
  asksModel?: boolean;
  score(task: GradingTask, options: Options): Promise<Omit<JudgeVerdict, "cost">>;
  /** Absent where it only grades. */
  compare?(task: ComparingTask, options: Options): Promise<Omit<PairVerdict, "cost">>;
}
