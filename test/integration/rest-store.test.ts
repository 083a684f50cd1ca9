import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLocalStore } from "../../src/lib/tracking/open-local-store.js";
import { openStore } from "../../src/lib/tracking/open-store.js";
import { startTrackingServer } from "../../src/lib/tracking/server/start-tracking-server.js";
import { trackingBackendContract } from "../contract/tracking-backend.js";
import { wireBackend } from "../helpers/wire-backend.js";

trackingBackendContract("RestStore on our server", async () => {
  const folder = mkdtempSync(join(tmpdir(), "llmops-test-"));
  const local = openLocalStore(folder, { create: true });
  const security = { allowedHosts: [], allowedOrigins: [], token: undefined };
  const server = await startTrackingServer(local, { host: "127.0.0.1", port: 0, ...security });
  const store = await openStore(server.url, { create: true });
  return {
    ...{ store, served: wireBackend(server.url), backend: local },
    close: async () => {
      await store.close();
      await server.close();
      await local.close();
      rmSync(folder, { recursive: true });
    },
  };
});
