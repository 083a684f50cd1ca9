import { execFile } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, request, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { ApiKeys, splitKeys } from "../../src/lib/serving/access/api-keys.js";
import { createKey, readKeyFile } from "../../src/lib/serving/access/key-file.js";
import { MemoryStore } from "../../src/lib/inference/gateway/cache/memory-store.js";
import { ResponseCache } from "../../src/lib/inference/gateway/cache/response-cache.js";
import { ProviderPool } from "../../src/lib/inference/gateway/upstream/provider-pool.js";
import { UpstreamProvider } from "../../src/lib/inference/gateway/upstream/upstream-provider.js";
import { createApp, type AppOptions } from "../../src/lib/serving/server/create-app.js";
import { OwnModels } from "../../src/lib/serving/server/own-models.js";
import { Service } from "../../src/lib/serving/server/service.js";
import { AllowedStores } from "../../src/lib/tracking/allowed-stores.js";
import { HttpClient } from "../../src/lib/tracking/rest/http-client.js";
import { RemoteArtifacts } from "../../src/lib/tracking/rest/remote-artifacts.js";
import { mlflowConnection } from "../../src/lib/base/config/mlflow-environment.js";
import { openLocalStore } from "../../src/lib/tracking/open-local-store.js";
import { errorOf } from "../helpers/error-of.js";
import { TrackingConnection } from "../../src/app/serving/tracking-connection.js";
import { freePort } from "../helpers/free-port.js";
import { chatAnswer, fakeUpstream, sendJson } from "../helpers/fake-upstream.js";
import { gatewayServer } from "../helpers/gateway-server.js";
import { registeredRoutes } from "../helpers/registered-routes.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const TOKEN = "operators-secret-token";
const question = { model: "m", messages: [{ role: "user", content: "hi" }] };

afterEach(() => vi.unstubAllEnvs());

interface Sent {
  status: number;
  text: string;
}

/** Sends with any header, Host too. */
async function send(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: object | string,
): Promise<Sent> {
  const content = typeof body === "object" ? JSON.stringify(body) : body;
  const type = typeof body === "object" ? { "content-type": "application/json" } : {};
  return new Promise((resolve, reject) => {
    const asked = request(new URL(path, url), { method, headers: { ...type, ...headers } }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => (text += part));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    asked.on("error", reject).end(content);
  });
}

