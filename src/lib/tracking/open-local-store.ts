import { join, resolve } from "node:path";
import { mlflowConnection } from "../base/config/mlflow-environment.js";
import { LlmopsError } from "../base/errors/llmops-error.js";
import { ArtifactFolder } from "./artifact-folder.js";
import { SqlStore } from "./sql/sql-store.js";
import { SqliteDatabase } from "./sqlite/sqlite-database.js";
import { ThreadViews } from "./sqlite/thread-views.js";
import type { TrackingBackend } from "./tracking-backend.js";

const DATABASE = "mlflow.db";
const ARTIFACTS = "mlartifacts";

/** Opens a store on this machine: a folder, or sqlite:///FILE. `artifacts` is the folder of artifacts, if not the usual one. */
export function openLocalStore(uri: string, { create, artifacts }: { create: boolean; artifacts?: string | undefined }): TrackingBackend {
  const { databasePath, folder } = parseTrackingUri(uri);
  const folderOfFiles = artifacts === undefined ? join(folder, ARTIFACTS) : artifactFolderOf(artifacts);
  const database = new SqliteDatabase(databasePath, { create });
  const files = new ArtifactFolder(folderOfFiles);
  if (create) files.prepare();
  const views = new ThreadViews(databasePath, () => database.version({ own: true }));
  return new SqlStore({ database, views, artifacts: files, truncate: mlflowConnection().truncateLongValues });
}

/** Throws INVALID_ARGUMENT for a place that is not a folder of this machine: it would become a folder called "s3:". */
function artifactFolderOf(place: string): string {
  const file = /^file:(?:\/\/)?(\/.*)$/.exec(place)?.[1];
  if (file === undefined && /^[a-z][a-z0-9+.-]+:/i.test(place)) {
    throw new LlmopsError("INVALID_ARGUMENT", `Artifacts cannot be kept in ${place}.`, {
      hint: "Name a folder of this machine with --artifacts-destination; object stores such as S3 are not supported.",
    });
  }
  return resolve(file ?? place);
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
      hint: "Name a server as http://HOST:PORT, a folder, or a database file as sqlite:///path/to/mlflow.db.",
    });
  }
  const folder = resolve(file ?? uri);
  return { databasePath: join(folder, DATABASE), folder };
}
