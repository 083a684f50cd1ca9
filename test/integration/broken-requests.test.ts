import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { describe, expect, it, onTestFinished } from "vitest";
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

/** Requests that Node refuses before an app sees them, or that it would answer itself. */
const BROKEN: readonly (readonly [name: string, status: number, said: RegExp, request: string])[] = [
  ["too many headers", 431, /too large.*16 KiB/, `GET /health HTTP/1.1\r\nhost: localhost\r\nx: ${"a".repeat(20_000)}\r\n\r\n`],
  ["an unknown method", 400, /not HTTP: Invalid method/, "FROB / HTTP/1.1\r\nhost: localhost\r\n\r\n"],
  ["TLS", 400, /not HTTP.*without TLS/, "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"],
  [
    "two lengths",
    400,
    /not HTTP/,
    "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
  ],
  ["no host", 400, /no Host header/, "GET /health HTTP/1.1\r\nconnection: close\r\n\r\n"],
  ["headers that end too late", 408, /not arrive in time/, "GET /health HTTP/1.1\r\nhost: loc"],
  ["an unknown expectation", 417, /Expect: frob/, "POST / HTTP/1.1\r\nhost: localhost\r\nexpect: frob\r\ncontent-length: 0\r\n\r\n"],
];

/** All that a server sends for these bytes until it closes the connection. */
async function answerTo(app: FastifyInstance, request: string): Promise<string> {
  const { port } = app.server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1", () => socket.write(request, "latin1"));
  let answer = "";
  socket.setEncoding("utf8").on("data", (text: string) => (answer += text));
  return new Promise((resolve) => socket.on("error", () => undefined).on("close", () => resolve(answer)));
}

describe.each([
  ["serve", serveApp],
  ["mlflow server", trackingApp],
])("requests to %s that are not HTTP", (name, make) => {
  it.each(BROKEN)("are answered in its own error shape: %s", async (_, status, said, request) => {
    const app = await make();
    Object.assign(app.server, { headersTimeout: 100, connectionsCheckingInterval: 50 });
    await app.listen({ host: "127.0.0.1", port: 0 });
    onTestFinished(() => app.close());
    const [head = "", text = ""] = (await answerTo(app, request)).split("\r\n\r\n");
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head).toMatch(/content-type: application\/json/i);
    const json = JSON.parse(text.replace(/^[0-9a-f]+\r\n/, "").split("\r\n")[0] ?? "") as Record<string, unknown>;
    const code = status === 408 ? "request_timeout" : "invalid_argument";
    if (name === "serve") {
      expect(json).toMatchObject({
        error: { message: expect.stringMatching(said) as string, code },
        request_id: expect.any(String) as string,
      });
    } else expect(json).toEqual({ error_code: "INVALID_PARAMETER_VALUE", message: expect.stringMatching(said) as string });
  });
});
