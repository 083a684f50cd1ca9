import { join, resolve } from "node:path";
import { LlmopsError } from "../errors/llmops-error.js";
import { SqliteStore } from "./sqlite/sqlite-store.js";
import type { TrackingStore } from "./tracking-store.js";

const DATABASE = "mlflow.db";
const ARTIFACTS = "mlartifacts";

/**
 * Opens the store a tracking URI names: a folder (holding mlflow.db and mlartifacts), or
 * sqlite:///path/to.db with mlartifacts beside it. Throws INVALID_ARGUMENT for other schemes, and
 * the store's own errors.
 */
export function openStore(uri: string, { create }: { create: boolean }): TrackingStore {
  const { databasePath, folder } = parseTrackingUri(uri);
  return new SqliteStore({ databasePath, artifactRoot: join(folder, ARTIFACTS), create });
}

function parseTrackingUri(uri: string): { databasePath: string; folder: string } {
  const sqlite = /^sqlite:\/\/\/(.+)$/.exec(uri);
  if (sqlite?.[1]) {
    const databasePath = resolve(sqlite[1]);
    return { databasePath, folder: resolve(databasePath, "..") };
  }
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(uri)) {
    throw new LlmopsError("INVALID_ARGUMENT", `The tracking URI ${uri} is not supported.`, {
      hint: "Name a folder, or a database file as sqlite:///path/to/mlflow.db.",
    });
  }
  const folder = resolve(uri);
  return { databasePath: join(folder, DATABASE), folder };
}
