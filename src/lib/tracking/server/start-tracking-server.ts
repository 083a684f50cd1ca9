import { listen, type RunningServer } from "../../base/http/listen.js";
import type { SqliteStore } from "../sqlite/sqlite-store.js";
import { createTrackingApp, type TrackingAppOptions } from "./create-tracking-app.js";

/** Listens with an MLflow tracking server over the store. Throws PORT_IN_USE or ADDRESS_UNAVAILABLE. */
export async function startTrackingServer(
  store: SqliteStore,
  { host, port, ...options }: TrackingAppOptions & { host: string; port: number },
): Promise<RunningServer> {
  return listen(await createTrackingApp(store, { boundTo: host, ...options }), { host, port });
}
