import { join, resolve } from "node:path";
import { mlflowConnection } from "../base/config/mlflow-environment.js";
import { LlmopsError } from "../base/errors/llmops-error.js";
import type { ArtifactPlaces } from "./artifact-store.js";
import { artifactPlaces } from "./artifact-places.js";
import { SqlStore } from "./sql/sql-store.js";
import { SqliteDatabase } from "./sqlite/sqlite-database.js";
import { ThreadViews } from "./sqlite/thread-views.js";
import { StoredArtifacts } from "./stored-artifacts.js";
import type { TrackingBackend } from "./tracking-backend.js";

const DATABASE = "mlflow.db";

export interface LocalStoreOptions {
  create: boolean;
  /** Where files are, as people write it; by default mlartifacts beside the database, handed out as mlflow-artifacts:/. */
  places?: Partial<ArtifactPlaces> | undefined;
}

/** Opens a store on this machine: a folder, or sqlite:///FILE. Throws INVALID_ARGUMENT for places that no files can be kept in. */
export function openLocalStore(uri: string, { create, places = {} }: LocalStoreOptions): TrackingBackend {
  const { databasePath, folder } = parseTrackingUri(uri);
  const connection = mlflowConnection();
  const artifacts = new StoredArtifacts(artifactPlaces(places, folder), folder, connection);
  const { defaultRoot } = artifacts.places;
  const database = new SqliteDatabase(databasePath, { create, defaultRoot });
  if (create) artifacts.prepare();
  const views = new ThreadViews(databasePath, () => database.version({ own: true }));
  return new SqlStore({ database, views, artifacts, truncate: connection.truncateLongValues });
}

/** Where the database of a store on this machine is. Throws INVALID_ARGUMENT for another scheme. */
export function databasePathOf(uri: string): string {
  return parseTrackingUri(uri).databasePath;
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
      hint: "Name a server as http://HOST:PORT, a folder, a file as sqlite:///path/to/mlflow.db, or postgresql://USER@HOST/DATABASE.",
    });
  }
  const folder = resolve(file ?? uri);
  return { databasePath: join(folder, DATABASE), folder };
}
