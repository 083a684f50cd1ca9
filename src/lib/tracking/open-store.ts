import { mlflowConnection, withoutCredentials } from "../base/config/mlflow-environment.js";
import { LlmopsError, toLlmopsError } from "../base/errors/llmops-error.js";
import { openLater } from "./open-later.js";
import { openBackend, shownStoreUri } from "./open-backend.js";
import type { TrackingStore } from "./tracking-store.js";

/** A store, and how far the one who names it is trusted. */
export interface StoreToOpen {
  uri: string;
  /** The credentials of the environment are for this server. */
  trusted: boolean;
  /** Only servers of the internet: the URI is from a request. */
  publicOnly?: boolean;
}

/**
 * Opens the store a tracking URI names: http(s)://, a folder (holding mlflow.db and mlartifacts), sqlite:///path/to.db with mlartifacts
 * beside it, or postgresql://USER@HOST/DATABASE with mlartifacts in the folder this process works in. A URI alone is one that the operator names: the credentials of the environment are
 * for it. Throws INVALID_ARGUMENT for other schemes, FORBIDDEN, and the store's own errors.
 */
export async function openStore(named: string | StoreToOpen, options: { create: boolean }): Promise<TrackingStore> {
  const { uri, trusted, publicOnly = false } = typeof named === "string" ? { uri: named, trusted: true } : named;
  if (!/^https?:\/\//i.test(uri)) return openBackend(uri, options);
  const url = parseUrl(uri);
  const { RestStore } = await import("./rest/rest-store.js"); // with its HTTP client it is slow to load
  const connection = trusted ? mlflowConnection() : withoutCredentials(mlflowConnection());
  return new RestStore(url, { ...connection, publicOnly });
}

/**
 * The store a tracking URI names, also where it cannot be opened now: then it is tried again with every call, and `onProblem` hears why.
 * Throws INVALID_ARGUMENT for other schemes.
 */
export async function openStorePatiently(named: string | StoreToOpen, onProblem: (error: LlmopsError) => void): Promise<TrackingStore> {
  const open = () => openStore(named, { create: true });
  try {
    return await open();
  } catch (thrown) {
    const error = toLlmopsError(thrown);
    if (!error.code.startsWith("STORE_")) throw error;
    onProblem(error);
    return openLater(shownStoreUri(typeof named === "string" ? named : named.uri), open);
  }
}

function parseUrl(uri: string): URL {
  try {
    return new URL(uri);
  } catch (cause) {
    throw new LlmopsError("INVALID_ARGUMENT", `The tracking URI ${uri} is not a URL.`, { hint: "Write it as http://HOST:PORT.", cause });
  }
}
