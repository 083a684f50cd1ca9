import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { UpstreamProvider } from "../../src/lib/inference/gateway/upstream/upstream-provider.js";
import { chatAnswer, fakeUpstream, sendJson } from "../helpers/fake-upstream.js";
import { gatewayServer } from "../helpers/gateway-server.js";
import { trackingServer } from "../helpers/tracking-server.js";

/** What a server answers to bytes that no client library would send. */
async function sendRaw(url: string, text: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end(text);
  let answer = "";
  for await (const part of socket.setEncoding("utf8")) answer += part as string;
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  return { status: Number(head.split(" ")[1]), body };
}

async function serve() {
  const up = await fakeUpstream((_request, response) => sendJson(response, chatAnswer("hi")));
  const { url } = await gatewayServer({ provider: new UpstreamProvider({ name: "up", url: up.url }) });
  return { url, up, path: "/v1/models", body: { model: "m", messages: [{ role: "user", content: "hi" }] }, target: "/v1/chat/completions" };
}

async function mlflow() {
  const { url } = await trackingServer();
  const target = "/api/2.0/mlflow/experiments/create";
  return { url, path: "/api/2.0/mlflow/experiments/get?experiment_id=0", body: { name: "e" }, target };
}

describe.each([
  ["serve", serve],
  ["mlflow server", mlflow],
])("%s", (_, start) => {
  it("refuses requests with two hosts, and answers those that name one twice", async () => {
    const { url, path } = await start();
    const { host } = new URL(url);
    const ask = (target: string, hosts: string[]) =>
      sendRaw(url, `GET ${target} HTTP/1.1\r\n${hosts.map((one) => `Host: ${one}\r\n`).join("")}Connection: close\r\n\r\n`);
    expect((await ask(path, [host, "evil.example"])).status).toBe(400);
    expect((await ask(path, [host, host])).status).toBe(400);
    expect((await ask(`http://evil.example${path}`, [host])).status).toBe(400);
    expect((await ask(`http://${host}${path}`, [host])).status).toBe(200);
    expect((await ask(`http://evil.example${path}`, ["evil.example"])).status).toBe(403);
    expect((await ask(path, [host])).status).toBe(200);
  });

  it("refuses a body in a coding it does not read", async () => {
    const { url, target, body } = await start();
    const post = (coding: string, content: string | Buffer) =>
      fetch(url + target, { method: "POST", headers: { "content-type": "application/json", "content-encoding": coding }, body: content });
    for (const coding of ["zstd", "compress", "identity, gzip"]) {
      const plain = await post(coding, JSON.stringify(body));
      expect(plain.status).toBe(415);
      expect(await plain.text()).toContain(coding);
      expect((await post(coding, gzipSync(JSON.stringify(body)))).status).toBe(415);
    }
    expect((await post("identity", JSON.stringify(body))).status).toBe(200);
  });
});

describe("serve", () => {
  it("answers a path that cannot be read in OpenAI's form", async () => {
    const { url } = await serve();
    for (const path of ["/v1/models/%ff%zz", "/%", "/v1/models/%c0%af"]) {
      const response = await fetch(url + path);
      expect(response.status).toBe(400);
      const body = (await response.json()) as { error: object; request_id: string };
      expect(body.error).toMatchObject({ type: "invalid_request_error", param: null, code: "invalid_argument" });
      expect(response.headers.get("x-request-id")).toBe(body.request_id);
    }
  });
});
