import { resolve } from "node:path";
import { mlflowConnection } from "../base/config/mlflow-environment.js";
import { artifactPlaces } from "./artifact-places.js";
import type { LocalStoreOptions } from "./open-local-store.js";
import { PooledViews } from "./postgres/pooled-views.js";
import { PostgresDatabase } from "./postgres/postgres-database.js";
import { SqlStore } from "./sql/sql-store.js";
import { StoredArtifacts } from "./stored-artifacts.js";
import type { TrackingBackend } from "./tracking-backend.js";

/** Opens a store in PostgreSQL; its files are beside the folder this process works in, unless `places` says otherwise. */
export async function openPostgresStore(uri: string, { create, places = {} }: LocalStoreOptions): Promise<TrackingBackend> {
  const folder = resolve(".");
  const connection = mlflowConnection();
  const artifacts = new StoredArtifacts(artifactPlaces(places, folder), folder, connection);
  const database = await PostgresDatabase.open(uri, { create, defaultRoot: artifacts.places.defaultRoot });
  if (create) artifacts.prepare();
  return new SqlStore({ database, views: new PooledViews(database), artifacts, truncate: connection.truncateLongValues });
}
