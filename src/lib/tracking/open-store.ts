import { mlflowConnection } from "../config/mlflow-environment.js";
import { LlmopsError } from "../errors/llmops-error.js";
import { openLocalStore } from "./open-local-store.js";
import type { TrackingStore } from "./tracking-store.js";

/**
 * Opens the store a tracking URI names: http(s)://, a folder (holding mlflow.db and mlartifacts), or
 * sqlite:///path/to.db with mlartifacts beside it. Throws INVALID_ARGUMENT for other schemes, and
 * the store's own errors.
 */
export async function openStore(uri: string, options: { create: boolean }): Promise<TrackingStore> {
  if (!/^https?:\/\//i.test(uri)) return openLocalStore(uri, options);
  const url = parseUrl(uri);
  const { RestStore } = await import("./rest/rest-store.js"); // with its HTTP client it is slow to load
  return new RestStore(url, mlflowConnection());
}

function parseUrl(uri: string): URL {
  try {
    return new URL(uri);
  } catch (cause) {
    throw new LlmopsError("INVALID_ARGUMENT", `The tracking URI ${uri} is not a URL.`, { hint: "Write it as http://HOST:PORT.", cause });
  }
}
