import { createHash } from "node:crypto";
import { bulkhead, type BulkheadPolicy } from "cockatiel";
import { isAbort, LlmopsError, toLlmopsError } from "../errors/llmops-error.js";
import { ask, type AskLimits } from "../gateway/ask.js";
import { deriveSeed } from "../math/random.js";
import type { ChatMessage, Completion, Usage } from "../openai/completion.js";
import type { CompletionTarget } from "../openai/completion-target.js";
import type { ScoringCost } from "../scoring/scorer.js";
import { pairMessages, prefillOf, scoreMessages, type GradedSample, type PairedSample, type PromptOptions } from "./judge-prompt.js";
import { judgeTemplate } from "./judge-template.js";
import { readReply, type Reply, type Unreadable } from "./read-reply.js";
import { scaleOf, type Rubric } from "./rubric.js";
import { areTokenwise, readDistribution } from "./token-distribution.js";
import { fromDistribution, unscored, type JudgeMethod, type Verdict } from "./verdict.js";

/** As many as OpenAI's API gives. */
const TOP_LOGPROBS = 20;
/** A score takes few tokens; a justification one sentence, as MLflow's judges have it. */
const SCORE_TOKENS = 24;
const REASONED_TOKENS = 200;
const VOTE_TEMPERATURE = 1;

export interface JudgeOptions extends PromptOptions {
  method: JudgeMethod;
  /** Verdicts a vote takes. */
  votes: number;
  seed: number;
  limits: AskLimits;
  /** Calls at a time; no bound where it is absent. */
  concurrency?: number;
  /** The replies can be held to a JSON schema. */
  schema: boolean;
}

/** Which of two answers is better, as they were shown. */
export interface PairVerdict {
  winner: "A" | "B" | "tie" | null;
  /** Of A, B and tie; null for a single written verdict. */
  distribution: number[] | null;
  justification: string | null;
  problem?: string;
  cost: ScoringCost;
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

interface Answer {
  reply: Reply | Unreadable;
  probabilities: number[] | null;
  mass?: number;
}

const WINNERS = ["A", "B", "tie"] as const;

/** A model that grades answers by rubrics, always in the same way: prompt, order and seeds do not depend on what came before. */
export class Judge {
  readonly target: CompletionTarget;
  readonly options: JudgeOptions;
  private readonly gate: BulkheadPolicy | undefined;

  constructor(target: CompletionTarget, options: JudgeOptions) {
    this.target = target;
    this.options = options;
    this.gate = options.concurrency === undefined ? undefined : bulkhead(options.concurrency, Number.POSITIVE_INFINITY);
  }

  /**
   * What a score depends on, as 12 hex digits: the model, the prompt's wording, the rubric and the way verdicts are read. Scores
   * of different fingerprints are not comparable.
   */
  fingerprint(rubric: Rubric): string {
    const { model, location, identity = `${model} at ${location}` } = this.target;
    const { method, reason, layout, votes } = this.options;
    const parts = [identity, judgeTemplate(), rubric, method, reason, layout, method === "votes" ? votes : 1];
    return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 12);
  }

  /** The score of an answer. Unscored where the judge's reply cannot be read; throws when the judge cannot be reached, or on abort. */
  async score(rubric: Rubric, sample: GradedSample, signal: AbortSignal): Promise<Verdict> {
    const values = rubric.levels.map(({ value }) => value);
    const question: Question = {
      messages: scoreMessages(rubric, sample, this.options),
      key: "score",
      options: values.map(String),
      schema: this.schemaOf("score", values),
      id: JSON.stringify([rubric.name, sample]),
      cost: { calls: 0, promptTokens: 0, completionTokens: 0 },
    };
    const verdict = await this.verdict(rubric, question, signal).catch((thrown: unknown) =>
      unscored(passOver(thrown), this.options.method),
    );
    return { ...verdict, cost: question.cost };
  }

