import { EXIT } from "./exit-codes.js";

/** Every error code with the exit code of the command line and the answer of the HTTP server. */
export const ERROR_CODES = {
  // the user's input
  INVALID_ARGUMENT: { exit: EXIT.usage, http: 400, type: "invalid_request_error" },
  INVALID_RANGE: { exit: EXIT.usage, http: 400, type: "invalid_request_error" },
  UNKNOWN_PARAMETER: { exit: EXIT.usage, http: 400, type: "invalid_request_error" },
  UNSUPPORTED_PARAMETER: { exit: EXIT.usage, http: 400, type: "invalid_request_error" },
  RUBRIC_INVALID: { exit: EXIT.usage, http: 400, type: "invalid_request_error" },
  RUBRIC_NOT_FOUND: { exit: EXIT.usage, http: 404, type: "invalid_request_error" },
  JUDGE_UNCALIBRATED: { exit: EXIT.failed, http: 409, type: "invalid_request_error" },
  DATASET_INVALID: { exit: EXIT.usage, http: 400, type: "invalid_request_error" },
  DATASET_NOT_FOUND: { exit: EXIT.usage, http: 400, type: "invalid_request_error" },
  MODEL_NOT_FOUND: { exit: EXIT.usage, http: 404, type: "invalid_request_error" },
  MODEL_INVALID: { exit: EXIT.usage, http: 400, type: "invalid_request_error" },
  CONTEXT_LENGTH_EXCEEDED: { exit: EXIT.usage, http: 400, type: "invalid_request_error" },
  REQUEST_TIMEOUT: { exit: EXIT.broken, http: 408, type: "timeout_error" },
  QUEUE_FULL: { exit: EXIT.broken, http: 429, type: "rate_limit_error" },
  RATE_LIMITED: { exit: EXIT.broken, http: 429, type: "rate_limit_error" },
  CACHE_MISS: { exit: EXIT.broken, http: 504, type: "invalid_request_error" },
  UNAUTHORIZED: { exit: EXIT.broken, http: 401, type: "authentication_error" },
  /** Known, but not allowed to: a key without the scope, a page of another origin, a target a request may not name. */
  FORBIDDEN: { exit: EXIT.broken, http: 403, type: "permission_error" },
  CONFIG_INVALID: { exit: EXIT.usage, http: 500, type: "server_error" },
  RECORDING_INVALID: { exit: EXIT.usage, http: 500, type: "server_error" },
  NOT_RECORDED: { exit: EXIT.usage, http: 404, type: "invalid_request_error" },
  BODY_TOO_LARGE: { exit: EXIT.usage, http: 413, type: "invalid_request_error" },
  UNSUPPORTED_MEDIA_TYPE: { exit: EXIT.usage, http: 415, type: "invalid_request_error" },
  ROUTE_NOT_FOUND: { exit: EXIT.usage, http: 404, type: "invalid_request_error" },
  // something outside is missing or broken
  GPU_UNAVAILABLE: { exit: EXIT.broken, http: 500, type: "server_error" },
  MODEL_LOAD_FAILED: { exit: EXIT.broken, http: 500, type: "server_error" },
  MODEL_LOADING: { exit: EXIT.broken, http: 503, type: "server_error" },
  OUT_OF_MEMORY: { exit: EXIT.broken, http: 503, type: "server_error" },
  ENDPOINT_UNREACHABLE: { exit: EXIT.broken, http: 502, type: "server_error" },
  ENDPOINT_ERROR: { exit: EXIT.broken, http: 502, type: "server_error" },
  /** The operating system: no more files, a full disk, a read-only folder. */
  SYSTEM_REFUSED: { exit: EXIT.broken, http: 503, type: "server_error" },
  PORT_IN_USE: { exit: EXIT.broken, http: 500, type: "server_error" },
  ADDRESS_UNAVAILABLE: { exit: EXIT.broken, http: 500, type: "server_error" },
  STORE_UNWRITABLE: { exit: EXIT.broken, http: 500, type: "server_error" },
  STORE_INCOMPATIBLE: { exit: EXIT.broken, http: 500, type: "server_error" },
  STORE_NOT_FOUND: { exit: EXIT.broken, http: 404, type: "invalid_request_error" },
  STORE_CONFLICT: { exit: EXIT.usage, http: 400, type: "invalid_request_error" },
  STORE_FORBIDDEN: { exit: EXIT.broken, http: 403, type: "invalid_request_error" },
  STORE_UNREACHABLE: { exit: EXIT.broken, http: 503, type: "server_error" },
  STORE_ERROR: { exit: EXIT.broken, http: 502, type: "server_error" },
  BASELINE_NOT_FOUND: { exit: EXIT.usage, http: 404, type: "invalid_request_error" },
  STUDY_NOT_FOUND: { exit: EXIT.usage, http: 404, type: "invalid_request_error" },
  STUDY_BUSY: { exit: EXIT.broken, http: 409, type: "invalid_request_error" },
  BUDGET_SPENT: { exit: EXIT.budget, http: 429, type: "rate_limit_error" },
  STUDY_CHANGED: { exit: EXIT.usage, http: 409, type: "invalid_request_error" },
  ENDPOINT_REFUSED: { exit: EXIT.broken, http: 502, type: "invalid_request_error" },
  /** The service withheld the answer by its content filter, or refused it. */
  CONTENT_FILTERED: { exit: EXIT.broken, http: 502, type: "invalid_request_error" },
  SCORER_FAILED: { exit: EXIT.broken, http: 500, type: "server_error" },
  SHUTTING_DOWN: { exit: EXIT.broken, http: 503, type: "server_error" },
  // the program itself
  ABORTED: { exit: EXIT.interrupted, http: 499, type: "invalid_request_error" },
  INTERNAL: { exit: EXIT.bug, http: 500, type: "server_error" },
} as const satisfies Record<string, { exit: number; http: number; type: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;
