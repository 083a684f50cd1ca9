import type { ErrorCode } from "../../base/errors/codes.js";
import { costOf } from "../access/limit.js";
import type { Answer, JsonObject } from "../../inference/gateway/call.js";
import type { Fare } from "../../inference/gateway/fare.js";
import type { Loss } from "../../inference/gateway/spending.js";
import type { Usage } from "../../inference/openai/completion.js";
import type { Admitted, TokenCounts } from "./admit.js";
import { promptGuess } from "./call-bounds.js";
import type { Service } from "./service.js";
import { TokenTally } from "../../inference/gateway/token-tally.js";

const NOTHING: TokenCounts = { prompt: 0, completion: 0 };
/** Whoever was asked may have computed all of an answer nobody waited for, and says nothing of it. */
const GIVEN_UP: readonly (ErrorCode | undefined)[] = ["ABORTED", "REQUEST_TIMEOUT"];

/** How a request ended. */
export interface Ending {
  fare: Fare;
  /** What this request itself has read of a stream. */
  heard?: TokenTally;
  errorCode: ErrorCode | undefined;
}

/**
 * Settles what a request reserved by what it is charged with. What a provider counted, it counted; where it did not say, what came is
 * counted here, at most what was reserved. Of an answer that was given up before it came a model of this process knows what it has
 * computed; of another all that was reserved may have been. What was computed beside by providers that failed is paid for as well. An
 * answer that a provider refused, one that was kept, and one that another request pays for cost nothing.
 */
export async function charge(service: Service, admitted: Admitted, ending: Ending): Promise<void> {
  const { admission, worst } = admitted;
  if (!admission) return;
  const { pays, answer, spending } = ending.fare;
  if (!pays) return admission.settle(costOf(NOTHING, service.prices));
  let tokens = answer ? reportedTokens(answer, worst) : unanswered(admitted, ending);
  tokens ??= toldTokens(admitted, ending);
  // awaited only where it has to be: a client may ask again as soon as it has its answer
  if (!tokens && answer) tokens = await ownCount(service, admitted, { ...ending, answer });
  const lost = sum(admitted, spending?.losses ?? []);
  await admission.settle(costOf(balance(tokens ?? worst, lost, sum(admitted, spending?.notLost ?? [])), service.prices));
}

/** What was computed where there is no answer. */
function unanswered(admitted: Admitted, ending: Ending): TokenCounts {
  return toldTokens(admitted, ending) ?? (GIVEN_UP.includes(ending.errorCode) ? admitted.worst : NOTHING);
}

/** What the provider that was asked last says beside its answer. */
function toldTokens(admitted: Admitted, { fare }: Ending): TokenCounts | undefined {
  const told = fare.spending?.sofar?.();
  return told && tokensOf(admitted, told);
}

/** Books what was computed for nothing, so that a call may cost as much again; false where the limits have no room for that. */
export async function bookLosses(service: Service, admitted: Admitted, losses: readonly Loss[]): Promise<boolean> {
  const { admission } = admitted;
  return admission ? admission.extend(costOf(sum(admitted, losses), service.prices)) : true;
}

function sum(admitted: Admitted, losses: readonly Loss[]): TokenCounts {
  return losses.map((loss) => tokensOf(admitted, loss)).reduce((total, one) => balance(total, one), NOTHING);
}

function balance(used: TokenCounts, lost = NOTHING, notLost = NOTHING): TokenCounts {
  return {
    prompt: Math.max(0, used.prompt + lost.prompt - notLost.prompt),
    completion: Math.max(0, used.completion + lost.completion - notLost.completion),
  };
}

function tokensOf({ call, worst }: Admitted, { usage, tally }: Loss): TokenCounts {
  if (!usage && !tally) return worst;
  return {
    prompt: usage?.promptTokens ?? Math.min(worst.prompt, promptGuess(call)),
    completion: usage?.completionTokens ?? Math.min(worst.completion, tally?.guess ?? 0),
  };
}

/** Undefined where the provider does not say how many tokens an answer was. */
function reportedTokens(answer: Answer, worst: TokenCounts): TokenCounts | undefined {
  const { promptTokens: prompt, completionTokens: completion } = usageOf(answer) ?? { promptTokens: 0, completionTokens: -1 };
  return completion > 0 || (completion === 0 && worst.completion === 0) ? { prompt, completion } : undefined;
}

async function ownCount(
  service: Service,
  { call, worst }: Admitted,
  { answer, fare, heard, errorCode }: Ending & { answer: Answer },
): Promise<TokenCounts> {
  const local = service.loadedFor(call);
  const tally = answer.kind === "whole" ? tallyOf([answer.body]) : fare.events ? tallyOf(fare.events) : (heard ?? tallyOf([]));
  const counted = local && (await local.tokenize(tally.text, { special: true }).catch(() => undefined));
  // who breaks off before the count comes must not pay less for a prompt than its tokens
  const isBound = local !== undefined || errorCode !== undefined;
  const prompt = isBound ? worst.prompt : Math.min(worst.prompt, promptGuess(call));
  return {
    prompt: usageOf(answer)?.promptTokens ?? prompt,
    completion: Math.min(worst.completion, counted && counted.length > 0 ? counted.length : tally.guess),
  };
}

function usageOf(answer: Answer): Usage | undefined {
  return answer.kind === "stream" ? answer.facts.usage : answer.usage;
}

function tallyOf(events: readonly JsonObject[]): TokenTally {
  const tally = new TokenTally();
  for (const event of events) tally.add(event);
  return tally;
}
