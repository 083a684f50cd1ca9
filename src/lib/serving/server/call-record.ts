import type { ErrorCode } from "../../base/errors/codes.js";
import type { Call, Origin } from "../../inference/gateway/call.js";
import type { Timing, Usage } from "../../inference/openai/completion.js";

/** What became of one call to a model, for metrics, tracking and the log. */
export interface CallRecord {
  call: Call;
  /** The model that answered, or the one that was to. */
  model: string;
  /** The adapter on it, or what a model without one is called. */
  version: string;
  /** The `domain` among the request's tags. */
  domain: string | undefined;
  /** Undefined where no answer began. */
  origin: Origin | undefined;
  usage: Usage | undefined;
  /** Of the provider's own work; nothing for an answer that was kept. */
  timing: Timing | undefined;
  /** As the client saw it, from the request's arrival. */
  firstTokenMs: number | undefined;
  totalMs: number;
  finishReason: string;
  /** The first choice's text, where somebody wants it. */
  text: string;
  errorCode: ErrorCode | undefined;
}
