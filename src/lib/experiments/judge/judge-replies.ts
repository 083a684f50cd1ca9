import { bulkhead, type BulkheadPolicy } from "cockatiel";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { deriveSeed } from "../../base/math/random.js";
import { ask } from "../../inference/gateway/ask.js";
import type { ChatMessage, Completion, Usage } from "../../inference/openai/completion.js";
import type { CompletionTarget } from "../../inference/openai/completion-target.js";
import type { ScoringCost } from "../scoring/scorer.js";
import type { JudgeAnswer, JudgeRequest } from "./judge-method.js";
import type { JudgeOptions } from "./judge-options.js";
import { prefillOf } from "./judge-prompt.js";
import { readReply, type Reply, type Unreadable } from "./read-reply.js";
import { describeCutOff, hasThoughts, ReplyBudget } from "./reply-budget.js";
import { readDistribution } from "./token-distribution.js";

/** As many as OpenAI's API gives. */
const TOP_LOGPROBS = 20;
const VOTE_TEMPERATURE = 1;

/** What a question to the judge is about. */
export interface Question {
  messages: ChatMessage[];
  key: "score" | "winner";
  /** What the verdict may be. */
  values: readonly (string | number)[];
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

/** What a judge's model replies to questions: one written verdict, its probabilities, or several votes. */
export class JudgeReplies {
  private readonly target: CompletionTarget;
  private readonly options: JudgeOptions;
  private readonly gate: BulkheadPolicy | undefined;
  private readonly budget: ReplyBudget;

  constructor(target: CompletionTarget, options: JudgeOptions) {
    this.target = target;
    this.options = options;
    this.budget = new ReplyBudget(options.reason, options.maxTokens);
    if (options.thinks) this.budget.allowThoughts();
    this.gate = options.concurrency === undefined ? undefined : bulkhead(options.concurrency, Number.POSITIVE_INFINITY);
  }

  /** Anything a judge of a plugin asks the model, which need not answer in JSON. */
  askFreely(question: Question, { messages, ...settings }: JudgeRequest, signal: AbortSignal): Promise<Completion> {
    const own = messages ? { ...question, messages: [...messages] } : question;
    return this.complete(own, signal, { maxTokens: this.budget.tokens, ...settings, responseFormat: undefined });
  }

  /** One verdict, with its distribution where the method reads it. */
  async answer(question: Question, signal: AbortSignal): Promise<JudgeAnswer> {
    const { reason } = this.options;
    if (!this.target.scoreOptions || reason === "before") return this.readGenerated(question, signal);
    const { messages, key, values, cost } = question;
    const end = (key === "winner" ? '"' : "") + (reason === "after" ? "," : "}");
    const score = () =>
      this.target.scoreOptions?.({ messages, prefill: prefillOf(key), options: values.map((value) => `${value}${end}`) }, { signal });
    const scored = await this.gated(score);
    const { probabilities = [], mass = 0 } = scored ?? {};
    if (scored) addCost(cost, scored.usage);
    const likeliest = values[probabilities.indexOf(Math.max(...probabilities))] ?? "";
    const reply = reason === "after" ? await this.explain(question, likeliest, signal) : { value: String(likeliest), justification: null };
    return { reply, probabilities, mass };
  }

  /** A written verdict; one that cannot be read is asked for once more, with what was wrong. */
  async read(question: Question, signal: AbortSignal): Promise<Reply | Unreadable> {
    const { reply, completion } = await this.ask(question, signal);
    // what ran out of tokens was asked again with more of them
    if (!("problem" in reply) || completion.finishReason === "length") return reply;
    return (await this.ask({ ...question, messages: askAgain(question.messages, completion.text, reply) }, signal)).reply;
  }

  /** Several replies to one question, each with a seed of its own. */
  async vote(question: Question, signal: AbortSignal): Promise<(Reply | Unreadable)[]> {
    const { votes, seed } = this.options;
    const asked = Array.from({ length: votes }, (_, vote) =>
      this.ask(question, signal, { temperature: VOTE_TEMPERATURE, seed: deriveSeed(seed, question.id, vote) }),
    );
    return (await Promise.all(asked)).map(({ reply }) => reply);
  }

  /** The reply to a question, with the probabilities at the place of its verdict. */
  private async readGenerated(question: Question, signal: AbortSignal): Promise<JudgeAnswer> {
    const { reply, completion } = await this.ask(question, signal, { topLogprobs: TOP_LOGPROBS });
    const options = question.values.map(String);
    const place = "problem" in reply ? undefined : readDistribution(completion.choices[0]?.logprobs ?? [], { key: question.key, options });
    if (place) return { reply, probabilities: place.probabilities, mass: place.mass };
    const problem = "problem" in reply ? reply.problem : "the reply has no probabilities where its verdict stands";
    return { reply: { problem }, probabilities: null };
  }

  /** The sentence after a verdict that is known already. */
  private async explain(question: Question, verdict: string | number, signal: AbortSignal): Promise<Reply | Unreadable> {
    return (await this.ask({ ...question, values: [verdict] }, signal)).reply;
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

  private async complete({ messages, key, values, cost }: Question, signal: AbortSignal, settings: object): Promise<Completion> {
    const { limits, seed, schema: keepsToSchema } = this.options;
    const request = {
      ...{ messages, temperature: 0, wishes: ["temperature"] as const, seed },
      ...(keepsToSchema && { responseFormat: { type: "json_schema" as const, schema: this.schemaOf(key, values) } }),
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
