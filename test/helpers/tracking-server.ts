import { onTestFinished } from "vitest";
import type { ArtifactPlaces } from "../../src/lib/tracking/artifact-store.js";
import { openLocalStore } from "../../src/lib/tracking/open-local-store.js";
import { startTrackingServer } from "../../src/lib/tracking/server/start-tracking-server.js";
import type { TrackingAppOptions } from "../../src/lib/tracking/server/create-tracking-app.js";
import type { TrackingBackend } from "../../src/lib/tracking/tracking-backend.js";
import { temporaryFolder } from "./temporary-folder.js";

export interface TestServer {
  url: string;
  folder: string;
  store: TrackingBackend;
}

/** A tracking server on a free port over a new store, closed when the test ends. */
export async function trackingServer(asked: Partial<TrackingAppOptions> = {}, places: Partial<ArtifactPlaces> = {}): Promise<TestServer> {
  const folder = temporaryFolder();
  const store = openLocalStore(folder, { create: true, places });
  const options = { allowedHosts: [], allowedOrigins: [], token: undefined, ...asked };
  const server = await startTrackingServer(store, { host: "127.0.0.1", port: 0, ...options });
  onTestFinished(async () => {
    await server.close();
    await store.close();
  });
  return { url: server.url, folder, store };
}