/** A server of the attacker: what came to it. */
async function listener(answer = "the body of somebody else's server"): Promise<{ url: string; port: number; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  const server = createServer((asked, response) => {
    seen.push(asked);
    response.end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, seen };
}

async function gateway(parts: { keys?: ApiKeys; listed?: string[] } = {}, options: AppOptions = {}) {
  const folder = temporaryFolder();
  vi.stubEnv("LLMOPS_STATE_DIR", join(folder, "state"));
  vi.stubEnv("MLFLOW_TRACKING_TOKEN", TOKEN);
  vi.stubEnv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0");
  const notes: string[] = [];
  const configured = join(folder, "store");
  const stores = new AllowedStores({ configured, listed: parts.listed ?? [] });
  const connection = new TrackingConnection({ kind: "all" }, { note: (text) => void notes.push(text), isBusy: () => false, stores });
  const tracking = await connection.open({ uri: configured, trusted: true }, "serve");
  const up = await fakeUpstream((_, response) => sendJson(response, chatAnswer("hi")));
  const provider = new ProviderPool([new UpstreamProvider({ name: "up", url: up.url })], { retries: 0 });
  const cache = new ResponseCache(new MemoryStore({ ttlSeconds: 60, maxItems: 10, maxBytes: 1e6 }), {
    nondeterministic: false,
    routes: [],
  });
  const { url } = await gatewayServer({ provider, cache, tracking, keys: parts.keys }, { mlflow: connection.change, ...options });
  onTestFinished(async () => void (await connection.close()));
  return { url, folder, notes, configured };
}

const keys = () => new ApiKeys({ keys: { infer: ["infer-key"], read: ["read-key"], admin: ["admin-key"] } });
const as = (key: string) => ({ authorization: `Bearer ${key}-key` });
const local = { "x-llmops-local": "1" };

describe("a caller who wants the operator's MLflow token", () => {
  it("is not let near /mlflow-config with an ordinary key", async () => {
    const thief = await listener();
    const { url } = await gateway({ keys: keys() });
    for (const key of ["infer", "read"]) {
      const answer = await send(url, "POST", "/mlflow-config", as(key), { tracking_uri: thief.url });
      expect([answer.status, JSON.parse(answer.text)]).toMatchObject([403, { error: { code: "forbidden" } }]);
      expect(answer.text).toContain("the scope admin");
    }
    expect(thief.seen).toEqual([]);
  });

  it("gets the same answer for open ports, closed ports, folders and schemes that are not allowed, and nothing is asked or made", async () => {
    const thief = await listener();
    const { url, folder } = await gateway({ keys: keys() });
    const other = join(folder, "made-by-a-request");
    const targets = [
      thief.url,
      `http://127.0.0.1:${await freePort()}`,
      "http://169.254.169.254/latest",
      other,
      `sqlite:///${other}/x.db`,
      "ftp://x",
    ];
    const answers = [];
    for (const uri of targets) answers.push(await send(url, "POST", "/mlflow-config", as("admin"), { tracking_uri: uri }));
    const texts = answers.map(({ status, text }) => `${status} ${text.replace(/req-[\w-]+/, "ID")}`);
    expect(new Set(texts).size).toBe(1);
    expect(answers[0]?.status).toBe(403);
    expect(thief.seen).toEqual([]);
    expect(existsSync(other)).toBe(false);
  });

  it("gets neither the token nor the words of a server the operator allows as a store", async () => {
    const allowed = await listener();
    const closed = `http://127.0.0.1:${await freePort()}`;
    const { url, notes } = await gateway({ keys: keys(), listed: [allowed.url, closed] });
    const [open, shut] = [
      await send(url, "POST", "/mlflow-config", as("admin"), { tracking_uri: `${allowed.url.replace("http://", "http://user:pass@")}/` }),
      await send(url, "POST", "/mlflow-config", as("admin"), { tracking_uri: closed }),
    ];
    expect(open.text.replace(/req-[\w-]+/, "")).toBe(shut.text.replace(/req-[\w-]+/, ""));
    expect(open.text).not.toContain("somebody else");
    expect(allowed.seen.length).toBeGreaterThan(0);
    expect(allowed.seen.map(({ headers }) => headers.authorization)).toEqual(allowed.seen.map(() => undefined));
    expect(notes.join()).toContain("did not answer with JSON");
  });

  it.each(["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost", "a.localhost"])(
    "reaches no private address %s through a list with *",
    async (name) => {
      const thief = await listener();
      const { url } = await gateway({ keys: keys(), listed: [`http://*:${thief.port}`] });
      const answer = await send(url, "POST", "/mlflow-config", as("admin"), { tracking_uri: `http://${name}:${thief.port}` });
      expect([403, 503]).toContain(answer.status);
      expect(thief.seen).toEqual([]);
    },
  );

  it("gets no token through an artifact location that names another host, which anyone who may create an experiment chooses", async () => {
    const thief = await listener("{}");
    vi.stubEnv("MLFLOW_TRACKING_TOKEN", TOKEN);
    vi.stubEnv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0");
    const server = await listener("{}");
    const connection = mlflowConnection();
    const http = new HttpClient(new URL(server.url), connection);
    const artifacts = new RemoteArtifacts(http, connection);
    for (const { port } of [thief, server]) await artifacts.write(`mlflow-artifacts://127.0.0.1:${port}/0/run/artifacts`, "a.txt", "x");
    await Promise.all([artifacts.close(), http.close()]);
    expect(thief.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${TOKEN}`]);
  });

  it("reaches neither private addresses nor this machine's folders through the artifact locations of a store that a request named", async () => {
    const thief = await listener("{}");
    const folder = temporaryFolder();
    vi.stubEnv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0");
    const connection = { ...mlflowConnection(), publicOnly: true };
    const http = new HttpClient(new URL("http://8.8.8.8:5000"), connection);
    const artifacts = new RemoteArtifacts(http, connection);
    const hosts = [`127.0.0.1:${thief.port}`, `2130706433:${thief.port}`, `[::ffff:127.0.0.1]:${thief.port}`, "169.254.169.254"];
    const places = [...hosts.map((host) => `mlflow-artifacts://${host}/0`), folder, `file://${folder}`];
    const asks = places.flatMap((place) => [() => artifacts.write(place, "a.txt", "x"), () => artifacts.read(place, "a.txt")]);
    const codes = [];
    for (const ask of asks) codes.push((await errorOf(ask)).code);
    expect(new Set(codes)).toEqual(new Set(["FORBIDDEN"]));
    const named = await errorOf(() => artifacts.write(`mlflow-artifacts://localhost.:${thief.port}/0`, "a.txt", "x"));
    expect(named.code).toBe("FORBIDDEN");
    expect([thief.seen, readdirSync(folder)]).toEqual([[], []]);
    await Promise.all([artifacts.close(), http.close()]);
  });

  it("may change the experiment, and come back to the configured store", async () => {
    const { url, configured } = await gateway({ keys: keys() });
    const change = (body: object) => send(url, "POST", "/mlflow-config", as("admin"), body);
    expect((await change({ experiment_name: "other" })).status).toBe(200);
    const back = await change({ tracking_uri: `${configured}/`, experiment_name: "serve" });
    expect([back.status, JSON.parse(back.text)]).toMatchObject([200, { experiment_name: "serve" }]);
  });
});

describe("what is given in flags", () => {
  it.each(["s3:///path", "s3:path", "hdfs://name/path", "wasbs:x"])(
    "artifacts in %s are refused, and no such folder is made",
    async (place) => {
      const folder = temporaryFolder();
      const error = await errorOf(() => openLocalStore(folder, { create: true, places: { destination: place } }));
      expect(error).toMatchObject({ code: "INVALID_ARGUMENT", message: `Artifacts cannot be kept in ${place}.` });
      expect([existsSync(place.split("/")[0] ?? ""), existsSync(join(folder, "mlflow.db"))]).toEqual([false, false]);
    },
  );

  it("keys that are comma-separated are several, wherever they come from", async () => {
    const given = new ApiKeys({ keys: { infer: ["a,b", "c"].flatMap(splitKeys) } });
    expect(["a", "b", "c"].map((key) => given.identify(key)?.id)).toEqual(["fixed-1", "fixed-2", "fixed-3"]);
    expect(given.identify("a,b")).toBeUndefined();
    expect(splitKeys("# mine\n a , b\r\n\n,c\n")).toEqual(["a", "b", "c"]);
  });
});

describe("many who change the keys at once", () => {
  it("lose none of 50 creates and 50 revokes in ten processes", async () => {
    const path = join(temporaryFolder(), "keys.json");
    const numbers = Array.from({ length: 10 }, (_, i) => i);
    for (const i of numbers)
      for (const j of [0, 1, 2, 3, 4]) await createKey(path, { name: `old-${i}-${j}`, limits: [], maxParallel: null });
    const script = (i: number) => `
      import { createKey, revokeKey } from ${JSON.stringify(join(process.cwd(), "dist/lib/serving/access/key-file.js"))};
      const path = ${JSON.stringify(path)};
      for (const j of [0, 1, 2, 3, 4]) {
        await createKey(path, { name: "new-${i}-" + j, limits: [], maxParallel: null });
        await revokeKey(path, "old-${i}-" + j);
      }`;
    await Promise.all(numbers.map((i) => promisify(execFile)(process.execPath, ["--input-type=module", "-e", script(i)])));
    const keys = readKeyFile(path);
    expect(keys).toHaveLength(100);
    expect(new Set(keys.map(({ name }) => name)).size).toBe(100);
    for (const { name, revoked_at: revokedAt } of keys) expect(revokedAt === null, name).toBe(name.startsWith("new-"));
    expect(readdirSync(dirname(path))).toEqual(["keys.json"]);
  });
});

describe("a damaged file of keys", () => {
  it("neither lets anybody in nor fails requests of a running server", async () => {
    const path = join(temporaryFolder(), "keys.json");
    const { key } = await createKey(path, { name: "a", limits: [], maxParallel: null });
    const log: string[] = [];
    const { url } = await gateway({ keys: new ApiKeys({ path, log: (text) => void log.push(text) }) });
    const ask = async (one: string) => (await send(url, "GET", "/v1/models", { authorization: `Bearer ${one}` })).status;
    expect([await ask(key), await ask("other")]).toEqual([200, 401]);
    writeFileSync(path, "{ half");
    await expect.poll(async () => [await ask(key), await ask("other"), log.length], { timeout: 3000 }).toEqual([200, 401, 1]);
    expect((await send(url, "GET", "/v1/models")).status).toBe(401);
    expect(log[0]).toContain("is not a valid key file");
  });
});

describe("keys without the scope", () => {
  const body = (path: string) => (path.includes("chat") ? question : path === "/tokenize" ? { content: "x" } : { tracking_uri: "nowhere" });
  const routes = [
    ["POST", "/v1/chat/completions", "infer"],
    ["POST", "/tokenize", "infer"],
    ["GET", "/metrics", "read"],
    ["GET", "/prometheus", "read"],
    ["GET", "/status", "read"],
    ["GET", "/cache/stats", "read"],
    ["GET", "/experiments", "read"],
    ["DELETE", "/cache", "admin"],
  ] as const;

  it.each(routes)("%s %s is refused to them, naming the scope %s, and admin has all", async (method, path, needed) => {
    const { url } = await gateway({ keys: keys() });
    const ask = (key: string) => send(url, method, path, as(key), method === "POST" ? body(path) : undefined);
    expect((await send(url, method, path, {}, method === "POST" ? body(path) : undefined)).status).toBe(401);
    for (const scope of ["infer", "read", "admin"]) {
      const { status, text } = await ask(scope);
      if (scope === needed || scope === "admin") expect(status, scope).not.toBe(403);
      else expect([status, text], scope).toEqual([403, expect.stringContaining(`the scope ${needed}`)]);
    }
  });

  it("every route that is registered asks for a key, but health and documentation", async () => {
    const service = new Service({ model: "m", models: new OwnModels("m", "none"), keys: keys(), routes: ["/ask"] });
    const app = createApp(service, { metricsPath: "/my-metrics", corsOrigins: ["https://app.example.com"] });
    await app.ready();
    const all = registeredRoutes(app.printRoutes({ commonPrefix: false })).map((one) => ({ ...one, url: one.url.replace(":id", "1") }));
    expect(all.length).toBeGreaterThan(40);
    const open = new Set<string>();
    for (const { method, url } of all.filter((one) => one.method !== "OPTIONS")) {
      const { statusCode } = await app.inject({ method: method as "GET", url });
      if (statusCode !== 401) open.add(url);
    }
    expect([...open].sort()).toEqual(["/docs", "/health", "/health/live", "/health/ready", "/openapi.json", "/ping", "/v1/health"]);
    await app.close();
  });
});

describe("without any key", () => {
  const admin = [
    ["DELETE", "/cache"],
    ["POST", "/mlflow-config"],
  ] as const;

  it.each(admin)("%s %s is for programs of this machine that say so", async (method, path) => {
    const { url } = await gateway();
    const ask = (headers: Record<string, string>) =>
      send(url, method, path, headers, method === "POST" ? { experiment_name: "e" } : undefined);
    expect((await ask({})).status).toBe(403);
    expect((await ask({ "x-llmops-local": "0" })).status).toBe(403);
    expect((await ask({ ...local, origin: "https://evil.example" })).status).toBe(403);
    expect((await ask({ ...local, origin: "null" })).status).toBe(403);
    expect((await ask({ ...local, host: "evil.example" })).status).toBe(403);
    expect((await ask(local)).status).toBe(200);
    expect((await ask({ ...local, origin: "http://localhost:3000" })).status).toBe(200);
  });

  it.each(admin)("%s %s is off where others reach the server", async (method, path) => {
    const app = createApp(new Service({ model: "m", models: new OwnModels("m", "none") }), { host: "0.0.0.0" });
    const answer = await app.inject({ method, url: path, headers: local, payload: {} });
    expect([answer.statusCode, answer.body]).toEqual([403, expect.stringContaining("--scope admin")]);
    await app.close();
  });
});

describe("a web page that uses a visitor's browser", () => {
  it.each(["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:8080", "11.0.0.1"])(
    "asks nothing under the name %j, which leads here (DNS rebinding)",
    async (host) => {
      const { url } = await gateway();
      for (const [method, path] of [
        ["GET", "/v1/models"],
        ["GET", "/metrics"],
        ["GET", "/docs"],
        ["POST", "/v1/chat/completions"],
        ["GET", "/nowhere"],
      ] as const) {
        const answer = await send(url, method, path, { host }, method === "POST" ? question : undefined);
        expect(answer.status, path).toBe(403);
      }
      expect((await send(url, "GET", "/health", { host })).status).toBe(200); // probes ask under any name
    },
  );

  it.each([
    "localhost:1",
    "LOCALHOST",
    "127.0.0.1:99",
    "[::1]:8080",
    "192.168.1.7:8080",
    "10.1.2.3",
    "[fd00::1]:80",
    "llm.example.com",
    "a.lab.example.com:444",
  ])("the name %j is this server's", async (host) => {
    const { url } = await gateway({}, { allowedHosts: ["llm.example.com", "*.lab.example.com"] });
    expect((await send(url, "GET", "/v1/models", { host })).status).toBe(200);
  });

  it("sends no JSON, text or form across origins, unless the origin is allowed", async () => {
    const { url } = await gateway({}, { corsOrigins: ["https://app.example.com"] });
    const post = (origin: string, type: string) =>
      send(url, "POST", "/v1/chat/completions", { origin, "content-type": type }, JSON.stringify(question));
    for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
      for (const origin of ["https://evil.example", "null", "file://", "http://localhost.evil.example"]) {
        expect((await post(origin, type)).status, `${origin} ${type}`).toBe(403);
      }
    }
    expect((await post("https://app.example.com", "application/json")).status).toBe(200);
    expect((await post("http://localhost:5173", "application/json")).status).toBe(200);
    expect((await post(url, "application/json")).status).toBe(200);
  });

  it("has an upstream asked by no picture, script or fetch of a route that is passed on", async () => {
    const up = await fakeUpstream((_, response) => sendJson(response, { answer: 1 }));
    const provider = new ProviderPool([new UpstreamProvider({ name: "up", url: up.url })], { retries: 0 });
    const { url } = await gatewayServer({ provider, routes: ["/ask"] });
    const get = (headers: Record<string, string>) => send(url, "GET", "/ask?q=1", headers);
    expect((await get({ "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" })).status).toBe(403);
    expect((await get({ "sec-fetch-site": "cross-site", origin: "https://evil.example" })).status).toBe(403);
    expect(up.seen).toEqual([]);
    expect((await get({})).status).toBe(200);
    expect((await get({ "sec-fetch-site": "same-origin" })).status).toBe(200);
  });
});
