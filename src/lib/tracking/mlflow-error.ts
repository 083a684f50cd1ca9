import type { ErrorCode } from "../base/errors/codes.js";
import { LlmopsError } from "../base/errors/llmops-error.js";

/** MLflow's error codes: the HTTP status each is answered with, and the code it has in llmops. */
const CODES = {
  INVALID_PARAMETER_VALUE: [400, "INVALID_ARGUMENT"],
  BAD_REQUEST: [400, "INVALID_ARGUMENT"],
  RESOURCE_ALREADY_EXISTS: [400, "STORE_CONFLICT"],
  UNAUTHENTICATED: [401, "STORE_FORBIDDEN"],
  CUSTOMER_UNAUTHORIZED: [401, "STORE_FORBIDDEN"],
  PERMISSION_DENIED: [403, "STORE_FORBIDDEN"],
  RESOURCE_DOES_NOT_EXIST: [404, "STORE_NOT_FOUND"],
  NOT_FOUND: [404, "STORE_NOT_FOUND"],
  ENDPOINT_NOT_FOUND: [404, "STORE_NOT_FOUND"],
  ABORTED: [409, "STORE_CONFLICT"],
  RESOURCE_CONFLICT: [409, "STORE_CONFLICT"],
  ALREADY_EXISTS: [409, "STORE_CONFLICT"],
  REQUEST_LIMIT_EXCEEDED: [429, "STORE_UNREACHABLE"],
  RESOURCE_EXHAUSTED: [429, "STORE_UNREACHABLE"],
  INVALID_STATE: [500, "STORE_CONFLICT"],
  INTERNAL_ERROR: [500, "STORE_ERROR"],
  NOT_IMPLEMENTED: [501, "STORE_ERROR"],
  TEMPORARILY_UNAVAILABLE: [503, "STORE_UNREACHABLE"],
  DEADLINE_EXCEEDED: [504, "STORE_UNREACHABLE"],
} as const satisfies Record<string, readonly [number, ErrorCode]>;

export type MlflowErrorCode = keyof typeof CODES;

/** A failure as MLflow's API names it: from the embedded store, or answered by a server. */
export class MlflowError extends LlmopsError {
  readonly errorCode: MlflowErrorCode;

  constructor(errorCode: MlflowErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(CODES[errorCode][1], message, options);
    this.errorCode = errorCode;
  }

  /** The status MLflow's REST API answers it with. */
  get status(): number {
    return CODES[this.errorCode][0];
  }
}

/** Whether a server said that it has no such route, as those of an MLflow before it; also what is not there is said so. */
export function isUnknownRoute(error: unknown): boolean {
  return error instanceof MlflowError && [404, 405, 501].includes(error.status);
}

/** True for a code of MLflow's that this program knows. */
export function isMlflowErrorCode(code: unknown): code is MlflowErrorCode {
  return typeof code === "string" && Object.hasOwn(CODES, code);
}

/** A request MLflow refuses with INVALID_PARAMETER_VALUE. */
export function invalid(message: string): MlflowError {
  return new MlflowError("INVALID_PARAMETER_VALUE", message);
}

/** Something that is not in the store: RESOURCE_DOES_NOT_EXIST. */
export function missing(message: string): MlflowError {
  return new MlflowError("RESOURCE_DOES_NOT_EXIST", message);
}
