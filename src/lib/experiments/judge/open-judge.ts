import { isAbort, LlmopsError } from "../../base/errors/llmops-error.js";
import { ask, type AskLimits } from "../../inference/gateway/ask.js";
import type { CompletionTarget } from "../../inference/openai/completion-target.js";
import { chooseMethod, type ChosenMethod } from "./judge-methods.js";
import type { Registry } from "../../base/registry/registry.js";
import type { JudgeMethod } from "./judge-method.js";
import type { JudgeOptions } from "./judge-options.js";
import { canReadTokens, Judge } from "./judge.js";
import type { Layout, ReasonPlace } from "./judge-prompt.js";
import { findVerdict, withoutThoughts } from "./read-reply.js";
import { hasThoughts, ReplyBudget } from "./reply-budget.js";
import type { Rubric } from "./rubric.js";

const DEFAULT_VOTES = 5;

/** What the user wants of a judge; what is absent is chosen by what the target can do. */
export interface JudgeChoice {
  /** The name of a way to judge, with its options. */
  method?: string | undefined;
  /** What `method` may name; the built-in ones when absent. */
  judges?: Registry<JudgeMethod> | undefined;
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
  const { method, judges } = choice;
  const wanted = method === undefined ? undefined : chooseMethod(method, judges);
  const isKnown = target.scoreOptions !== undefined || wanted?.method.asksModel === false;
  const able: Ability = isKnown ? { schema: true, logprobs: true } : await probe(target, choice, signal);
  const chosen = fittingMethod(target, rubrics, { wanted, votes: choice.votes }, able.logprobs);
  const { name } = chosen.method;
  const options: JudgeOptions = {
    method: name,
    reason: choice.reason ?? (name === "probability" ? "none" : "before"),
    layout: choice.layout,
    votes: choice.votes ?? DEFAULT_VOTES,
    seed: choice.seed,
    limits: choice.limits,
    ...(choice.concurrency === undefined ? {} : { concurrency: choice.concurrency }),
    ...(choice.maxTokens === undefined ? {} : { maxTokens: choice.maxTokens }),
    schema: able.schema,
    ...(able.thinks && { thinks: true }),
  };
  return new Judge(target, options, chosen);
}

function fittingMethod(
  target: CompletionTarget,
  rubrics: readonly Rubric[],
  { wanted: named, votes }: { wanted: ChosenMethod | undefined; votes: number | undefined },
  logprobs: boolean,
): ChosenMethod {
  const wanted = named ?? (votes === undefined ? undefined : chooseMethod("votes"));
  const tokenwise = target.scoreOptions !== undefined || rubrics.every(canReadTokens);
  const isAble = logprobs && tokenwise;
  if (wanted?.method.name !== "probability" || isAble) return wanted ?? chooseMethod(isAble ? "probability" : "votes");
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
