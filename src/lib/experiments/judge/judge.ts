import { createHash } from "node:crypto";
import { bulkhead, type BulkheadPolicy } from "cockatiel";
import { isAbort, LlmopsError, toLlmopsError } from "../../base/errors/llmops-error.js";
import { ask, type AskLimits } from "../../inference/gateway/ask.js";
import { deriveSeed } from "../../base/math/random.js";
import type { ChatMessage, Completion, Usage } from "../../inference/openai/completion.js";
import type { CompletionTarget } from "../../inference/openai/completion-target.js";
import type { ScoringCost } from "../scoring/scorer.js";
import { pairMessages, prefillOf, scoreMessages, type GradedSample, type PairedSample, type PromptOptions } from "./judge-prompt.js";
import { judgeTemplate } from "./judge-template.js";
import { readReply, type Reply, type Unreadable } from "./read-reply.js";
import { describeCutOff, hasThoughts, ReplyBudget } from "./reply-budget.js";
import type { Rubric } from "./rubric.js";
import { areTokenwise, readDistribution } from "./token-distribution.js";
import { chooseMethod, type ChosenMethod } from "./judge-methods.js";
import type { ComparingTask, GradingTask, JudgeAnswer, JudgeRequest } from "./judge-method.js";
import { noPreference, unscored, WINNERS } from "./verdict.js";
import type { PairVerdict, JudgeVerdict } from "./verdict.js";

/** As many as OpenAI's API gives. */
const TOP_LOGPROBS = 20;
const VOTE_TEMPERATURE = 1;

export interface JudgeOptions extends PromptOptions {
  /** The name of the way it judges. */
  method: string;
  /** Verdicts a vote takes. */
  votes: number;
  seed: number;
  limits: AskLimits;
  /** Calls at a time; no bound where it is absent. */
  concurrency?: number;
  /** The replies can be held to a JSON schema. */
  schema: boolean;
  /** Most tokens of one reply; chosen by what is written and whether the judge thinks where it is absent. */
  maxTokens?: number;
  /** It thinks before it answers, as it did when it was opened. */
  thinks?: boolean;
}

/** What a question to the judge is about. */
interface Question {
  messages: ChatMessage[];
  key: "score" | "winner";
  /** What the verdict may be. */
  options: readonly string[];
  schema: object;
  /** Tells the votes of different questions apart. */
  id: string;
  /** Grows with every call. */
  cost: ScoringCost;
}

/** A reply as it came and as it was read. */
interface Asked {
  completion: Completion;
  reply: Reply | Unreadable;
}

/** A model that grades answers by rubrics, always in the same way: prompt, order and seeds do not depend on what came before. */
export class Judge {
  readonly target: CompletionTarget;
  readonly options: JudgeOptions;
  private readonly gate: BulkheadPolicy | undefined;
  private readonly budget: ReplyBudget;
  private readonly chosen: ChosenMethod;

  constructor(target: CompletionTarget, options: JudgeOptions, chosen: ChosenMethod = chooseMethod(options.method)) {
    this.target = target;
    this.options = options;
    this.chosen = chosen;
    this.budget = new ReplyBudget(options.reason, options.maxTokens);
    if (options.thinks) this.budget.allowThoughts();
    this.gate = options.concurrency === undefined ? undefined : bulkhead(options.concurrency, Number.POSITIVE_INFINITY);
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
    const question: Question = {
      messages: scoreMessages(rubric, sample, this.options),
      key: "score",
      options: values.map(String),
      schema: this.schemaOf("score", values),
      id: JSON.stringify([rubric.name, sample]),
      cost: { calls: 0, promptTokens: 0, completionTokens: 0 },
    };
    const { method, options } = this.chosen;
    const task: GradingTask = { ...this.taskOf(rubric, question, signal), sample };
    const verdict = await method.score(task, options).catch((thrown: unknown) => unscored(passOver(thrown), this.options.method));
    return { ...verdict, cost: question.cost };
  }

  /** Which of two answers is better, in the order they are shown. Throws as `score` does. */
  async compare(rubric: Rubric, sample: PairedSample, signal: AbortSignal): Promise<PairVerdict> {
    const question: Question = {
      messages: pairMessages(rubric, sample, this.options),
      key: "winner",
      options: WINNERS,
      schema: this.schemaOf("winner", WINNERS),
      id: JSON.stringify([rubric.name, sample]),
      cost: { calls: 0, promptTokens: 0, completionTokens: 0 },
    };
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
    const { messages } = question;
    return {
      ...{ rubric, messages, votes, seed, signal, timeoutMs: limits.timeoutMs },
      ask: (request: JudgeRequest = {}) => this.askFreely(question, request, signal),
      read: () => this.read(question, signal),
      answer: () => this.answer(question, signal),
      vote: () => this.vote(question, signal),
    };
  }

  /** Anything a judge of a plugin asks the model, which need not answer in JSON. */
  private askFreely(question: Question, { messages, ...settings }: JudgeRequest, signal: AbortSignal): Promise<Completion> {
    const own = messages ? { ...question, messages: [...messages] } : question;
    return this.complete(own, signal, { maxTokens: this.budget.tokens, ...settings, responseFormat: undefined });
  }

  /** One verdict, with its distribution where the method reads it. */
  private async answer(question: Question, signal: AbortSignal): Promise<JudgeAnswer> {
    const { reason } = this.options;
    if (!this.target.scoreOptions || reason === "before") return this.readGenerated(question, signal);
    const { messages, key, options, cost } = question;
    const end = (key === "winner" ? '"' : "") + (reason === "after" ? "," : "}");
    const score = () =>
      this.target.scoreOptions?.({ messages, prefill: prefillOf(key), options: options.map((option) => option + end) }, { signal });
    const scored = await this.gated(score);
    const { probabilities = [], mass = 0 } = scored ?? {};
    if (scored) addCost(cost, scored.usage);
    const likeliest = options[probabilities.indexOf(Math.max(...probabilities))] ?? "";
    const reply = reason === "after" ? await this.explain(question, likeliest, signal) : { value: likeliest, justification: null };
    return { reply, probabilities, mass };
  }

