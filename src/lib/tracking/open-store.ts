import { mlflowConnection } from "../config/mlflow-environment.js";
import { LlmopsError } from "../errors/llmops-error.js";
import { openLocalStore } from "./open-local-store.js";
import { RestStore } from "./rest/rest-store.js";
import type { TrackingStore } from "./tracking-store.js";

/**
 * Opens the store a tracking URI names: http(s)://, a folder (holding mlflow.db and mlartifacts), or
 * sqlite:///path/to.db with mlartifacts beside it. Throws INVALID_ARGUMENT for other schemes, and
 * the store's own errors.
 */
export function openStore(uri: string, options: { create: boolean }): TrackingStore {
  if (/^https?:\/\//i.test(uri)) return new RestStore(parseUrl(uri), mlflowConnection());
  return openLocalStore(uri, options);
}

function parseUrl(uri: string): URL {
  try {
    return new URL(uri);
  } catch (cause) {
    throw new LlmopsError("INVALID_ARGUMENT", `The tracking URI ${uri} is no URL.`, { hint: "Write it as http://HOST:PORT.", cause });
  }
}
