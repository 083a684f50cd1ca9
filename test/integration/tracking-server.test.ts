import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { trackingServer, type TestServer } from "../helpers/tracking-server.js";

const API = "/api/2.0/mlflow";

interface Answer {
  status: number;
  body: Record<string, any>;
  headers: Headers;
}

async function call(
  server: TestServer,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const answer = await fetch(server.url + path, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: text }),
  });
  const content = await answer.text();
  return { status: answer.status, body: content.startsWith("{") ? JSON.parse(content) : { text: content }, headers: answer.headers };
}

async function newRun(server: TestServer): Promise<string> {
  const { body } = await call(server, "POST", `${API}/runs/create`, { experiment_id: "0", start_time: 1 });
  return body["run"].info.run_id as string;
}

describe("the tracking server's wire", () => {
  it("says who it is", async () => {
    const server = await trackingServer();
    expect((await call(server, "GET", "/health")).body["text"]).toBe("OK");
    expect((await call(server, "GET", "/version")).body["text"]).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it("answers under /ajax-api too, and unknown paths with 404 as JSON", async () => {
    const server = await trackingServer();
    const { status, body } = await call(server, "POST", "/ajax-api/2.0/mlflow/experiments/search", { max_results: 5 });
    expect(status).toBe(200);
    expect(body["experiments"][0]).toMatchObject({ experiment_id: "0", name: "Default" });
    const unknown = await call(server, "GET", "/api/2.0/mlflow/nothing");
    expect(unknown).toMatchObject({ status: 404, body: { error_code: "ENDPOINT_NOT_FOUND" } });
    expect(await call(server, "GET", "/api/2.0/mlflow/%zz")).toMatchObject({ status: 400, body: { error_code: "BAD_REQUEST" } });
  });

  it("says which methods a path takes, with 405, where only the method is wrong", async () => {
    const server = await trackingServer();
    for (const [method, path, allow] of [
      ["GET", `${API}/runs/create`, "POST"],
      ["PUT", "/api/3.0/mlflow/traces/tr-1", "GET"],
      ["DELETE", "/ajax-api/2.0/mlflow/experiments/search", "GET, POST"],
    ] as const) {
      const answer = await fetch(server.url + path, { method });
      expect(answer.status, path).toBe(405);
      expect(answer.headers.get("allow")?.replace("GET, HEAD", "GET")).toContain(allow);
      expect(await answer.json()).toMatchObject({ error_code: "ENDPOINT_NOT_FOUND", message: expect.stringContaining(`not ${method}.`) });
    }
    expect((await fetch(`${server.url}${API}/runs/creates`)).status).toBe(404);
  });

  it("takes what programs send of times and names that MLflow takes", async () => {
    const server = await trackingServer();
    const before = Date.now();
    const made = await call(server, "POST", `${API}/runs/create`, { experiment_id: "0" });
    expect(made.body["run"].info.start_time).toBeGreaterThanOrEqual(before);
    const id = made.body["run"].info.run_id as string;
    await call(server, "POST", `${API}/runs/log-metric`, { run_id: id, key: "m", value: 1, timestamp: 1700000000123.7 });
    const history = await call(server, "GET", `${API}/metrics/get-history?run_id=${id}&metric_key=m`);
    expect(history.body["metrics"]).toMatchObject([{ timestamp: 1700000000124 }]);
    const ended = await call(server, "POST", `${API}/runs/update`, { run_id: id, status: "finished", end_time: 1700000000999.2 });
    expect(ended.body["run_info"]).toMatchObject({ status: "FINISHED", end_time: 1700000000999 });
    const found = await call(server, "POST", `${API}/runs/search`, { experiment_ids: ["0"], run_view_type: "active_only" });
    expect(found.body["runs"]).toHaveLength(1);
    expect((await call(server, "POST", `${API}/experiments/search-datasets`, {})).body).toEqual({
      error_code: "INVALID_PARAMETER_VALUE",
      message: "SearchDatasets request must specify at least one experiment_id.",
    });
  });

  it("keeps a relative artifact location as a folder of this machine", async () => {
    const server = await trackingServer();
    const body = { name: "relative", artifact_location: "./mlflow-artifacts/1" };
    const id = (await call(server, "POST", `${API}/experiments/create`, body)).body["experiment_id"] as string;
    const { experiment } = (await call(server, "GET", `${API}/experiments/get?experiment_id=${id}`)).body;
    expect(experiment.artifact_location).toBe(resolve("mlflow-artifacts/1"));
  });

  it("names a downloaded file for every client", async () => {
    const server = await trackingServer();
    for (const [name, disposition] of [
      ["a b.txt", 'attachment; filename="a b.txt"'],
      ['q"é.txt', "attachment; filename=\"q__.txt\"; filename*=UTF-8''q%22%C3%A9.txt"],
    ] as const) {
      const url = `${server.url}/api/2.0/mlflow-artifacts/artifacts/0/${encodeURIComponent(name)}`;
      await fetch(url, { method: "PUT", body: "x" });
      expect((await fetch(url)).headers.get("content-disposition")).toBe(disposition);
    }
  });

  it("measures JSON before it parses it, also JSON within JSON, and takes large batches", async () => {
    const server = await trackingServer();
    const id = await newRun(server);
    const nested = (depth: number) => `{"name":"e","x":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
    for (const body of [nested(129), JSON.stringify(nested(129)), nested(1_000_000)]) {
      const answer = await call(server, "POST", `${API}/experiments/create`, body);
      expect(answer).toMatchObject({ status: 400, body: { error_code: "INVALID_PARAMETER_VALUE" } });
      expect(answer.body["message"]).toMatch(/lists and objects deep, and at most 128 are taken/);
    }
    const many = await call(server, "POST", `${API}/experiments/create`, `{"name":"e","x":[${"1,".repeat(2_000_000)}1]}`);
    expect(many).toMatchObject({ status: 400 });
    expect((await call(server, "POST", `${API}/experiments/create`, nested(128))).status).toBe(200);
    const metrics = Array.from({ length: 1000 }, (_, i) => ({ key: `m${i}`, value: i, timestamp: 1, step: 0 }));
    expect((await call(server, "POST", `${API}/runs/log-batch`, { run_id: id, metrics })).status).toBe(200);
  });

  it("takes JSON with and without a Content-Type, doubly encoded, in camelCase, numbers as text", async () => {
    const server = await trackingServer();
    const id = await newRun(server);
    const metric = { run_id: id, key: "m", value: "1.5", timestamp: "10", step: 2.0 };
    expect(
      (await call(server, "POST", `${API}/runs/log-metric`, metric, { "content-type": "application/json; charset=utf-8" })).status,
    ).toBe(200);
    expect((await call(server, "POST", `${API}/runs/log-metric`, JSON.stringify(JSON.stringify({ ...metric, key: "n" })))).status).toBe(
      200,
    );
    expect((await call(server, "POST", `${API}/runs/update`, { runId: id, endTime: 7, status: 3 })).body["run_info"]).toMatchObject({
      status: "FINISHED",
      end_time: 7,
    });
    const bare = await rawPost(server, `${API}/runs/set-tag`, JSON.stringify({ run_uuid: id, key: "k", value: "v", unknown_field: 1 }));
    expect(bare).toMatch(/^HTTP\/1.1 200/);
    const { body } = await call(server, "GET", `${API}/runs/get?run_uuid=${id}`);
    expect(body["run"].data).toMatchObject({
      metrics: [
        { key: "m", value: 1.5, timestamp: 10, step: 2 },
        { key: "n", value: 1.5 },
      ],
      tags: expect.arrayContaining([{ key: "k", value: "v" }]),
    });
    const text = await call(server, "POST", `${API}/runs/set-tag`, "{}", { "content-type": "text/plain" });
    expect(text).toMatchObject({
      status: 400,
      body: { error_code: "INVALID_PARAMETER_VALUE", message: "Bad Request. Content-Type must be one of ['application/json']." },
    });
  });

  it.each<[string, unknown, string]>([
    ["bare NaN", '{"run_id": "RUN", "key": "a", "value": NaN, "timestamp": 1}', 'NaN is not JSON: write "NaN"'],
    ["half a body", '{"run_id": ', "not valid JSON"],
    ["a list", "[]", "JSON object"],
    ["no value", { run_id: "RUN", key: "a", timestamp: 1 }, "Missing value for required parameter 'value'. See the API docs"],
    ["no key", { run_id: "RUN", value: 1, timestamp: 1 }, "Missing value for required parameter 'key'"],
    ["no run", { key: "a", value: 1, timestamp: 1 }, "Missing value for required parameter 'run_id'"],
    ["a step that is not an integer", { run_id: "RUN", key: "a", value: 1, timestamp: 1, step: 1.5 }, "parameter 'step'"],
    ["a time that is not a number", { run_id: "RUN", key: "a", value: 1, timestamp: "noon" }, "parameter 'timestamp'"],
    ["a negative time", { run_id: "RUN", key: "a", value: 1, timestamp: -1 }, "must be a nonnegative long"],
    ["a value that is not a number", { run_id: "RUN", key: "a", value: "high", timestamp: 1 }, "parameter 'value'"],
    ["a key with @", { run_id: "RUN", key: "recall@5", value: 1, timestamp: 1 }, "Names may only contain alphanumerics"],
  ])("refuses %s and writes nothing", async (_, body, message) => {
    const server = await trackingServer();
    const id = await newRun(server);
    const text = (typeof body === "string" ? body : JSON.stringify(body)).replace("RUN", id);
    const answer = await call(server, "POST", `${API}/runs/log-metric`, text);
    expect(answer.status).toBe(400);
    expect(answer.body["error_code"]).toBe("INVALID_PARAMETER_VALUE");
    expect(answer.body["message"]).toContain(message);
    expect((await call(server, "GET", `${API}/runs/get?run_id=${id}`)).body["run"].data.metrics).toBeUndefined();
  });

  it("refuses a batch as a whole, naming the item", async () => {
    const server = await trackingServer();
    const id = await newRun(server);
    const batch = (more: object) => call(server, "POST", `${API}/runs/log-batch`, { run_id: id, ...more });
    const metric = { key: "m", value: 1, timestamp: 1, step: 0 };
    expect((await batch({ metrics: [metric, { key: "x", timestamp: 1 }] })).body["message"]).toContain("parameter 'metrics[1].value'");
    expect((await batch({ metrics: Array.from({ length: 1001 }, () => metric) })).body["message"]).toBe(
      "A batch logging request can contain at most 1000 metrics. Got 1001 metrics. Please split up metrics across multiple requests and try again.",
    );
    const many = (count: number) => Array.from({ length: count }, (_, i) => ({ key: `k${i}`, value: "v" }));
    expect((await batch({ params: many(101) })).body["message"]).toContain("at most 100 params. Got 101 params");
    expect((await batch({ tags: many(101) })).body["message"]).toContain("at most 100 tags");
    const all = { metrics: Array.from({ length: 950 }, (_, i) => ({ ...metric, step: i })), params: many(60) };
    expect((await batch(all)).body["message"]).toContain("at most 1000 metrics, params, and tags");
    const doubled = {
      params: [
        { key: "d", value: "1" },
        { key: "d", value: "1" },
      ],
    };
    expect((await batch(doubled)).body["message"]).toBe(
      "Duplicate parameter keys have been submitted: ['d']. Please ensure the request contains only one param value per param key.",
    );
    expect((await call(server, "GET", `${API}/runs/get?run_id=${id}`)).body["run"].data.metrics).toBeUndefined();
    await call(server, "POST", `${API}/runs/log-parameter`, { run_id: id, key: "p", value: "1" });
    expect((await call(server, "POST", `${API}/runs/log-parameter`, { run_id: id, key: "p", value: "2" })).body["message"]).toBe(
      `Changing param values is not allowed. Param with key='p' was already logged with value='1' for run ID='${id}'. Attempted logging new value '2'.`,
    );
    expect((await call(server, "POST", `${API}/runs/log-parameter`, { run_id: id, key: "q", value: 5 })).status).toBe(400);
  });

  it("keeps to MLflow's limits and words for names", async () => {
    const server = await trackingServer();
    const create = (name: unknown, more = {}) => call(server, "POST", `${API}/experiments/create`, { name, ...more });
    expect((await create(undefined)).body["message"]).toContain("Missing value for required parameter 'name'");
    expect((await create("x".repeat(501))).body["message"]).toContain("'name' exceeds the maximum length of 500 characters");
    expect((await create("Default")).body).toMatchObject({
      error_code: "RESOURCE_ALREADY_EXISTS",
      message: "Experiment(name=Default) already exists.",
    });
    expect((await create("y", { artifact_location: "x".repeat(2049) })).status).toBe(400);
    expect((await create("y", { artifact_location: "s3://b/../c" })).status).toBe(400);
    expect((await create("y", { tags: [{ key: "k", value: "v".repeat(5001) }] })).status).toBe(400);
    const none = await call(server, "GET", `${API}/experiments/get-by-name?experiment_name=nobody`);
    expect(none).toMatchObject({
      status: 404,
      body: { error_code: "RESOURCE_DOES_NOT_EXIST", message: "Could not find experiment with name 'nobody'" },
    });
    expect((await call(server, "POST", `${API}/experiments/search`, {})).body["message"]).toContain(
      "Invalid value 0 for parameter 'max_results'",
    );
    expect((await call(server, "POST", `${API}/runs/create`, { experiment_id: "77", start_time: 1 })).body["message"]).toBe(
      "No Experiment with id=77 exists",
    );
    expect((await call(server, "GET", `${API}/runs/get?run_id=..%2f..`)).status).toBe(400);
    expect((await call(server, "POST", `${API}/runs/search`, {})).body).toEqual({});
  });

  it("gives the history whole when nobody says how much, and several runs at once", async () => {
    const server = await trackingServer();
    const [first, second] = [await newRun(server), await newRun(server)];
    for (const id of [first, second]) {
      const metrics = Array.from({ length: 900 }, (_, i) => ({ key: "m", value: i, timestamp: i, step: i }));
      await call(server, "POST", `${API}/runs/log-batch`, { run_id: id, metrics });
    }
    expect((await call(server, "GET", `${API}/metrics/get-history?run_id=${first}&metric_key=m`)).body["metrics"]).toHaveLength(900);
    const bulk = await call(
      server,
      "GET",
      `${API}/metrics/get-history-bulk-interval?run_ids=${first}&run_ids=${second}&metric_key=m&start_step=100&max_results=10`,
    );
    expect(bulk.body["metrics"]).toHaveLength(20);
    expect(bulk.body["metrics"][0]).toMatchObject({ run_id: first, step: 100 });
    expect(bulk.body["metrics"][9]).toMatchObject({ run_id: first, step: 899 });
  });

  it("answers a thousand malformed requests without a 5xx", async () => {
    const server = await trackingServer();
    const id = await newRun(server);
    const paths = [
      "runs/create",
      "runs/update",
      "runs/log-batch",
      "runs/log-metric",
      "runs/search",
      "runs/log-inputs",
      "experiments/create",
      "experiments/search",
    ];
    const more = [
      "model-versions/create",
      "registered-models/create",
      "logged-models",
      "logged-models/search",
      "runs/outputs",
      "runs/log-model",
    ];
    const values: unknown[] = [
      null,
      0,
      -1,
      1.5,
      "",
      "x",
      "NaN",
      [],
      {},
      [1],
      [{}],
      [null],
      { key: 1 },
      true,
      id,
      "' OR 1=1 --",
      "\u0000",
      "metrics.",
      1e308,
    ];
    const names = [
      "run_id",
      "key",
      "value",
      "timestamp",
      "metrics",
      "params",
      "tags",
      "experiment_id",
      "name",
      "filter",
      "order_by",
      "max_results",
      "status",
      "datasets",
      "models",
      "source",
      "model_json",
      "experiment_ids",
      "page_token",
    ];
    let seed = 7;
    const pick = <T>(list: readonly T[]): T => list[(seed = (seed * 48271) % 2147483647) % list.length]!;
    for (let i = 0; i < 1000; i++) {
      const body = Object.fromEntries(Array.from({ length: 5 }, () => [pick(names), pick(values)]));
      const { status, body: answer } = await call(server, "POST", `${API}/${pick([...paths, ...more])}`, body);
      expect(status, JSON.stringify({ body, answer })).toBeLessThan(500);
      if (status !== 200) expect(answer["error_code"]).toMatch(/^[A-Z_]+$/);
    }
  });
});

describe("the artifact proxy", () => {
  const proxy = "/api/2.0/mlflow-artifacts/artifacts";

  it("streams both ways, with ranges and types that no browser runs", async () => {
    const server = await trackingServer();
    const id = await newRun(server);
    const at = `${proxy}/0/${id}/artifacts`;
    await call(server, "PUT", `${at}/page.html`, "<script>alert(1)</script>", { "content-type": "text/html" });
    await call(server, "PUT", `${at}/data.json`, '{"a": 1}', { "content-type": "application/json" });
    const page = await fetch(`${server.url}${at}/page.html`);
    expect(page.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    expect(page.headers.get("content-disposition")).toContain("attachment");
    expect(await page.text()).toBe("<script>alert(1)</script>");
    const part = await fetch(`${server.url}${at}/data.json`, { headers: { range: "bytes=1-3" } });
    expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([206, "bytes 1-3/8", '"a"']);
    const whole = await fetch(`${server.url}${at}/data.json`, { headers: { range: "bytes=-900" } });
    expect([whole.status, whole.headers.get("content-range"), await whole.text()]).toEqual([206, "bytes 0-7/8", '{"a": 1}']);
    expect((await fetch(`${server.url}${at}/data.json`, { headers: { range: "bytes=90-" } })).status).toBe(416);
    const listed = await call(server, "GET", `${proxy}?path=${encodeURIComponent(`0/${id}/artifacts`)}`);
    expect(listed.body).toEqual({
      files: [
        { path: "data.json", is_dir: false, file_size: 8 },
        { path: "page.html", is_dir: false, file_size: 25 },
      ],
    });
    expect((await call(server, "GET", `${API}/artifacts/list?run_id=${id}`)).body).toMatchObject({
      root_uri: `mlflow-artifacts:/0/${id}/artifacts`,
    });
    expect((await fetch(`${server.url}/get-artifact?run_id=${id}&path=data.json`)).status).toBe(200);
    expect((await call(server, "GET", `${at}/none.txt`)).body["error_code"]).toBe("RESOURCE_DOES_NOT_EXIST");
    expect((await call(server, "GET", at)).status).toBe(404);
    await call(server, "DELETE", at);
    expect((await call(server, "GET", `${proxy}?path=0/${id}/artifacts`)).body).toEqual({});
    expect((await call(server, "POST", "/api/2.0/mlflow-artifacts/mpu/create/0/x", {})).status).toBe(501);
  });

  it.each([
    "/../../secret.txt",
    "/..%2f..%2fsecret.txt",
    "/%2e%2e/%2e%2e/secret.txt",
    "/%252e%252e/%252e%252e/secret.txt",
    "/a/..%5c..%5c..%5csecret.txt",
    "/a/%2e%2e%2f%2e%2e%2f%2e%2e/secret.txt",
    "//etc/passwd",
    "/%2fetc%2fpasswd",
    "/a%00b",
    "/....//....//secret.txt",
  ])("gives, takes and removes nothing outside for %s", async (path) => {
    const server = await trackingServer();
    writeFileSync(join(server.folder, "secret.txt"), "secret");
    for (const method of ["GET", "PUT", "DELETE"]) {
      const answer = await rawRequest(server, method, proxy + path, method === "PUT" ? "overwritten" : undefined);
      expect(answer, `${method} ${path}`).not.toContain("root:");
      expect(answer).not.toMatch(/\r\n\r\nsecret$/);
      if (method === "GET") expect(answer).toMatch(/^HTTP\/1.1 4/);
    }
    expect(
      readdirSync(server.folder)
        .sort()
        .filter((name) => !name.startsWith("mlflow.db")),
    ).toEqual(["mlartifacts", "secret.txt"]);
    expect(readFileSync(join(server.folder, "secret.txt"), "utf8")).toBe("secret");
    const list = await call(server, "GET", `${proxy}?path=${path.slice(1)}`);
    expect(list.body["files"]).toBeUndefined();
  });

  it("leaves nothing of an upload that breaks off", async () => {
    const server = await trackingServer();
    const drafts = () =>
      readdirSync(join(server.folder, "mlartifacts"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const { hostname, port } = new URL(server.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          `PUT ${proxy}/0/r/artifacts/half.bin HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n${"x".repeat(50_000)}`,
        );
        void expect
          .poll(drafts)
          .not.toEqual([])
          .finally(() => socket.destroy());
      });
      socket.on("close", () => resolve());
    });
    await expect.poll(drafts).toEqual([]);
  });

  it("serves no local folder an experiment names", async () => {
    const server = await trackingServer();
    mkdirSync(join(server.folder, "private"));
    const { body } = await call(server, "POST", `${API}/experiments/create`, {
      name: "local",
      artifact_location: join(server.folder, "private"),
    });
    const run = (await call(server, "POST", `${API}/runs/create`, { experiment_id: body["experiment_id"], start_time: 1 })).body["run"];
    for (const path of [`${API}/artifacts/list?run_id=${run.info.run_id}`, `/get-artifact?run_id=${run.info.run_id}&path=x`]) {
      expect((await call(server, "GET", path)).status).toBe(400);
    }
  });
});

describe("who may use the tracking server", () => {
  const hosts: [string, number][] = [
    ["localhost:5000", 200],
    ["127.0.0.1", 200],
    ["[::1]:5000", 200],
    ["192.168.1.7:5000", 200],
    ["10.0.0.1", 200],
    ["mlflow.example.com", 200],
    ["mlflow.example.com:8443", 200],
    ["evil.com", 403],
    ["localhost.evil.com", 403],
    ["127.0.0.1.evil.com", 403],
    ["11.0.0.1", 403],
  ];
  it.each(hosts)("the host %j is answered with %d", async (host, status) => {
    const server = await trackingServer({ allowedHosts: ["mlflow.example.com"] });
    const answer = await requestAs(server, { host });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.text).toContain("Invalid Host header - possible DNS rebinding attack detected");
    expect((await requestAs(server, { host }, "/health")).status).toBe(200);
  });

  it("pages of other origins may read but change nothing, under any path", async () => {
    const server = await trackingServer({ allowedOrigins: ["https://lab.example.com"] });
    const post = (origin: string, prefix: string) =>
      call(server, "POST", `${prefix}/2.0/mlflow/experiments/create`, { name: `${origin}${prefix}` }, { origin });
    for (const prefix of ["/api", "/ajax-api"]) {
      expect((await post("https://evil.com", prefix)).status).toBe(403);
      expect((await post("null", prefix)).status).toBe(403);
      expect((await post("http://localhost:3000", prefix)).status).toBe(200);
      expect((await post("https://lab.example.com", prefix)).status).toBe(200);
    }
    const allowed = await call(server, "GET", `${API}/experiments/get?experiment_id=0`, undefined, { origin: "https://lab.example.com" });
    expect(allowed.headers.get("access-control-allow-origin")).toBe("https://lab.example.com");
    const other = await call(server, "GET", `${API}/experiments/get?experiment_id=0`, undefined, { origin: "https://evil.com" });
    expect(other.headers.get("access-control-allow-origin")).not.toBe("https://evil.com");
  });

  it("asks for the token where there is one, as bearer or as password", async () => {
    const server = await trackingServer({ token: "s3cret" });
    const get = (authorization?: string) =>
      call(server, "GET", `${API}/experiments/get?experiment_id=0`, undefined, authorization === undefined ? {} : { authorization });
    const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
    expect((await get()).status).toBe(401);
    expect((await get()).headers.get("www-authenticate")).toBe('Basic realm="mlflow"');
    expect((await get("Bearer wrong")).body["error_code"]).toBe("UNAUTHENTICATED");
    expect((await get("Bearer s3cret")).status).toBe(200);
    expect((await get(basic("anyone:s3cret"))).status).toBe(200);
    expect((await get(basic("anyone:wrong"))).status).toBe(401);
    expect((await call(server, "GET", "/health")).status).toBe(200);
  });

  it.each([
    ["/etc/passwd", 400],
    ["file:///etc/passwd", 400],
    ["../x", 400],
    ["mlflow-artifacts:/0/../../x", 400],
    ["s3://bucket", 400],
    ["s3://bucket/a/../../b", 400],
    ["s3://bucket/model", 200],
    ["mlflow-artifacts:/0/r/artifacts/m", 200],
    ["dummy-source", 200],
  ])("the model source %s is answered with %d", async (source, status) => {
    const server = await trackingServer();
    await call(server, "POST", `${API}/registered-models/create`, { name: "m" });
    expect((await call(server, "POST", `${API}/model-versions/create`, { name: "m", source })).status).toBe(status);
  });
});

describe("logged models and traces", () => {
  it("logs a model, and registers it by its id", async () => {
    const server = await trackingServer();
    const id = await newRun(server);
    const made = await call(server, "POST", `${API}/logged-models`, {
      experiment_id: "0",
      name: "net",
      model_type: "llm",
      source_run_id: id,
      params: [{ key: "layers", value: "4" }],
      tags: [{ key: "t", value: "1" }],
    });
    const modelId = made.body["model"].info.model_id as string;
    expect(modelId).toMatch(/^m-[0-9a-f]{32}$/);
    expect(made.body["model"].info).toMatchObject({
      status: "LOGGED_MODEL_PENDING",
      artifact_uri: `mlflow-artifacts:/0/models/${modelId}/artifacts`,
    });
    await call(server, "POST", `${API}/runs/outputs`, { run_id: id, models: [{ model_id: modelId, step: 3 }] });
    await call(server, "POST", `${API}/runs/log-batch`, {
      run_id: id,
      metrics: [{ key: "acc", value: 0.9, timestamp: 1, step: 0, model_id: modelId, dataset_name: "d", dataset_digest: "1" }],
    });
    const done = await call(server, "PATCH", `${API}/logged-models/${modelId}`, { model_id: modelId, status: "LOGGED_MODEL_READY" });
    expect(done.body["model"].info.status).toBe("LOGGED_MODEL_READY");
    for (const filter of [
      "name = 'net'",
      "status = 'READY'",
      "metrics.acc > 0.5",
      "params.layers = '4'",
      "tags.t = '1'",
      "source_run_id IN ('" + id + "')",
    ]) {
      const found = await call(server, "POST", `${API}/logged-models/search`, {
        experiment_ids: ["0"],
        filter,
        order_by: [{ field_name: "metrics.acc", ascending: false }],
      });
      expect(found.body["models"], filter).toHaveLength(1);
    }
    expect((await call(server, "POST", `${API}/logged-models/search`, { experiment_ids: ["0"], filter: "name = 'other'" })).body).toEqual(
      {},
    );
    await call(server, "POST", `${API}/registered-models/create`, { name: "reg" });
    await call(server, "POST", `${API}/model-versions/create`, {
      name: "reg",
      source: `models:/${modelId}`,
      model_id: modelId,
      run_id: id,
    });
    expect((await call(server, "GET", `${API}/model-versions/get-download-uri?name=reg&version=1`)).body["artifact_uri"]).toBe(
      `mlflow-artifacts:/0/models/${modelId}/artifacts`,
    );
    const tags = (await call(server, "GET", `${API}/logged-models/${modelId}`)).body["model"].info.tags as { key: string; value: string }[];
    expect(tags.find(({ key }) => key === "mlflow.modelVersions")?.value).toBe('[{"name":"reg","version":1}]');
    const run = (await call(server, "GET", `${API}/runs/get?run_id=${id}`)).body["run"];
    expect(run.outputs.model_outputs).toEqual([{ model_id: modelId, step: 3 }]);
    await call(server, "DELETE", `${API}/logged-models/${modelId}`);
    expect((await call(server, "GET", `${API}/logged-models/${modelId}`)).status).toBe(404);
  });

  it("keeps the traces of clients of MLflow 2", async () => {
    const server = await trackingServer();
    const started = await call(server, "POST", `${API}/traces`, {
      experiment_id: "0",
      timestamp_ms: 1000,
      request_metadata: [{ key: "mlflow.trace_schema.version", value: "2" }],
      tags: [{ key: "mlflow.traceName", value: "old" }],
    });
    const { request_id: id, status, tags } = started.body["trace_info"] as { request_id: string; status: string; tags: object[] };
    expect(status).toBe("IN_PROGRESS");
    expect(tags).toContainEqual({ key: "mlflow.artifactLocation", value: `mlflow-artifacts:/0/traces/${id}/artifacts` });
    const end = {
      request_id: id,
      timestamp_ms: 1250,
      status: "OK",
      request_metadata: [{ key: "mlflow.traceOutputs", value: "x" }],
      tags: [],
    };
    expect((await call(server, "PATCH", `${API}/traces/${id}`, end)).body["trace_info"]).toMatchObject({
      status: "OK",
      timestamp_ms: 1000,
      execution_time_ms: 250,
    });
    expect((await call(server, "GET", `${API}/traces/${id}/info`)).body["trace_info"].request_metadata).toHaveLength(2);
    const found = await call(
      server,
      "GET",
      `${API}/traces?experiment_ids=0&filter=${encodeURIComponent("status = 'OK'")}&order_by=timestamp_ms%20DESC`,
    );
    expect(found.body["traces"]).toMatchObject([{ request_id: id, execution_time_ms: 250 }]);
    expect((await call(server, "GET", `/api/3.0/mlflow/traces/${id}`)).body["trace"].trace_info).toMatchObject({
      state: "OK",
      execution_duration: "0.25s",
    });
    expect((await call(server, "GET", `${API}/traces/none/info`)).status).toBe(404);
  });

  it("keeps a trace, where its spans go, and what people and judges say of it", async () => {
    const server = await trackingServer();
    const id = await newRun(server);
    const info = {
      trace_id: "tr-1",
      trace_location: { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: "0" } },
      request_time: "2026-01-02T03:04:05.678901Z",
      execution_duration: "0.158s",
      state: "OK",
      request_preview: "hello",
      trace_metadata: { "mlflow.sourceRun": id },
      tags: { "mlflow.traceName": "chat" },
    };
    const put = await call(server, "POST", "/api/3.0/mlflow/traces", { trace: { trace_info: info } });
    expect(put.body["trace"].trace_info).toMatchObject({
      ...info,
      request_time: "2026-01-02T03:04:05.678Z",
      tags: { "mlflow.traceName": "chat", "mlflow.artifactLocation": "mlflow-artifacts:/0/traces/tr-1/artifacts" },
    });
    expect(put.body["trace"].trace_info.tags).not.toHaveProperty(["mlflow.trace.spansLocation"]);
    const at = "/api/3.0/mlflow/traces/tr-1/assessments";
    const source = { source_type: "LLM_JUDGE", source_id: "judge" };
    const said = await call(server, "POST", at, {
      assessment: {
        assessment_name: "quality",
        source,
        feedback: { value: 4 },
        rationale: "good",
        metadata: { "mlflow.assessment.sourceRunId": id },
      },
    });
    const assessment = said.body["assessment"].assessment_id as string;
    expect(assessment).toMatch(/^a-/);
    const expected = {
      assessment: { assessment_name: "exact", source: { source_type: "HUMAN", source_id: "me" }, expectation: { value: { a: [1] } } },
    };
    expect((await call(server, "POST", at, expected)).body["assessment"].expectation).toEqual({
      serialized_value: { value: '{"a":[1]}', serialization_format: "JSON_FORMAT" },
    });
    const changed = await call(server, "PATCH", `${at}/${assessment}`, {
      assessment: { feedback: { value: 5 }, rationale: "better" },
      update_mask: "feedback,rationale",
    });
    expect(changed.body["assessment"]).toMatchObject({ feedback: { value: 5 }, rationale: "better", valid: true });
    const renaming = { assessment: { assessment_name: "style", metadata: { k: "v" } }, update_mask: "assessmentName,metadata" };
    const renamed = await call(server, "PATCH", `${at}/${assessment}`, renaming);
    expect(renamed.body["assessment"]).toMatchObject({ assessment_name: "style", metadata: { k: "v" }, feedback: { value: 5 } });
    const restored = { assessment: { assessment_name: "quality" }, update_mask: "assessment_name" };
    expect((await call(server, "PATCH", `${at}/${assessment}`, restored)).status).toBe(200);
    const overriding = { assessment: { assessment_name: "quality", source, feedback: { value: 1 }, overrides: assessment } };
    expect((await call(server, "POST", at, overriding)).status).toBe(200);
    expect((await call(server, "GET", `${at}/${assessment}`)).body["assessment"].valid).toBe(false);
    await call(server, "POST", `${API}/traces/link-to-run`, { trace_ids: ["tr-1"], run_id: id });
    const locations = [{ type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: "0" } }];
    const filters = [
      `run_id = '${id}'`,
      "status = 'OK'",
      "name = 'chat'",
      "tags.`mlflow.traceName` LIKE 'ch%'",
      "feedback.quality = '1'",
      "timestamp_ms > 0",
      "execution_time_ms < 1000",
    ];
    for (const filter of filters) {
      const found = await call(server, "POST", "/api/3.0/mlflow/traces/search", { locations, filter });
      expect(found.body["traces"], filter).toHaveLength(1);
    }
    expect((await call(server, "POST", "/api/3.0/mlflow/traces/search", { locations, filter: "feedback.quality = '5'" })).body).toEqual({});
    expect((await call(server, "GET", "/api/3.0/mlflow/traces/batchGet?trace_ids=tr-1&trace_ids=none")).body["traces"]).toHaveLength(1);
    await call(server, "PATCH", "/api/2.0/mlflow/traces/tr-1/tags", { key: "k", value: "v" });
    expect((await call(server, "GET", "/api/3.0/mlflow/traces/tr-1?trace_id=tr-1")).body["trace"].trace_info.tags["k"]).toBe("v");
    expect(
      (await call(server, "POST", "/api/3.0/mlflow/traces/delete-traces", { experiment_id: "0", request_ids: ["tr-1"] })).body,
    ).toEqual({ traces_deleted: 1 });
    expect((await call(server, "GET", "/api/3.0/mlflow/traces/tr-1")).status).toBe(404);
  });
});

function rawPost(server: TestServer, path: string, body: string): Promise<string> {
  return rawRequest(server, "POST", path, body);
}

/** A request exactly as written: no client tidies the path or adds a Content-Type. */
function rawRequest(server: TestServer, method: string, path: string, body = ""): Promise<string> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    });
    socket.on("data", (data) => (answer += data.toString()));
    socket.on("end", () => resolve(answer));
    socket.on("error", reject);
  });
}

function requestAs(
  server: TestServer,
  headers: Record<string, string>,
  path = `${API}/experiments/get?experiment_id=0`,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(server.url + path, { headers }, (response) => {
      let text = "";
      response.on("data", (data: Buffer) => (text += data.toString()));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on("error", reject);
    request.end();
  });
}
