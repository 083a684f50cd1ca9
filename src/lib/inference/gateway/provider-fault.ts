import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { ErrorCode } from "../../base/errors/codes.js";

/** What went wrong at a provider, in a word that is bounded enough for a metric's label. */
export type FaultKind = "unreachable" | "status" | "timeout" | "garbage" | "broken_stream" | "overloaded" | "open_breaker" | "credentials";

const CODES: Record<FaultKind, ErrorCode> = {
  unreachable: "ENDPOINT_UNREACHABLE",
  status: "ENDPOINT_ERROR",
  timeout: "REQUEST_TIMEOUT",
  garbage: "ENDPOINT_ERROR",
  broken_stream: "ENDPOINT_ERROR",
  overloaded: "QUEUE_FULL",
  open_breaker: "ENDPOINT_UNREACHABLE",
  credentials: "ENDPOINT_REFUSED",
};

export const FAULT_KINDS = Object.keys(CODES) as readonly FaultKind[];

/** A failure of a provider, not of the request: another attempt or another provider may do better. */
export class ProviderFault extends LlmopsError {
  readonly kind: FaultKind;
  readonly provider: string;

  constructor(
    kind: FaultKind,
    provider: string,
    message: string,
    options: { hint?: string; retryAfterSeconds?: number; param?: string; cause?: unknown } = {},
  ) {
    super(CODES[kind], message, options);
    this.kind = kind;
    this.provider = provider;
  }
}

/** An upstream's own refusal of a request (400, 413, 422, ...), given to the client as it is. */
export class UpstreamRefusal extends LlmopsError {
  readonly status: number;
  readonly body: object;

  constructor(status: number, body: object, message: string) {
    super("ENDPOINT_REFUSED", message);
    this.status = status;
    this.body = body;
  }

  override get httpStatus(): number {
    return this.status;
  }
}
