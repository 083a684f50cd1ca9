import { ERROR_CODES, type ErrorCode } from "./codes.js";
import { systemFailureOf } from "./system-failures.js";
import { withoutUrlCredentials } from "./url-credentials.js";

/** A failure the user can act on: a stable code, a message that names the value seen, a hint that says what to do; URLs without passwords. */
export class LlmopsError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  /** The request parameter at fault, as OpenAI's error shape has it. */
  readonly param: string | undefined;
  /** When trying again makes sense. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { hint?: string; param?: string; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(withoutUrlCredentials(message), { cause: options.cause });
    this.name = "LlmopsError";
    this.code = code;
    this.hint = options.hint === undefined ? undefined : withoutUrlCredentials(options.hint);
    this.param = options.param;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get exitCode(): number {
    return ERROR_CODES[this.code].exit;
  }

  get httpStatus(): number {
    return ERROR_CODES[this.code].http;
  }
}

/** Turns anything thrown into an LlmopsError: what the system refused into SYSTEM_REFUSED or OUT_OF_MEMORY, anything else is a bug, INTERNAL. */
export function toLlmopsError(thrown: unknown): LlmopsError {
  if (thrown instanceof LlmopsError) return thrown;
  if (isAbort(thrown)) return new LlmopsError("ABORTED", "Interrupted.", { cause: thrown });
  const message = messageOf(thrown);
  const failure = systemFailureOf(thrown);
  if (failure) {
    return new LlmopsError(failure.code, `The system refused it: ${failure.what} (${message}).`, { hint: failure.hint, cause: thrown });
  }
  return new LlmopsError("INTERNAL", `Unexpected error: ${message}`, {
    hint: "This is a bug in llmops. Run again with DEBUG=llmops to see where it happened.",
    cause: thrown,
  });
}

/** True for the error an aborted AbortSignal makes. */
export function isAbort(thrown: unknown): boolean {
  if (thrown instanceof LlmopsError) return thrown.code === "ABORTED";
  return thrown instanceof Error && (thrown.name === "AbortError" || thrown.name === "APIUserAbortError");
}

/** The message of anything thrown, also of what cannot be made a text. */
export function messageOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message : String(thrown);
  } catch {
    return `${typeof thrown === "object" ? "an" : "a"} ${typeof thrown} that cannot be read`;
  }
}

/** The system error code (ENOENT, EADDRINUSE, ...) of anything thrown, if it has one. */
export function systemCodeOf(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}
