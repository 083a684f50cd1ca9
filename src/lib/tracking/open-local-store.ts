import { join, resolve } from "node:path";
import { mlflowConnection } from "../config/mlflow-environment.js";
import { LlmopsError } from "../errors/llmops-error.js";
import { SqliteStore } from "./sqlite/sqlite-store.js";

const DATABASE = "mlflow.db";
const ARTIFACTS = "mlartifacts";

/** Opens a store on this machine: a folder, or sqlite:///FILE. `artifacts` is the folder of artifacts, if not the usual one. */
export function openLocalStore(uri: string, { create, artifacts }: { create: boolean; artifacts?: string | undefined }): SqliteStore {
  const { databasePath, folder } = parseTrackingUri(uri);
  const artifactRoot = resolve(artifacts ?? join(folder, ARTIFACTS));
  return new SqliteStore({ databasePath, artifactRoot, create, truncate: mlflowConnection().truncateLongValues });
}

function parseTrackingUri(uri: string): { databasePath: string; folder: string } {
  const sqlite = /^sqlite:\/\/\/(.+)$/.exec(uri);
  if (sqlite?.[1]) {
    const databasePath = resolve(sqlite[1]);
    return { databasePath, folder: resolve(databasePath, "..") };
  }
  const file = /^file:(?:\/\/)?(\/.*)$/.exec(uri)?.[1];
  if (file === undefined && /^[a-z][a-z0-9+.-]*:/i.test(uri)) {
    throw new LlmopsError("INVALID_ARGUMENT", `The tracking URI ${uri} is not supported.`, {
      hint: "Name a server as http://HOST:PORT, a folder, or a database file as sqlite:///path/to/mlflow.db.",
    });
  }
  const folder = resolve(file ?? uri);
  return { databasePath: join(folder, DATABASE), folder };
}
