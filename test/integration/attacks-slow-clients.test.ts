import { connect, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { listen } from "../../src/lib/base/http/listen.js";
import { createApp } from "../../src/lib/serving/server/create-app.js";
import { OwnModels } from "../../src/lib/serving/server/own-models.js";
import { Service } from "../../src/lib/serving/server/service.js";
import { createTrackingApp } from "../../src/lib/tracking/server/create-tracking-app.js";
import { openLocalStore } from "../../src/lib/tracking/open-local-store.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const serveApp = async () => createApp(new Service({ model: "m", models: new OwnModels("m", "none") }));
const trackingApp = async () => {
  const store = openLocalStore(temporaryFolder(), { create: true });
  onTestFinished(() => store.close());
  return createTrackingApp(store, { allowedHosts: [], allowedOrigins: [], token: undefined });
};

describe.each([
  ["serve", serveApp],
  ["mlflow server", trackingApp],
])("slow clients of %s", (_, make) => {
  it("are given 20 s for headers, 65 s between requests, and looked at every 5 s", async () => {
    const { server } = await make();
    const { connectionsCheckingInterval } = server as unknown as { connectionsCheckingInterval: number };
    expect([server.headersTimeout, server.keepAliveTimeout, connectionsCheckingInterval]).toEqual([20_000, 65_000, 5000]);
    expect(server.requestTimeout).toBeGreaterThan(0);
  });

  it("do not keep it from stopping with a request they never finish", async () => {
    const server = await listen(await make(), { host: "127.0.0.1", port: 0, restOfBodyMs: 100 });
    const { host, port } = new URL(server.url);
    const socket = connect(Number(port), "127.0.0.1").on("error", () => undefined);
    await once(socket, "connect");
    socket.write(
      `POST /api/2.0/mlflow/runs/search HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{`,
    );
    socket.resume();
    await fetch(`${server.url}/health`); // so that the server has read the line above
    const drip = setInterval(() => socket.write(" "), 20);
    onTestFinished(() => clearInterval(drip));
    await server.close();
  });

  it("lose their connections when time is up, and others do not wait for them", async () => {
    const app = await make();
    // Node reads these when it looks at connections: nobody has to wait 20 s for this test
    Object.assign(app.server, { headersTimeout: 300, requestTimeout: 600, keepAliveTimeout: 300 });
    await app.listen({ host: "127.0.0.1", port: 0 });
    onTestFinished(() => app.close());
    const { port } = app.server.address() as AddressInfo;
    const open = async (text: string): Promise<Socket> => {
      const socket = connect(port, "127.0.0.1").on("error", () => undefined);
      await once(socket, "connect");
      socket.write(text);
      socket.resume();
      return socket;
    };
    const host = `host: 127.0.0.1:${port}\r\n`;
    const slow = await Promise.all(
      ["", "GET /health HTTP/1.1\r\n", `GET /health HTTP/1.1\r\n${host}\r\n`, `POST /x HTTP/1.1\r\n${host}content-length: 9\r\n\r\n{`].map(
        open,
      ),
    );
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
    await Promise.all(slow.map((socket) => once(socket, "close")));
  });
});
