import { createHash } from "node:crypto";
import { isAbort, LlmopsError, toLlmopsError } from "../../base/errors/llmops-error.js";
import type { ChatMessage } from "../../inference/openai/completion.js";
import type { CompletionTarget } from "../../inference/openai/completion-target.js";
import type { ComparingTask, GradingTask, JudgeRequest } from "./judge-method.js";
import { chooseMethod, type ChosenMethod } from "./judge-methods.js";
import type { JudgeOptions } from "./judge-options.js";
import { pairMessages, scoreMessages, type GradedSample, type PairedSample } from "./judge-prompt.js";
import { JudgeReplies, type Question } from "./judge-replies.js";
import { judgeTemplate } from "./judge-template.js";
import type { Rubric } from "./rubric.js";
import { areTokenwise } from "./token-distribution.js";
import { noPreference, unscored, WINNERS, type JudgeVerdict, type PairVerdict } from "./verdict.js";

/** A model that grades answers by rubrics, always in the same way: prompt, order and seeds do not depend on what came before. */
export class Judge {
  readonly target: CompletionTarget;
  readonly options: JudgeOptions;
  private readonly chosen: ChosenMethod;
  private readonly replies: JudgeReplies;

  constructor(target: CompletionTarget, options: JudgeOptions, chosen: ChosenMethod = chooseMethod(options.method)) {
    this.target = target;
    this.options = options;
    this.chosen = chosen;
    this.replies = new JudgeReplies(target, options);
  }

  /**
   * What a score depends on, as 12 hex digits: the model, the prompt's wording, the rubric and the way verdicts are read. Scores
   * of different fingerprints are not comparable.
   */
  fingerprint(rubric: Rubric): string {
    const { model, location, identity = `${model} at ${location}` } = this.target;
    const { method, reason, layout, votes } = this.options;
    const { written, method: way } = this.chosen;
    const own = written === method && way.version === undefined ? [] : [written, way.version];
    const parts = [identity, judgeTemplate(), rubric, method, reason, layout, method === "votes" ? votes : 1, ...own];
    return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 12);
  }

  /** The score of an answer. Unscored where the judge's reply cannot be read; throws when the judge cannot be reached, or on abort. */
  async score(rubric: Rubric, sample: GradedSample, signal: AbortSignal): Promise<JudgeVerdict> {
    const values = rubric.levels.map(({ value }) => value);
    const question = questionAbout(rubric, sample, { messages: scoreMessages(rubric, sample, this.options), key: "score", values });
    const { method, options } = this.chosen;
    const task: GradingTask = { ...this.taskOf(rubric, question, signal), sample };
    const verdict = await method.score(task, options).catch((thrown: unknown) => unscored(passOver(thrown), this.options.method));
    return { ...verdict, cost: question.cost };
  }

  /** Which of two answers is better, in the order they are shown. Throws as `score` does. */
  async compare(rubric: Rubric, sample: PairedSample, signal: AbortSignal): Promise<PairVerdict> {
    const messages = pairMessages(rubric, sample, this.options);
    const question = questionAbout(rubric, sample, { messages, key: "winner", values: WINNERS });
    const { method, options } = this.chosen;
    const task: ComparingTask = { ...this.taskOf(rubric, question, signal), sample };
    const compared = method.compare?.(task, options) ?? Promise.reject(cannotCompare(method.name));
    const verdict = await compared.catch((thrown: unknown) => noPreference(passOver(thrown)));
    return { ...verdict, cost: question.cost };
  }

  /** Whether it compares answers, or only grades them. */
  get compares(): boolean {
    return this.chosen.method.compare !== undefined;
  }

  private taskOf(rubric: Rubric, question: Question, signal: AbortSignal) {
    const { votes, seed, limits } = this.options;
    const { replies } = this;
    const { messages } = question;
    return {
      ...{ rubric, messages, votes, seed, signal, timeoutMs: limits.timeoutMs },
      ask: (request: JudgeRequest = {}) => replies.askFreely(question, request, signal),
      read: () => replies.read(question, signal),
      answer: () => replies.answer(question, signal),
      vote: () => replies.vote(question, signal),
    };
  }
}

/** A question about a sample, which has cost nothing yet. */
function questionAbout(
  rubric: Rubric,
  sample: GradedSample | PairedSample,
  asked: { messages: ChatMessage[]; key: Question["key"]; values: Question["values"] },
): Question {
  return { ...asked, id: JSON.stringify([rubric.name, sample]), cost: { calls: 0, promptTokens: 0, completionTokens: 0 } };
}

/** The error of a judge that only grades. */
export function cannotCompare(name: string): LlmopsError {
  return new LlmopsError("INVALID_ARGUMENT", `The judge "${name}" grades answers; it cannot compare them.`, {
    hint: "Choose another --judge-method for --pairwise, or give the judge a function compare.",
  });
}

/** The fingerprint of all judges of a panel together. */
export function panelFingerprint(judges: readonly Judge[], rubric: Rubric): string {
  return judges.map((judge) => judge.fingerprint(rubric)).join("+");
}

/** True where a target that gives log-probabilities with its replies tells all levels of a rubric by one token. */
export function canReadTokens(rubric: Rubric): boolean {
  return areTokenwise(rubric.levels.map(({ value }) => String(value)));
}

/** Why a sample stays unscored; a judge that cannot be reached, and an abort, end more than one sample. */
function passOver(thrown: unknown): string {
  if (isAbort(thrown)) throw thrown;
  const error = toLlmopsError(thrown);
  if (error.code === "ENDPOINT_UNREACHABLE" || error.code === "INTERNAL" || !(error instanceof LlmopsError)) throw error;
  return error.message;
}
