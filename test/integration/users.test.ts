import { get } from "node:http";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { addressList } from "../../src/lib/base/http/address-list.js";
import { basic, makeObjects, PASSWORD, usersWorld, type UsersWorld } from "../helpers/users-world.js";

afterEach(() => void vi.useRealTimers());

async function ask(world: UsersWorld, user: string, route: string, payload?: object): Promise<unknown> {
  const [method, url] = route.split(" ") as ["GET" | "POST" | "PATCH" | "DELETE", string];
  const answer = await world.app.inject({ method, url, headers: basic(user), ...(payload && { payload }) });
  expect(answer.statusCode, answer.body).toBe(200);
  return answer.json();
}

/** Ten experiments and models, of which ada reads those with an even number. */
async function halfReadable(): Promise<{ world: UsersWorld; ids: string[] }> {
  const world = await usersWorld(["ada"]);
  const ids: string[] = [];
  for (let i = 0; i < 10; i++) {
    const { experiment } = await makeObjects(world, i % 2 === 0 ? { ada: "READ" } : {});
    ids.push(experiment);
  }
  return { world, ids };
}

describe("what searches give", () => {
  it("is what the user may read, page by page", async () => {
    const { world, ids } = await halfReadable();
    const found: string[] = [];
    for (let token: string | undefined = ""; token !== undefined;) {
      const page = (await ask(world, "ada", "POST /api/2.0/mlflow/experiments/search", { max_results: 2, page_token: token })) as {
        experiments?: { experiment_id: string }[];
        next_page_token?: string;
      };
      expect(page.experiments?.length ?? 0).toBeLessThanOrEqual(2);
      found.push(...(page.experiments ?? []).map(({ experiment_id: id }) => id));
      token = page.next_page_token;
    }
    expect(found.sort()).toEqual(ids.filter((_, i) => i % 2 === 0).sort());
    const models = (await ask(world, "ada", "GET /api/2.0/mlflow/registered-models/search")) as { registered_models: object[] };
    const versions = (await ask(world, "ada", "GET /api/2.0/mlflow/model-versions/search")) as { model_versions: object[] };
    expect([models.registered_models.length, versions.model_versions.length]).toEqual([5, 5]);
  });

  it("has no runs, traces, logged models, or counts of the rest, also where nothing is named or left", async () => {
    const { world, ids } = await halfReadable();
    const counted = async (user: string, experiments: string[]) => {
      const places = experiments.map((experiment_id) => ({ type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id } }));
      const runs = (await ask(world, user, "POST /api/2.0/mlflow/runs/search", { experiment_ids: experiments })) as { runs?: [] };
      const traces = (await ask(world, user, "POST /api/3.0/mlflow/traces/search", { locations: places })) as { traces?: [] };
      const query = { experiment_ids: experiments };
      const models = (await ask(world, user, "POST /api/2.0/mlflow/logged-models/search", query)) as { models?: [] };
      const rows = (await ask(world, user, "POST /api/llmops/1/runs/query", query)) as { total: number };
      const columns = (await ask(world, user, "POST /api/llmops/1/runs/columns", query)) as { total: number };
      const traced = (await ask(world, user, "POST /api/llmops/1/traces/query", query)) as { total: number };
      return [runs.runs?.length ?? 0, traces.traces?.length ?? 0, models.models?.length ?? 0, rows.total, columns.total, traced.total];
    };
    expect(await counted("root", ids)).toEqual([10, 10, 10, 10, 10, 10]);
    expect(await counted("ada", ids)).toEqual([5, 5, 5, 5, 5, 5]);
    expect(await counted("ada", [ids[1] ?? ""])).toEqual([0, 0, 0, 0, 0, 0]);
    const all = (await ask(world, "ada", "POST /api/llmops/1/runs/query", {})) as { total: number };
    const home = (await ask(world, "ada", "GET /api/llmops/1/overview")) as { runs: number; experiments: number; models: object[] };
    expect([all.total, home.runs, home.experiments, home.models.length]).toEqual([5, 5, 5, 5]);
  });

  it("lists no folders of experiments that cannot be read", async () => {
    const { world, ids } = await halfReadable();
    for (const id of ids) await world.store.artifacts.write("mlflow-artifacts:/", `${id}/a.txt`, "text");
    const { files } = (await ask(world, "ada", "GET /api/2.0/mlflow-artifacts/artifacts?path=./")) as { files: { path: string }[] };
    expect(files.map(({ path }) => path).sort()).toEqual(ids.filter((_, i) => i % 2 === 0).sort());
  });
});

