import { LlmopsError } from "../../../base/errors/llmops-error.js";
import { NoAnswer } from "../../openai/answer-check.js";
import type { AnswerFacts, Call } from "../call.js";
import { ProviderFault } from "../provider-fault.js";
import { NO_USAGE } from "../spending.js";
import { TokenTally } from "../token-tally.js";
import { isTimeout } from "./upstream-faults.js";

/** How far an answer came that failed. */
export interface LostAnswer {
  facts: AnswerFacts;
  /** It began to answer with success: what was computed by then is not known. */
  isAnswering: boolean;
  /** The client's own signal. */
  outer: AbortSignal;
}

/** Says what an answer took that failed before any of it could be handed on. Of one that was given up nothing is known. */
export function noteLoss(
  { spending, stream }: Call,
  { facts, isAnswering, outer }: LostAnswer,
  { cause, fault }: { cause: unknown; fault: unknown },
): void {
  const isGivenUp = outer.aborted || (isTimeout(fault) && !(fault instanceof ProviderFault));
  if (!spending || isGivenUp) return;
  // the prompt of a stream that is late may have been read; of a whole answer that is late or was cut all may have been computed
  const isCut = isAnswering && !(cause instanceof LlmopsError || cause instanceof NoAnswer);
  const mayCost = isTimeout(fault) || (isCut && !stream);
  const loss = { usage: facts.usage ?? (mayCost ? undefined : NO_USAGE), tally: stream ? new TokenTally() : undefined };
  spending.sofar = () => loss;
}
