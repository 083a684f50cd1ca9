import { LlmopsError, messageOf, systemCodeOf } from "../../base/errors/llmops-error.js";
import type { ErrorCode } from "../../base/errors/codes.js";
import { NoAnswer } from "./answer-check.js";
import { readRetryAfter, type ReadHeader } from "./retry-after.js";
import { isFiltered, isQuotaSpent, readServerWords, type ServerWords } from "./server-words.js";

/** What an endpoint answered with a status that is not one of success. */
export class StatusError extends Error {
  readonly status: number;
  readonly words: ServerWords;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, body: string, header: ReadHeader) {
    super(`status ${status}`);
    this.status = status;
    this.words = readServerWords(body);
    // only these say when to come back; what a gateway adds to other answers is about something else
    this.retryAfterSeconds = [408, 429, 503, 529].includes(status) ? readRetryAfter(header) : undefined;
  }
}

/** Statuses below 500 after which the same request may succeed. */
const PASSING = [408, 409, 425];

/** Anything thrown by a request to an endpoint, as what it means for whoever asks. */
export function toEndpointError(cause: unknown, location: string): LlmopsError {
  if (cause instanceof LlmopsError) return cause;
  if (cause instanceof StatusError) return fromStatus(cause, location);
  if (cause instanceof NoAnswer) return fromNoAnswer(cause, location);
  const root = rootCause(cause);
  const code = systemCodeOf(root) ?? "";
  if (code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT") {
    return new LlmopsError("REQUEST_TIMEOUT", `The endpoint ${location} did not answer in time: ${messageOf(root)}.`, { cause });
  }
  // what undici calls a body whose connection closed before its end
  if (messageOf(cause) === "terminated") {
    return new LlmopsError("ENDPOINT_ERROR", `The endpoint ${location} broke off its answer: ${describe(root)}.`, {
      hint: "Try again; see the endpoint's own log.",
      cause,
    });
  }
  return new LlmopsError("ENDPOINT_UNREACHABLE", `The endpoint ${location} cannot be reached: ${describe(root)}.`, {
    hint: "Check the URL and that the server is running.",
    cause,
  });
}

/** The connection broke after the answer had begun. */
export function toBrokenAnswer(cause: unknown, location: string): LlmopsError {
  if (cause instanceof LlmopsError || cause instanceof NoAnswer || cause instanceof StatusError) return toEndpointError(cause, location);
  return new LlmopsError("ENDPOINT_ERROR", `The answer of ${location} broke off: ${describe(rootCause(cause))}.`, {
    hint: "The connection was cut; see the endpoint's own log, and that of a proxy between.",
    cause,
  });
}

function fromStatus(cause: StatusError, location: string): LlmopsError {
  const { status, words, retryAfterSeconds } = cause;
  const message = `The endpoint ${location} answered ${status}: ${toSentence(words.message)}`;
  const code = codeOf(status, words);
  return new LlmopsError(code, message, {
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(words.param !== undefined && { param: words.param }),
    hint: hintOf(code, status),
    cause,
  });
}

function codeOf(status: number, words: ServerWords): ErrorCode {
  if (isFiltered(words)) return "CONTENT_FILTERED";
  if (isQuotaSpent(words)) return "ENDPOINT_REFUSED";
  if (status === 429) return "RATE_LIMITED";
  return status >= 400 && status < 500 && !PASSING.includes(status) ? "ENDPOINT_REFUSED" : "ENDPOINT_ERROR";
}

function hintOf(code: ErrorCode, status: number): string {
  if (status === 401 || status === 403) return "Give the key's environment variable with --api-key-env.";
  if (code === "CONTENT_FILTERED") return "The service withholds answers to such requests; it counts as filtered.";
  if (code === "RATE_LIMITED") return "Ask fewer requests at a time, or raise the limit of the account.";
  return "See the endpoint's own log.";
}

/** An error with a status of success, or something that is not an answer. */
function fromNoAnswer(cause: NoAnswer, location: string): LlmopsError {
  const { kind, words, message } = cause;
  if (kind === "error" && words) {
    const status = /^[45]\d\d$/.test(words.code ?? "") ? Number(words.code) : 500;
    const code = words.type?.includes("rate_limit") || words.code?.includes("rate_limit") ? "RATE_LIMITED" : codeOf(status, words);
    return new LlmopsError(code, `The endpoint ${location} sent an error: ${toSentence(message)}`, { hint: hintOf(code, status), cause });
  }
  const hint =
    kind === "foreign"
      ? "Check that the URL is that of an OpenAI-compatible API, and that no login page stands before it."
      : "The connection may have been cut, or the server have given up; see its log.";
  return new LlmopsError("ENDPOINT_ERROR", `The endpoint ${location} gave no whole answer: ${toSentence(message)}`, { hint, cause });
}

/** Ended once, whatever the server's words end with. */
function toSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function describe(error: unknown): string {
  const message = messageOf(error);
  return message === "" ? (systemCodeOf(error) ?? "the connection failed") : message.replace(/\.$/, "");
}

function rootCause(error: unknown): unknown {
  let current = error;
  while (current instanceof Error && current.cause !== undefined) current = current.cause;
  return current;
}
