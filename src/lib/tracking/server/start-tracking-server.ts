import { listen, type RunningServer } from "../../base/http/listen.js";
import type { TrackingBackend } from "../tracking-backend.js";
import { createTrackingApp, type TrackingAppOptions } from "./create-tracking-app.js";

/** Listens with an MLflow tracking server over the backend. Throws PORT_IN_USE or ADDRESS_UNAVAILABLE. */
export async function startTrackingServer(
  backend: TrackingBackend,
  { host, port, ...options }: TrackingAppOptions & { host: string; port: number },
): Promise<RunningServer> {
  return listen(await createTrackingApp(backend, { boundTo: host, ...options }), { host, port });
}