  /** The reply to a question, with the probabilities at the place of its verdict. */
  private async readGenerated(question: Question, signal: AbortSignal): Promise<JudgeAnswer> {
    const { reply, completion } = await this.ask(question, signal, { topLogprobs: TOP_LOGPROBS });
    const place = "problem" in reply ? undefined : readDistribution(completion.choices[0]?.logprobs ?? [], question);
    if (place) return { reply, probabilities: place.probabilities, mass: place.mass };
    const problem = "problem" in reply ? reply.problem : "the reply has no probabilities where its verdict stands";
    return { reply: { problem }, probabilities: null };
  }

  /** A written verdict; one that cannot be read is asked for once more, with what was wrong. */
  private async read(question: Question, signal: AbortSignal): Promise<Reply | Unreadable> {
    const { reply, completion } = await this.ask(question, signal);
    // what ran out of tokens was asked again with more of them
    if (!("problem" in reply) || completion.finishReason === "length") return reply;
    return (await this.ask({ ...question, messages: askAgain(question.messages, completion.text, reply) }, signal)).reply;
  }

  /** The sentence after a score that is known already. */
  private async explain(question: Question, value: string, signal: AbortSignal): Promise<Reply | Unreadable> {
    const schema = this.schemaOf(question.key, [question.key === "score" ? Number(value) : value]);
    return (await this.ask({ ...question, schema }, signal)).reply;
  }

  /** Several replies to one question, each with a seed of its own. */
  private async vote(question: Question, signal: AbortSignal): Promise<(Reply | Unreadable)[]> {
    const { votes, seed } = this.options;
    const asked = Array.from({ length: votes }, (_, vote) =>
      this.ask(question, signal, { temperature: VOTE_TEMPERATURE, seed: deriveSeed(seed, question.id, vote) }),
    );
    return (await Promise.all(asked)).map(({ reply }) => reply);
  }

  /** A reply, asked for again with more tokens where they ran out before its verdict was final. */
  private async ask(question: Question, signal: AbortSignal, settings: object = {}): Promise<Asked> {
    const { budget } = this;
    for (;;) {
      const { tokens } = budget;
      const completion = await this.complete(question, signal, { ...settings, maxTokens: tokens }).catch((error: unknown) => {
        if (!isRefused(error) || !budget.lower(tokens)) throw error;
        return undefined;
      });
      if (!completion) continue;
      if (hasThoughts(completion)) budget.allowThoughts();
      const read = readReply(completion.text, question.key);
      const isFinal = completion.finishReason !== "length" || (!("problem" in read) && read.cutOff === true);
      if (!isFinal && budget.raise(tokens)) continue;
      const reply = !isFinal && "problem" in read ? { problem: describeCutOff(completion, tokens) } : read;
      return { completion, reply };
    }
  }

  private async complete({ messages, schema, cost }: Question, signal: AbortSignal, settings: object): Promise<Completion> {
    const { limits, seed } = this.options;
    const request = {
      ...{ messages, temperature: 0, wishes: ["temperature"] as const, seed },
      ...(this.options.schema && { responseFormat: { type: "json_schema" as const, schema } }),
      ...settings,
    };
    const completion = await this.gated(() => ask(request, { target: this.target, ...limits, signal }));
    addCost(cost, completion.usage);
    return completion;
  }

  private gated<T>(work: () => Promise<T> | T): Promise<T> {
    return this.gate ? this.gate.execute(work) : Promise.resolve(work());
  }

  /** The members of a reply in the order they are to be written. */
  private schemaOf(key: string, values: readonly (string | number)[]): object {
    const properties = { [key]: { enum: values }, justification: { type: "string" } };
    const order = { none: [key], before: ["justification", key], after: [key, "justification"] }[this.options.reason];
    const ordered = Object.fromEntries(order.map((name) => [name, properties[name]]));
    return { type: "object", properties: ordered, required: order, additionalProperties: false };
  }
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

/** The question once more, after what could not be read; some servers refuse a turn of the assistant that says nothing. */
function askAgain(messages: readonly ChatMessage[], text: string, { problem }: Unreadable): ChatMessage[] {
  const orders = `That cannot be read: ${problem}. Reply with the JSON object only.`;
  const [last] = messages.slice(-1);
  if (text.trim() === "" && last)
    return [...messages.slice(0, -1), { ...last, content: `${last.content}\n\nReply with the JSON object only.` }];
  return [...messages, { role: "assistant", content: text }, { role: "user", content: orders }];
}

function isRefused(error: unknown): boolean {
  return error instanceof LlmopsError && error.code === "ENDPOINT_REFUSED";
}

function addCost(cost: ScoringCost, { promptTokens, completionTokens }: Usage): void {
  cost.calls++;
  cost.promptTokens += promptTokens;
  cost.completionTokens += completionTokens;
}

/** Why a sample stays unscored; a judge that cannot be reached, and an abort, end more than one sample. */
function passOver(thrown: unknown): string {
  if (isAbort(thrown)) throw thrown;
  const error = toLlmopsError(thrown);
  if (error.code === "ENDPOINT_UNREACHABLE" || error.code === "INTERNAL" || !(error instanceof LlmopsError)) throw error;
  return error.message;
}
