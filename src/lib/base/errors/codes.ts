import { EXIT } from "./exit-codes.js";

/** Every error code with the exit code of the command line, the answer of the HTTP server, and when it occurs. */
export const ERROR_CODES = {
  // the user's input
  INVALID_ARGUMENT: { exit: EXIT.usage, http: 400, type: "invalid_request_error", about: "an argument, flag, or field is invalid" },
  INVALID_RANGE: {
    exit: EXIT.usage,
    http: 400,
    type: "invalid_request_error",
    about: "a number is outside its range, or a name is not one of the allowed ones",
  },
  UNKNOWN_PARAMETER: { exit: EXIT.usage, http: 400, type: "invalid_request_error", about: "the parameter does not exist" },
  UNSUPPORTED_PARAMETER: {
    exit: EXIT.usage,
    http: 400,
    type: "invalid_request_error",
    about: "the parameter exists, but this model or server cannot honor it",
  },
  RUBRIC_INVALID: {
    exit: EXIT.usage,
    http: 400,
    type: "invalid_request_error",
    about: "a rubric has a mistake: a missing level, an example outside the scale",
  },
  RUBRIC_NOT_FOUND: { exit: EXIT.usage, http: 404, type: "invalid_request_error", about: "the rubric does not exist" },
  JUDGE_UNCALIBRATED: {
    exit: EXIT.failed,
    http: 409,
    type: "invalid_request_error",
    about: "the judge has no calibration card, or agrees too little with people",
  },
  DATASET_INVALID: {
    exit: EXIT.usage,
    http: 400,
    type: "invalid_request_error",
    about: "a line of the dataset is invalid, or the dataset is empty",
  },
  DATASET_NOT_FOUND: { exit: EXIT.usage, http: 400, type: "invalid_request_error", about: "the dataset file does not exist" },
  MODEL_NOT_FOUND: { exit: EXIT.usage, http: 404, type: "invalid_request_error", about: "the model file or name does not exist" },
  MODEL_INVALID: {
    exit: EXIT.usage,
    http: 400,
    type: "invalid_request_error",
    about: "the model file is empty, truncated, or not a GGUF file",
  },
  CONTEXT_LENGTH_EXCEEDED: {
    exit: EXIT.usage,
    http: 400,
    type: "invalid_request_error",
    about: "the prompt and max_tokens do not fit into the context",
  },
  REQUEST_TIMEOUT: { exit: EXIT.broken, http: 408, type: "timeout_error", about: "a deadline passed" },
  QUEUE_FULL: { exit: EXIT.broken, http: 429, type: "rate_limit_error", about: "too many requests are waiting for a slot" },
  RATE_LIMITED: { exit: EXIT.broken, http: 429, type: "rate_limit_error", about: "a rate limit applies, or was waited for in vain" },
  CACHE_MISS: {
    exit: EXIT.broken,
    http: 504,
    type: "invalid_request_error",
    about: "only-if-cached was sent, and the answer is not in the cache",
  },
  UNAUTHORIZED: { exit: EXIT.broken, http: 401, type: "authentication_error", about: "the API key is missing or wrong" },
  /** Known, but not allowed to: a key without the scope, a page of another origin, a target a request may not name. */
  FORBIDDEN: {
    exit: EXIT.broken,
    http: 403,
    type: "permission_error",
    about: "the key lacks the required scope, or the host name or origin is not allowed",
  },
  CONFIG_INVALID: { exit: EXIT.usage, http: 500, type: "server_error", about: "llmops.yaml or a setting is invalid" },
  PLUGIN_NOT_FOUND: { exit: EXIT.usage, http: 500, type: "server_error", about: "the file or package of a plugin does not exist" },
  PLUGIN_INVALID: {
    exit: EXIT.usage,
    http: 500,
    type: "server_error",
    about: "a plugin cannot be loaded, is not a plugin, is written for another API version, or uses a name that is taken",
  },
  RECORDING_INVALID: { exit: EXIT.usage, http: 500, type: "server_error", about: "the recording of --replay is invalid" },
  NOT_RECORDED: {
    exit: EXIT.usage,
    http: 404,
    type: "invalid_request_error",
    about: "the recording of --replay does not contain the request",
  },
  BODY_TOO_LARGE: {
    exit: EXIT.usage,
    http: 413,
    type: "invalid_request_error",
    about: "the request body exceeds server.body_limit_mb or a request limit",
  },
  UNSUPPORTED_MEDIA_TYPE: {
    exit: EXIT.usage,
    http: 415,
    type: "invalid_request_error",
    about: "the request body is not JSON, or is encoded",
  },
  RESPONSE_NOT_FOUND: {
    exit: EXIT.usage,
    http: 404,
    type: "invalid_request_error",
    about: "the response is not kept, or belongs to another key",
  },
  PREVIOUS_RESPONSE_NOT_FOUND: {
    exit: EXIT.usage,
    http: 400,
    type: "invalid_request_error",
    about: "the response of previous_response_id, or one before it, is not kept, or belongs to another key",
  },
  ROUTE_NOT_FOUND: { exit: EXIT.usage, http: 404, type: "invalid_request_error", about: "the server has no such path" },
  // something outside is missing or broken
  GPU_UNAVAILABLE: { exit: EXIT.broken, http: 500, type: "server_error", about: "the requested graphics card or library is not available" },
  MODEL_LOAD_FAILED: { exit: EXIT.broken, http: 500, type: "server_error", about: "llama.cpp cannot load the model" },
  MODEL_LOADING: { exit: EXIT.broken, http: 503, type: "server_error", about: "the model has not been loaded yet" },
  OUT_OF_MEMORY: { exit: EXIT.broken, http: 503, type: "server_error", about: "the model or its context does not fit into memory" },
  ENDPOINT_UNREACHABLE: { exit: EXIT.broken, http: 502, type: "server_error", about: "the endpoint cannot be reached" },
  ENDPOINT_ERROR: {
    exit: EXIT.broken,
    http: 502,
    type: "server_error",
    about: "the endpoint answered with an error or an incomplete answer",
  },
  /** The operating system: no more files, a full disk, a read-only folder. */
  SYSTEM_REFUSED: {
    exit: EXIT.broken,
    http: 503,
    type: "server_error",
    about: "the operating system refused: too many open files, a full disk, a read-only or forbidden folder",
  },
  PORT_IN_USE: { exit: EXIT.broken, http: 500, type: "server_error", about: "another process listens on the port" },
  ADDRESS_UNAVAILABLE: { exit: EXIT.broken, http: 500, type: "server_error", about: "the address cannot be listened on" },
  STORE_UNWRITABLE: { exit: EXIT.broken, http: 500, type: "server_error", about: "the MLflow store is read-only or its disk is full" },
  STORE_INCOMPATIBLE: { exit: EXIT.broken, http: 500, type: "server_error", about: "the MLflow store has another schema version" },
  STORE_NOT_FOUND: {
    exit: EXIT.broken,
    http: 404,
    type: "invalid_request_error",
    about: "the MLflow store, or what was requested from it, does not exist",
  },
  STORE_CONFLICT: { exit: EXIT.usage, http: 400, type: "invalid_request_error", about: "the name is already taken in the MLflow store" },
  STORE_FORBIDDEN: { exit: EXIT.broken, http: 403, type: "invalid_request_error", about: "the MLflow store does not allow it" },
  STORE_UNREACHABLE: { exit: EXIT.broken, http: 503, type: "server_error", about: "the MLflow server cannot be reached" },
  STORE_ERROR: { exit: EXIT.broken, http: 502, type: "server_error", about: "the MLflow server answered with something unusable" },
  BASELINE_NOT_FOUND: { exit: EXIT.usage, http: 404, type: "invalid_request_error", about: "the baseline does not exist" },
  STUDY_NOT_FOUND: { exit: EXIT.usage, http: 404, type: "invalid_request_error", about: "the study does not exist" },
  STUDY_BUSY: { exit: EXIT.broken, http: 409, type: "invalid_request_error", about: "another process is working on the study" },
  BUDGET_SPENT: { exit: EXIT.budget, http: 429, type: "rate_limit_error", about: "the budget was spent" },
  STUDY_CHANGED: {
    exit: EXIT.usage,
    http: 409,
    type: "invalid_request_error",
    about: "the study cannot be resumed, because something it was started with has changed",
  },
  ENDPOINT_REFUSED: {
    exit: EXIT.broken,
    http: 502,
    type: "invalid_request_error",
    about: "the endpoint refused, and would refuse the same request again",
  },
  /** The service withheld the answer by its content filter, or refused it. */
  CONTENT_FILTERED: {
    exit: EXIT.broken,
    http: 502,
    type: "invalid_request_error",
    about: "a content filter or a refusal by the API withheld the answer",
  },
  SCORER_FAILED: { exit: EXIT.broken, http: 500, type: "server_error", about: "a custom scorer failed" },
  PLUGIN_FAILED: { exit: EXIT.broken, http: 500, type: "server_error", about: "a sampler or judge of a plugin failed" },
  SHUTTING_DOWN: { exit: EXIT.broken, http: 503, type: "server_error", about: "the server is stopping" },
  // the program itself
  ABORTED: { exit: EXIT.interrupted, http: 499, type: "invalid_request_error", about: "the command or request was interrupted" },
  INTERNAL: { exit: EXIT.bug, http: 500, type: "server_error", about: "a bug in llmops" },
} as const satisfies Record<string, { exit: number; http: number; type: string; about: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;