describe("what users make", () => {
  it("they manage, and what was granted of a model is forgotten with it and follows its name", async () => {
    const world = await usersWorld(["ada", "ben"], { defaultPermission: "READ" });
    const { experiment_id: id } = (await ask(world, "ada", "POST /api/2.0/mlflow/experiments/create", { name: "e" })) as {
      experiment_id: string;
    };
    await ask(world, "ada", "POST /api/2.0/mlflow/registered-models/create", { name: "m" });
    const model = "POST /api/2.0/mlflow/registered-models";
    await ask(world, "ada", `${model}/permissions/create`, { name: "m", username: "ben", permission: "MANAGE" });
    await ask(world, "ada", `${model}/rename`, { name: "m", new_name: "n" });
    const permissions = {
      experiment_permissions: [{ experiment_id: id }],
      registered_model_permissions: [{ name: "n", permission: "MANAGE" }],
    };
    expect(await ask(world, "ada", "GET /api/llmops/1/users/me")).toMatchObject({
      user: { username: "ada", is_admin: false, ...permissions },
    });
    await ask(world, "ben", "DELETE /api/2.0/mlflow/registered-models/delete", { name: "n" });
    expect(world.access.grants.list("model", world.access.users.get("ada").id)).toEqual([]);
  });

  it("does not write over traces of experiments they may not edit, nor make versions or folders of what they may not read", async () => {
    const world = await usersWorld(["ada"]);
    const theirs = await makeObjects(world, {});
    const own = await makeObjects(world, { ada: "MANAGE" });
    const status = async (url: string, payload: object) =>
      (await world.app.inject({ method: "POST", url, headers: basic("ada"), payload })).statusCode;
    const place = { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: own.experiment } };
    const trace = { trace_id: theirs.trace, request_time: "2026-01-31T12:00:00Z", trace_location: place };
    expect(await status("/api/3.0/mlflow/traces", { trace: { trace_info: trace } })).toBe(403);
    const location = (value: string) => ({ trace_id: own.trace, key: "mlflow.artifactLocation", value });
    const tag = async (payload: object) => {
      const url = `/api/3.0/mlflow/traces/${own.trace}/tags`;
      return (await world.app.inject({ method: "PATCH", url, headers: basic("ada"), payload })).statusCode;
    };
    expect(await tag(location(`mlflow-artifacts:/${theirs.experiment}/traces/x/artifacts`))).toBe(403);
    expect(await tag(location("file:///etc"))).toBe(403);
    expect(await tag(location(`mlflow-artifacts:/${own.experiment}/traces/x/artifacts`))).toBe(200);
    const version = (source: string) => status("/api/2.0/mlflow/model-versions/create", { name: own.model, source });
    for (const source of [
      `mlflow-artifacts:/${theirs.experiment}/${theirs.run}/artifacts`,
      `runs:/${theirs.run}/model`,
      `models:/${theirs.model}/1`,
      `models:/${theirs.loggedModel}`,
      `${world.folder}/mlruns/1/run/artifacts/model`,
    ])
      expect(await version(source), source).toBe(403);
    expect(await version(`runs:/${own.run}/model`)).toBe(200);
    const hidden = `${own.model}@prod`;
    await world.store.registry.createModel({ name: hidden });
    await world.store.registry.createVersion({ name: hidden, source: `mlflow-artifacts:/${theirs.experiment}/x` });
    expect(await version(`models:/${hidden}/1`)).toBe(403);
    const folder = (artifact_location: string) =>
      status("/api/2.0/mlflow/experiments/create", { name: artifact_location, artifact_location });
    for (const location of [
      `mlflow-artifacts:/${theirs.experiment}`,
      "mlflow-artifacts:/",
      `mlflow-artifacts:///./${theirs.experiment}/x`,
      `${world.folder}/mlruns/1`,
    ])
      expect(await folder(location), location).toBe(403);
  });
});

