import type { Dispatcher } from "undici";
import { isAbort, LlmopsError, messageOf } from "../../../base/errors/llmops-error.js";
import { NoAnswer } from "../../openai/answer-check.js";
import { parseObject } from "../../openai/json-object.js";
import { readRetryAfter } from "../../openai/retry-after.js";
import { readServerWords } from "../../openai/server-words.js";
import { ProviderFault, UpstreamRefusal } from "../provider-fault.js";

/** Statuses after which another provider, or another attempt, may do better. */
const PASSING = [408, 409, 425, 429];
/** Statuses that say this provider is set up wrongly. */
const CREDENTIALS = [401, 402, 403, 404];

/** What goes wrong with one upstream, in words that name it, and whether another provider may do better. */
export class UpstreamFaults {
  private readonly name: string;
  private readonly location: string;

  constructor(name: string, location: string) {
    this.name = name;
    this.location = location;
  }

  /** A status that is not a success: what the client did wrong is the client's, all else a fault of this provider. */
  toRefusal({ statusCode, headers }: Dispatcher.ResponseData, text: string): LlmopsError {
    const { message: words } = readServerWords(text);
    const message = `${this.name} (${this.location}) answered ${statusCode}: ${words}${/[.!?]$/.test(words) ? "" : "."}`;
    if (statusCode >= 400 && statusCode < 500 && !PASSING.includes(statusCode) && !CREDENTIALS.includes(statusCode)) {
      const body = parseObject(text) ?? { error: { message: words, type: "invalid_request_error", param: null, code: null } };
      return new UpstreamRefusal(statusCode, body, message);
    }
    const retryAfterSeconds = readRetryAfter((name) => [headers[name] ?? []].flat()[0]);
    const kind = CREDENTIALS.includes(statusCode) ? "credentials" : statusCode === 429 ? "overloaded" : "status";
    return new ProviderFault(kind, this.name, message, {
      ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      hint: kind === "credentials" ? "Check its URL, model and API key." : "Check its log.",
    });
  }

  /** It answered, but nothing that an OpenAI-compatible API says. */
  garbage(what: string): ProviderFault {
    return new ProviderFault("garbage", this.name, `${this.name} (${this.location}) sent ${what}.`, {
      hint: "Check that its URL points to an OpenAI-compatible API.",
    });
  }

  private broken(what: string): ProviderFault {
    return new ProviderFault("broken_stream", this.name, `The stream of ${this.name} (${this.location}) broke off: ${what}.`);
  }

  /** Anything thrown, as what it means: the client's going away and the whole request's deadline stay what they are. */
  toFault(cause: unknown, signal: AbortSignal, kind: "unreachable" | "broken_stream" = "unreachable"): unknown {
    if (signal.aborted) return signal.reason as unknown;
    if (cause instanceof ProviderFault || cause instanceof UpstreamRefusal) return cause;
    if (cause instanceof LlmopsError && cause.code === "REQUEST_TIMEOUT") return this.toTimeout(cause);
    if (cause instanceof NoAnswer) return this.toNoAnswer(cause, kind);
    if (isAbort(cause)) return cause;
    if (kind === "broken_stream") return this.broken(messageOf(cause));
    return new ProviderFault("unreachable", this.name, `${this.name} (${this.location}) cannot be reached: ${messageOf(cause)}.`, {
      hint: "Check its URL and that it is running.",
      cause,
    });
  }

  private toNoAnswer({ kind, message }: NoAnswer, during: "unreachable" | "broken_stream"): ProviderFault {
    if (kind === "foreign") return this.garbage(message.replace(/^it sent /, ""));
    if (during === "broken_stream") return this.broken(kind === "error" ? `it sent an error: ${message}` : message);
    return new ProviderFault("status", this.name, `${this.name} (${this.location}) gave no whole answer: ${message}.`, {
      hint: "Check its log.",
    });
  }

  /** A deadline of the first token or between two is this provider's fault; that of the whole request is not. */
  private toTimeout(cause: LlmopsError): LlmopsError {
    if (cause.param === "timeout" || cause.param === undefined) return cause;
    return new ProviderFault("timeout", this.name, `${this.name}: ${cause.message}`, {
      ...(cause.hint !== undefined && { hint: cause.hint }),
      param: cause.param,
    });
  }
}

/** True where a deadline passed. */
export function isTimeout(fault: unknown): boolean {
  return fault instanceof LlmopsError && fault.code === "REQUEST_TIMEOUT";
}
