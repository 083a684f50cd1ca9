/** Every error code with the exit code of the command line and the answer of the HTTP server. */
export const ERROR_CODES = {
  // the user's input
  INVALID_ARGUMENT: { exit: 2, http: 400, type: "invalid_request_error" },
  INVALID_RANGE: { exit: 2, http: 400, type: "invalid_request_error" },
  UNKNOWN_PARAMETER: { exit: 2, http: 400, type: "invalid_request_error" },
  UNSUPPORTED_PARAMETER: { exit: 2, http: 400, type: "invalid_request_error" },
  DATASET_INVALID: { exit: 2, http: 400, type: "invalid_request_error" },
  DATASET_NOT_FOUND: { exit: 2, http: 400, type: "invalid_request_error" },
  MODEL_NOT_FOUND: { exit: 2, http: 404, type: "invalid_request_error" },
  MODEL_INVALID: { exit: 2, http: 400, type: "invalid_request_error" },
  CONTEXT_LENGTH_EXCEEDED: { exit: 2, http: 400, type: "invalid_request_error" },
  REQUEST_TIMEOUT: { exit: 3, http: 408, type: "timeout_error" },
  QUEUE_FULL: { exit: 3, http: 429, type: "rate_limit_error" },
  BODY_TOO_LARGE: { exit: 2, http: 413, type: "invalid_request_error" },
  UNSUPPORTED_MEDIA_TYPE: { exit: 2, http: 415, type: "invalid_request_error" },
  ROUTE_NOT_FOUND: { exit: 2, http: 404, type: "invalid_request_error" },
  // something outside is missing or broken
  GPU_UNAVAILABLE: { exit: 3, http: 500, type: "server_error" },
  MODEL_LOAD_FAILED: { exit: 3, http: 500, type: "server_error" },
  OUT_OF_MEMORY: { exit: 3, http: 503, type: "server_error" },
  ENDPOINT_UNREACHABLE: { exit: 3, http: 502, type: "server_error" },
  ENDPOINT_ERROR: { exit: 3, http: 502, type: "server_error" },
  PORT_IN_USE: { exit: 3, http: 500, type: "server_error" },
  ADDRESS_UNAVAILABLE: { exit: 3, http: 500, type: "server_error" },
  STORE_UNWRITABLE: { exit: 3, http: 500, type: "server_error" },
  STORE_INCOMPATIBLE: { exit: 3, http: 500, type: "server_error" },
  STORE_NOT_FOUND: { exit: 3, http: 404, type: "invalid_request_error" },
  STORE_CONFLICT: { exit: 2, http: 400, type: "invalid_request_error" },
  STORE_FORBIDDEN: { exit: 3, http: 403, type: "invalid_request_error" },
  STORE_UNREACHABLE: { exit: 3, http: 503, type: "server_error" },
  STORE_ERROR: { exit: 3, http: 502, type: "server_error" },
  ALL_CELLS_FAILED: { exit: 3, http: 500, type: "server_error" },
  SHUTTING_DOWN: { exit: 3, http: 503, type: "server_error" },
  // the program itself
  ABORTED: { exit: 130, http: 499, type: "invalid_request_error" },
  INTERNAL: { exit: 70, http: 500, type: "server_error" },
} as const satisfies Record<string, { exit: number; http: number; type: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;