  private async verdict(rubric: Rubric, question: Question, signal: AbortSignal): Promise<Omit<Verdict, "cost">> {
    const { method } = this.options;
    if (method === "votes") return voteOnScore(await this.vote(question, signal), rubric);
    const { reply, probabilities, mass } = await this.answer(question, signal);
    if (!probabilities) return toVerdict(reply, rubric, method);
    const justification = "problem" in reply ? null : reply.justification;
    const values = rubric.levels.map(({ value }) => value);
    return fromDistribution(values, probabilities, { justification, method, ...(mass === undefined ? {} : { mass }) });
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
    const verdict = await this.preference(question, signal).catch((thrown: unknown) => noPreference(passOver(thrown)));
    return { ...verdict, cost: question.cost };
  }

  private async preference(question: Question, signal: AbortSignal): Promise<Omit<PairVerdict, "cost">> {
    if (this.options.method === "votes") return voteOnWinner(await this.vote(question, signal));
    const { reply, probabilities } = await this.answer(question, signal);
    if (probabilities) return fromShares(probabilities, "problem" in reply ? null : reply.justification);
    if ("problem" in reply) return noPreference(reply.problem);
    const winner = toWinner(reply);
    return winner === null
      ? noPreference(`"${reply.value}" is neither A, B nor tie`)
      : { winner, distribution: null, justification: reply.justification };
  }

