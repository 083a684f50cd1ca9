import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { mlflowConnection, type MlflowConnection } from "../../src/lib/base/config/mlflow-environment.js";
import { RestStore } from "../../src/lib/tracking/rest/rest-store.js";
import { errorOf } from "../helpers/error-of.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { lacks } from "../helpers/tools.js";
import { processWarnings } from "../helpers/warnings.js";

type Respond = (request: IncomingMessage, response: ServerResponse, body: string) => void;

interface Recorded {
  url: string;
  requests: { method: string; url: string; headers: IncomingMessage["headers"]; body: string }[];
}

/** A server that answers as it is told and remembers what it was asked. */
async function scriptedServer(respond: Respond): Promise<Recorded> {
  const requests: Recorded["requests"] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (data: Buffer) => (body += data.toString()));
    request.on("end", () => {
      requests.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
      respond(request, response, body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

function open(url: string, more: Partial<MlflowConnection> = {}): RestStore {
  const settings = { ...mlflowConnection({}, "/nowhere"), backoffFactor: 0.01, backoffJitter: 0.01, ...more };
  const store = new RestStore(new URL(url), settings);
  onTestFinished(() => store.close());
  return store;
}

const json = (response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}) =>
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));

describe("requests to a tracking server", () => {
  it("may be many at a time, without a warning of the process", async () => {
    const server = await scriptedServer((_, response) => void setTimeout(() => json(response, 200, { experiments: [] }), 20));
    const warnings = processWarnings();
    const store = open(server.url);
    await Promise.all(Array.from({ length: 30 }, () => store.searchExperiments({ maxResults: 5 })));
    expect(warnings).toEqual([]);
  });

  it.each([408, 429, 500, 502, 503, 504])("are tried again after %d", async (status) => {
    let calls = 0;
    const server = await scriptedServer((_, response) =>
      ++calls < 3
        ? json(response, status, { error_code: "TEMPORARILY_UNAVAILABLE", message: "busy" })
        : json(response, 200, { experiments: [] }),
    );
    expect(await open(server.url).searchExperiments({ maxResults: 5 })).toEqual({ items: [], nextPageToken: undefined });
    expect(calls).toBe(3);
  });

  it("wait as long as the server asks, give up in the end, and do not repeat what would fail again", async () => {
    let calls = 0;
    const times: number[] = [];
    const busy = await scriptedServer((_, response) => {
      times.push(performance.now());
      calls++;
      json(response, 429, { error_code: "REQUEST_LIMIT_EXCEEDED", message: "slow down" }, { "retry-after": "0.3" });
    });
    const error = await errorOf(() => open(busy.url, { maxRetries: 2 }).getRun("a"));
    expect([error.code, error.message, calls]).toEqual(["STORE_UNREACHABLE", "slow down", 3]);
    expect(times[1]! - times[0]!).toBeGreaterThan(290);
    const strict = await scriptedServer((_, response) => json(response, 400, { error_code: "INVALID_PARAMETER_VALUE", message: "no" }));
    expect((await errorOf(() => open(strict.url).getRun("a"))).code).toBe("INVALID_ARGUMENT");
    expect(strict.requests).toHaveLength(1);
  });

  it("carry a user and password, from the URI or the settings, or else a token", async () => {
    const server = await scriptedServer((_, response) => json(response, 200, {}));
    const ask = async (url: string, more: Partial<MlflowConnection>) => {
      await open(url, more).searchExperiments({ maxResults: 1 });
      return server.requests.at(-1)?.headers.authorization;
    };
    const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
    expect(await ask(server.url, {})).toBeUndefined();
    expect(await ask(server.url, { token: "t" })).toBe("Bearer t");
    expect(await ask(server.url, { token: "t", username: "u", password: "p:x" })).toBe(basic("u:p:x"));
    expect(await ask(server.url.replace("//", "//in%40uri:secret@"), { username: "u", password: "p" })).toBe(basic("in@uri:secret"));
    expect(open(server.url.replace("//", "//user:secret@")).uri).not.toContain("secret");
  });

  it("go below a path, and send whole numbers, NaN as a word, long values cut", async () => {
    const server = await scriptedServer((_, response) => json(response, 200, {}));
    const metrics = [{ key: "m", value: Number.NaN, timestamp: 12.7, step: 1.2 }];
    await open(`${server.url}/prefix/`).logBatch("r", { metrics, tags: { t: "x".repeat(9000) } });
    const [request] = server.requests;
    expect(request?.url).toBe("/prefix/api/2.0/mlflow/runs/log-batch");
    const body = JSON.parse(request!.body) as { metrics: object[]; tags: { value: string }[] };
    expect(body.metrics).toEqual([{ key: "m", value: "NaN", timestamp: 13, step: 1 }]);
    expect(body.tags[0]?.value).toHaveLength(8000);
    await open(server.url, { truncateLongValues: false }).logBatch("r", { tags: { t: "x".repeat(9000) } });
    expect((JSON.parse(server.requests.at(-1)!.body) as typeof body).tags[0]?.value).toHaveLength(9000);
    await open(server.url).metricHistory("r", "m", {});
    expect(server.requests.at(-1)?.url).toContain("max_results=25000");
  });

  it.each<[string, Respond, string, string]>([
    [
      "a page that is not an MLflow",
      (_, r) => r.writeHead(200, { "content-type": "text/html" }).end("<html>hello"),
      "STORE_ERROR",
      "did not answer with JSON",
    ],
    ["JSON of something else", (_, r) => r.end("[]"), "STORE_ERROR", "JSON that is an object: []"],
    ["a path that does not exist", (_, r) => r.writeHead(404).end("nginx"), "STORE_INCOMPATIBLE", "not an MLflow server"],
    [
      "a refused host",
      (_, r) => r.writeHead(403).end("Invalid Host header - possible DNS rebinding attack detected"),
      "STORE_FORBIDDEN",
      "rejects the Host header",
    ],
    ["a refused user", (_, r) => r.writeHead(401).end("no"), "STORE_FORBIDDEN", "answered 401"],
    ["a broken connection", (q) => q.socket.destroy(), "STORE_UNREACHABLE", "cannot be reached"],
    ["an unknown code", (_, r) => json(r, 418, { error_code: "TEAPOT", message: "short" }), "STORE_ERROR", "answered 418"],
  ])("name %s", async (_, respond, code, message) => {
    const server = await scriptedServer(respond);
    const error = await errorOf(() => open(server.url, { maxRetries: 0 }).getRun("a"));
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
  });

  it.skipIf(lacks("openssl"))("trust the certificate they are told to, and no other", async () => {
    const folder = temporaryFolder();
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-keyout", key, "-out", cert, ...subject], {
      stdio: "ignore",
    });
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => json(response, 200, {}));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const ask = (more: Partial<MlflowConnection>) => open(url, { maxRetries: 0, ...more }).searchExperiments({ maxResults: 1 });
    expect((await errorOf(() => ask({}))).message).toContain("self-signed certificate");
    expect((await ask({ insecureTls: true })).items).toEqual([]);
    expect((await ask({ serverCertPath: cert })).items).toEqual([]);
    expect((await errorOf(() => open(url, { serverCertPath: join(folder, "none.pem") }))).code).toBe("INVALID_ARGUMENT");
  });
});