describe("what is required of a version", () => {
  it("is read from no run of an experiment that the user may not read", async () => {
    const world = await usersWorld(["ada"]);
    const theirs = await makeObjects(world, {});
    const own = await makeObjects(world, { ada: "MANAGE" });
    await world.store.logBatch(theirs.run, { metrics: [{ key: "accuracy", value: 0.9, timestamp: 0, step: 0 }] });
    await world.store.registry.createVersion({ name: own.model, source: "s3://bucket/model", runId: theirs.run });
    const asked = (user: string) =>
      world.app.inject({
        ...{ method: "POST", url: "/api/llmops/1/models/promote", headers: basic(user) },
        payload: { name: own.model, version: "2", alias: "x", dry_run: true, require: ["accuracy>=0.5"] },
      });
    const [refused, told] = [await asked("ada"), await asked("root")];
    expect([refused.statusCode, refused.body.includes("0.9")], refused.body).toEqual([403, false]);
    expect(told.statusCode, told.body).toBe(200);
  });
});

describe("who signs in", () => {
  it("is no longer let in with an old password, and a token does not set one", async () => {
    const world = await usersWorld(["ada"]);
    const me = (headers: Record<string, string>) => world.app.inject({ url: "/api/llmops/1/users/me", headers });
    expect((await me(basic("ada"))).statusCode).toBe(200);
    expect((await me(basic("ada", "wrong"))).headers["www-authenticate"]).toBe('Basic realm="mlflow"');
    const changed = { username: "ada", password: "another good one" };
    await ask(world, "ada", "PATCH /api/2.0/mlflow/users/update-password", changed);
    expect([(await me(basic("ada"))).statusCode, (await me(basic("ada", changed.password))).statusCode]).toEqual([401, 200]);
    const { token } = world.access.tokens.create("ada", { name: "ci", expiresAt: null });
    const headers = { authorization: `Bearer ${token}` };
    const refused = await world.app.inject({ method: "PATCH", url: "/api/2.0/mlflow/users/update-password", headers, payload: changed });
    expect([(await me(headers)).statusCode, refused.statusCode]).toEqual([200, 403]);
    expect(refused.body).toContain("A token does not change who may sign in");
  });

  it("may be a program with a token, until it expires or is revoked, or its user is deleted", async () => {
    const world = await usersWorld(["ada", "ben"]);
    const create = { name: "ci", expires_at: Date.now() + 60_000 };
    const { token } = (await ask(world, "ada", "POST /api/llmops/1/users/tokens/create", create)) as { token: string };
    const status = async (sent: string) =>
      (await world.app.inject({ url: "/api/llmops/1/users/me", headers: { authorization: `Bearer ${sent}` } })).statusCode;
    const ofBen = world.access.tokens.create("ben", { name: "ci", expiresAt: null }).token;
    expect([await status(token), await status(ofBen), await status(`${token}x`)]).toEqual([200, 200, 401]);
    expect(JSON.stringify(await ask(world, "ada", "GET /api/llmops/1/users/tokens"))).not.toContain(token);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 120_000 });
    expect(await status(token)).toBe(401);
    vi.useRealTimers();
    await ask(world, "ada", "DELETE /api/llmops/1/users/tokens/delete", { name: "ci" });
    await ask(world, "root", "DELETE /api/2.0/mlflow/users/delete", { username: "ben" });
    expect([await status(token), await status(ofBen)]).toEqual([401, 401]);
  });

  it("may be named by a proxy that is trusted, and by nobody else", async () => {
    const proxy = { header: "X-Forwarded-User", isTrusted: addressList(["10.0.0.0/8"]) };
    const world = await usersWorld(["ada"], { proxy, defaultPermission: "READ" });
    const from = (remoteAddress: string, user: string) =>
      world.app.inject({ url: "/api/llmops/1/users/me", remoteAddress, headers: { "x-forwarded-user": user } });
    expect((await from("10.1.2.3", "new@example.com")).json()).toMatchObject({ user: { username: "new@example.com", is_admin: false } });
    expect((await from("::ffff:10.1.2.3", "ada")).statusCode).toBe(200);
    expect((await from("127.0.0.1", "root")).statusCode).toBe(401);
    expect((await from("10.1.2.3", "root, ada")).statusCode).toBe(400);
    const signedIn = await world.app.inject({ url: "/api/llmops/1/users/me", headers: basic("new@example.com", "") });
    expect(signedIn.statusCode).toBe(401); // who has no password has no empty one
  });

  it("cannot be made to act by a page of another program of this machine", async () => {
    const world = await usersWorld(["ada"]);
    const send = (headers: Record<string, string>) =>
      world.app.inject({
        ...{ method: "POST", url: "/api/2.0/mlflow/registered-models/create", payload: { name: "m" } },
        headers: { host: "localhost:5000", ...basic("ada"), ...headers },
      });
    expect((await send({ origin: "http://localhost:3000" })).statusCode).toBe(403);
    expect((await send({ "sec-fetch-site": "same-site" })).statusCode).toBe(403);
    expect((await send({ origin: "http://localhost:5000", "sec-fetch-site": "same-origin" })).statusCode).toBe(200);
  });

  it("never leaves the server without an admin", async () => {
    const world = await usersWorld([]);
    const request = {
      method: "DELETE",
      url: "/api/2.0/mlflow/users/delete",
      headers: basic("root"),
      payload: { username: "root" },
    } as const;
    expect((await world.app.inject(request)).json()).toMatchObject({
      message: expect.stringContaining("root is the only admin") as string,
    });
  });
});

