import { isAbort, LlmopsError } from "../../base/errors/llmops-error.js";
import { ask, type AskLimits } from "../../inference/gateway/ask.js";
import type { CompletionTarget } from "../../inference/openai/completion-target.js";
import { canReadTokens, Judge, type JudgeOptions } from "./judge.js";
import type { Layout, ReasonPlace } from "./judge-prompt.js";
import { findVerdict, withoutThoughts } from "./read-reply.js";
import { hasThoughts, ReplyBudget } from "./reply-budget.js";
import type { Rubric } from "./rubric.js";
import type { JudgeMethod } from "./verdict.js";

const DEFAULT_VOTES = 5;

/** What the user wants of a judge; what is absent is chosen by what the target can do. */
export interface JudgeChoice {
  method?: JudgeMethod | undefined;
  reason?: ReasonPlace | undefined;
  layout: Layout;
  votes?: number | undefined;
  seed: number;
  limits: AskLimits;
  concurrency?: number | undefined;
  /** Most tokens of one reply. */
  maxTokens?: number | undefined;
}

/**
 * A judge over a target, which is asked once what it can do. Without a method: token probabilities where it gives them, otherwise
 * votes; the same way is used for everything. Throws UNSUPPORTED_PARAMETER for probabilities it does not give.
 */
export async function openJudge(
  target: CompletionTarget,
  rubrics: readonly Rubric[],
  choice: JudgeChoice,
  signal: AbortSignal,
): Promise<Judge> {
  const able: Ability = target.scoreOptions ? { schema: true, logprobs: true } : await probe(target, choice, signal);
  const method = chooseMethod(target, rubrics, choice, able.logprobs);
  const options: JudgeOptions = {
    method,
    reason: choice.reason ?? (method === "probability" ? "none" : "before"),
    layout: choice.layout,
    votes: choice.votes ?? DEFAULT_VOTES,
    seed: choice.seed,
    limits: choice.limits,
    ...(choice.concurrency === undefined ? {} : { concurrency: choice.concurrency }),
    ...(choice.maxTokens === undefined ? {} : { maxTokens: choice.maxTokens }),
    schema: able.schema,
    ...(able.thinks && { thinks: true }),
  };
  return new Judge(target, options);
}

function chooseMethod(
  target: CompletionTarget,
  rubrics: readonly Rubric[],
  { method, votes }: JudgeChoice,
  logprobs: boolean,
): JudgeMethod {
  const wanted = method ?? (votes === undefined ? undefined : "votes");
  const tokenwise = target.scoreOptions !== undefined || rubrics.every(canReadTokens);
  if (wanted !== "probability" || (logprobs && tokenwise)) return wanted ?? (logprobs && tokenwise ? "probability" : "votes");
  const why = logprobs ? "levels of the rubric begin alike, as 1 and 10 do" : "it gives no log-probabilities";
  throw new LlmopsError("UNSUPPORTED_PARAMETER", `--judge-method probability does not work with ${target.location}: ${why}.`, {
    hint: "Use --judge-method votes or generate, or leave it out.",
  });
}

interface Ability {
  /** Replies can be held to a JSON schema. */
  schema: boolean;
  logprobs: boolean;
  /** It thinks before it answers. */
  thinks?: boolean;
}

/** Whether an endpoint keeps to JSON schemas and gives log-probabilities; some refuse requests that ask for either. */
async function probe(target: CompletionTarget, { limits, maxTokens }: JudgeChoice, signal: AbortSignal): Promise<Ability> {
  const messages = [{ role: "user" as const, content: 'Reply with JSON: {"score": 3}' }];
  const schema = { type: "object", properties: { score: { enum: [3, 4] } }, required: ["score"], additionalProperties: false };
  const responseFormat = { type: "json_schema" as const, schema };
  const budget = new ReplyBudget("none", maxTokens);
  const request = { messages, temperature: 0, wishes: ["temperature"] as const };
  const once = (extra: object) => ask({ ...request, maxTokens: budget.tokens, ...extra }, { target, ...limits, signal });
  const attempt = async (extra: object) => {
    try {
      const first = await once(extra);
      // only a whole answer shows what it keeps to
      return first.finishReason === "length" && budget.raise(budget.tokens) ? await once(extra).catch(unlessRefused(first)) : first;
    } catch (error) {
      return unlessRefused(undefined)(error);
    }
  };
  const full = await attempt({ responseFormat, topLogprobs: 20 });
  const structured = full ?? (await attempt({ responseFormat }));
  const answer = structured ?? (await attempt({ topLogprobs: 20 })) ?? (await once({}));
  const keeps = structured !== undefined && findVerdict(withoutThoughts(structured.text), "score") !== undefined;
  const logprobs = (answer.choices[0]?.logprobs ?? []).some(({ top }) => top.length > 1);
  return { schema: keeps, logprobs, thinks: hasThoughts(answer) };
}

/** Passes over an endpoint's refusal with another value; throws anything else. */
function unlessRefused<T>(otherwise: T): (error: unknown) => T {
  return (error) => {
    if (isAbort(error) || !(error instanceof LlmopsError) || error.code !== "ENDPOINT_REFUSED") throw error;
    return otherwise;
  };
}
