import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { isMlflowErrorCode, MlflowError } from "../mlflow-error.js";

/** An answer that is not a success, read to its end. */
export interface RefusedAnswer {
  statusCode: number;
  /** NaN where the server does not say. */
  retryAfterSeconds: number;
  text: string;
}

const BY_STATUS = {
  400: "INVALID_PARAMETER_VALUE",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  429: "REQUEST_LIMIT_EXCEEDED",
  503: "TEMPORARILY_UNAVAILABLE",
} as const;

const HINTS: Partial<Record<string, string>> = {
  UNAUTHENTICATED: "Set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.",
  PERMISSION_DENIED: "The server does not allow it to this user.",
};

/** What an answer that is not a success says: MLflow's JSON error, or a page of something that is not an MLflow server. */
export function answerError(origin: string, path: string, { statusCode, text }: RefusedAnswer): LlmopsError {
  const known = parseError(text);
  if (known && isMlflowErrorCode(known.error_code)) {
    const hint = HINTS[known.error_code];
    return new MlflowError(known.error_code, known.message ?? known.error_code, hint === undefined ? {} : { hint });
  }
  if (statusCode === 403 && /Invalid Host header/i.test(text)) {
    return new MlflowError("PERMISSION_DENIED", `${origin} rejects the Host header it was sent: ${text.slice(0, 100)}`, {
      hint: "Start that server with the name you use: llmops mlflow server --allowed-hosts NAME (or mlflow server --allowed-hosts NAME)",
    });
  }
  if (statusCode === 404) {
    return new LlmopsError("STORE_INCOMPATIBLE", `${origin}${path} does not exist: it is not an MLflow server, or is too old.`, {
      hint: "Check --tracking-uri and MLFLOW_TRACKING_URI.",
    });
  }
  const code = BY_STATUS[statusCode as keyof typeof BY_STATUS] ?? "INTERNAL_ERROR";
  const hint = HINTS[code];
  return new MlflowError(code, `${origin}${path} answered ${statusCode}: ${text.slice(0, 200)}`, hint === undefined ? {} : { hint });
}

/** No answer at all. */
export function unreachable(origin: string, cause: unknown): LlmopsError {
  const inner = cause instanceof AggregateError ? (cause.errors[0] as unknown) : cause;
  return new MlflowError("TEMPORARILY_UNAVAILABLE", `The MLflow server ${origin} cannot be reached: ${messageOf(inner)}.`, {
    hint: "Start it (`llmops mlflow server`, or `mlflow server`), or check --tracking-uri and MLFLOW_TRACKING_URI.",
    cause,
  });
}

function parseError(text: string): { error_code?: unknown; message?: string } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