describe("what is told as it happens", () => {
  it("is of what a user may read, and ends with the user", async () => {
    const world = await usersWorld(["ada"]);
    const readable = await makeObjects(world, { ada: "READ" });
    const hidden = await makeObjects(world, {});
    await world.app.listen({ host: "127.0.0.1", port: 0 });
    const address = world.app.server.address() as { port: number };
    let heard = "";
    let ended = false;
    const request = get({ port: address.port, path: "/api/llmops/1/events", headers: basic("ada") }, (answer) => {
      answer.setEncoding("utf8").on("data", (text: string) => void (heard += text));
      answer.on("end", () => void (ended = true));
    });
    onTestFinished(() => void request.destroy());
    await expect.poll(() => heard).toContain("retry:");
    const tagRun = (run_id: string) => ask(world, "root", "POST /api/2.0/mlflow/runs/set-tag", { run_id, key: "k", value: "v" });
    await tagRun(hidden.run);
    await tagRun(readable.run);
    await expect.poll(() => heard).toContain(readable.run);
    expect(heard).not.toContain(hidden.run);
    await ask(world, "root", "DELETE /api/2.0/mlflow/users/delete", { username: "ada" });
    await tagRun(readable.run);
    await expect.poll(() => ended).toBe(true);
  });
});

describe("the audit log", () => {
  it("has who changed what, also what was refused, and no secret", async () => {
    const world = await usersWorld(["ada"]);
    const { run, experiment } = await makeObjects(world, { ada: "READ" });
    const set = (user: string, more: object = {}) =>
      world.app.inject({
        ...{ method: "POST", url: "/api/2.0/mlflow/runs/set-tag", headers: basic(user) },
        payload: { run_id: run, key: "k", value: "secret value", ...more },
      });
    await set("ada");
    await set("root");
    await ask(world, "ada", `GET /api/2.0/mlflow/experiments/get?experiment_id=${experiment}`);
    await ask(world, "root", "PATCH /api/2.0/mlflow/users/update-password", { username: "ada", password: `new ${PASSWORD}` });
    const route = "/api/2.0/mlflow/runs/set-tag";
    expect(world.audited).toMatchObject([
      { user: "ada", signed_in_by: "password", method: "POST", route, object: { run_id: run, key: "k" }, outcome: "refused", status: 403 },
      { user: "root", method: "POST", route, outcome: "done", status: 200 },
      { user: "root", method: "PATCH", object: { username: "ada" }, outcome: "done" },
    ]);
    expect(JSON.stringify(world.audited)).not.toMatch(/secret value|battery/);
  });
});