  /** One verdict, with its distribution where the method reads it. */
  private async answer(question: Question, signal: AbortSignal): Promise<Answer> {
    const { method, reason } = this.options;
    if (method !== "probability") return { reply: await this.read(question, signal), probabilities: null };
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
  private async readGenerated(question: Question, signal: AbortSignal): Promise<Answer> {
    const { text, choices } = await this.ask(question, signal, { topLogprobs: TOP_LOGPROBS });
    const reply = readReply(text, question.key);
    const place = readDistribution(text, choices[0]?.logprobs ?? [], question);
    if (place) return { reply, probabilities: place.probabilities, mass: place.mass };
    const problem = "problem" in reply ? reply.problem : "the reply has no probabilities where its verdict stands";
    return { reply: { problem }, probabilities: null };
  }

  /** A written verdict; one that cannot be read is asked for once more, with what was wrong. */
  private async read(question: Question, signal: AbortSignal): Promise<Reply | Unreadable> {
    const first = await this.ask(question, signal);
    const reply = readReply(first.text, question.key);
    if (!("problem" in reply)) return reply;
    const messages: ChatMessage[] = [
      ...question.messages,
      { role: "assistant", content: first.text },
      { role: "user", content: `That cannot be read: ${reply.problem}. Reply with the JSON object only.` },
    ];
    return readReply((await this.ask({ ...question, messages }, signal)).text, question.key);
  }

  /** The sentence after a score that is known already. */
  private async explain(question: Question, value: string, signal: AbortSignal): Promise<Reply | Unreadable> {
    const schema = this.schemaOf(question.key, [question.key === "score" ? Number(value) : value]);
    return readReply((await this.ask({ ...question, schema }, signal)).text, question.key);
  }

  /** Several replies to one question, each with a seed of its own. */
  private async vote(question: Question, signal: AbortSignal): Promise<(Reply | Unreadable)[]> {
    const { votes, seed } = this.options;
    const asked = Array.from({ length: votes }, (_, vote) =>
      this.ask(question, signal, { temperature: VOTE_TEMPERATURE, seed: deriveSeed(seed, question.id, vote) }),
    );
    return (await Promise.all(asked)).map(({ text }) => readReply(text, question.key));
  }

  private async ask({ messages, schema, cost }: Question, signal: AbortSignal, settings: object = {}): Promise<Completion> {
    const { limits, reason, seed } = this.options;
    const request = {
      messages,
      temperature: 0,
      seed,
      maxTokens: reason === "none" ? SCORE_TOKENS : REASONED_TOKENS,
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

/** The fingerprint of all judges of a panel together. */
export function panelFingerprint(judges: readonly Judge[], rubric: Rubric): string {
  return judges.map((judge) => judge.fingerprint(rubric)).join("+");
}

/** True where a target that gives log-probabilities with its replies tells all levels of a rubric by one token. */
export function canReadTokens(rubric: Rubric): boolean {
  return areTokenwise(rubric.levels.map(({ value }) => String(value)));
}

function addCost(cost: ScoringCost, { promptTokens, completionTokens }: Usage): void {
  cost.calls++;
  cost.promptTokens += promptTokens;
  cost.completionTokens += completionTokens;
}

/** The mean of the votes that can be read; unscored where half of them or more cannot. */
function voteOnScore(replies: readonly (Reply | Unreadable)[], rubric: Rubric): Omit<Verdict, "cost"> {
  const verdicts = replies.map((reply) => toVerdict(reply, rubric, "votes"));
  const counted = verdicts.flatMap((verdict) => (verdict.score === null ? [] : [{ ...verdict, score: verdict.score }]));
  if (counted.length * 2 <= replies.length)
    return verdicts.find(({ score }) => score === null) ?? unscored("no vote could be read", "votes");
  const mean = counted.reduce((sum, { score }) => sum + score, 0) / counted.length;
  const shares = rubric.levels.map(({ value }) => counted.filter(({ score }) => Math.round(score) === value).length / counted.length);
  const [typical] = [...counted].sort((a, b) => Math.abs(a.score - mean) - Math.abs(b.score - mean));
  return { ...fromDistribution([], shares, { justification: typical?.justification ?? null, method: "votes" }), score: mean };
}

/** The shares of the votes that can be read; none where half of them or more cannot. */
function voteOnWinner(replies: readonly (Reply | Unreadable)[]): Omit<PairVerdict, "cost"> {
  const counted = replies.flatMap((reply) => {
    const winner = "problem" in reply ? null : toWinner(reply);
    return winner === null ? [] : [{ winner, justification: (reply as Reply).justification }];
  });
  if (counted.length * 2 <= replies.length) {
    const unread = replies.find((reply) => "problem" in reply);
    return noPreference(unread && "problem" in unread ? unread.problem : "no vote could be read");
  }
  const shares = WINNERS.map((name) => counted.filter(({ winner }) => winner === name).length / counted.length);
  const { winner } = fromShares(shares, null);
  return fromShares(shares, counted.find((vote) => vote.winner === winner)?.justification ?? null);
}

function fromShares(shares: readonly number[], justification: string | null): Omit<PairVerdict, "cost"> {
  const winner = WINNERS[shares.indexOf(Math.max(...shares))] ?? null;
  return { winner, distribution: [...shares], justification };
}

function noPreference(problem: string): Omit<PairVerdict, "cost"> {
  return { winner: null, distribution: null, justification: null, problem };
}

function toWinner({ value }: Reply): (typeof WINNERS)[number] | null {
  return WINNERS.find((name) => name.toLowerCase() === String(value).toLowerCase()) ?? null;
}

function toVerdict(reply: Reply | Unreadable, rubric: Rubric, method: JudgeMethod): Omit<Verdict, "cost"> {
  if ("problem" in reply) return unscored(reply.problem, method);
  const { low, high } = scaleOf(rubric);
  const [, written, , of] = /^\s*(-?\d+(\.\d+)?)\s*(?:\/\s*(\d+))?\s*$/.exec(String(reply.value)) ?? [];
  const score = written === undefined || (of !== undefined && Number(of) !== high) ? Number.NaN : Number(written);
  if (score >= low && score <= high) return { score, distribution: null, justification: reply.justification, method };
  return unscored(`"${reply.value}" is not on the scale ${low} to ${high}`, method, reply.justification);
}

/** Why a sample stays unscored; a judge that cannot be reached, and an abort, end more than one sample. */
function passOver(thrown: unknown): string {
  if (isAbort(thrown)) throw thrown;
  const error = toLlmopsError(thrown);
  if (error.code === "ENDPOINT_UNREACHABLE" || error.code === "INTERNAL" || !(error instanceof LlmopsError)) throw error;
  return error.message;
}
