import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openLocalStore } from "../../src/lib/tracking/open-local-store.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { trackingServer } from "../helpers/tracking-server.js";

/** A folder as the build of the application makes it. */
function built(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>app</title>");
  writeFileSync(join(folder, "assets/main-1a2b.js"), "export {};");
  writeFileSync(join(folder, ".secret"), "secret");
  return folder;
}

describe("the web application", () => {
  it("is below /app/, with its index for every place within it, under a strict policy", async () => {
    const { url } = await trackingServer({ application: built() });
    for (const place of ["", "experiments/1/runs/abc", "models/a%2Fb%20%3Cscript%3E", "x.y", ".secret", "%2e%2e%2f%2e%2e%2fetc%2fpasswd"]) {
      const answer = await fetch(`${url}/app/${place}`);
      expect(answer.status, place).toBe(200);
      expect(await answer.text(), place).toContain("<title>app");
      expect(answer.headers.get("cache-control")).toBe("no-cache");
      expect(answer.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self';.*frame-ancestors 'none'$/);
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    }
    const bare = await fetch(`${url}/app`, { redirect: "manual" });
    expect([bare.status, bare.headers.get("location")]).toEqual([308, "/app/"]);
  });

  it("has assets that browsers keep, and no page in place of one that is gone", async () => {
    const { url } = await trackingServer({ application: built() });
    const script = await fetch(`${url}/app/assets/main-1a2b.js`);
    expect(script.headers.get("content-type")).toMatch(/javascript/);
    expect(script.headers.get("cache-control")).toContain("immutable");
    const etag = script.headers.get("etag") ?? "";
    expect(
      (await fetch(`${url}/app/assets/main-1a2b.js`, { headers: { "if-none-match": etag, "cache-control": "max-age=0" } })).status,
    ).toBe(304);
    expect((await fetch(`${url}/app/assets/main-0000.js`)).status).toBe(404);
  });

  it("has assets packed for browsers that take them so, and as they are for others", async () => {
    const folder = built();
    writeFileSync(join(folder, "assets/main-1a2b.js.gz"), gzipSync("export {};"));
    const { url } = await trackingServer({ application: folder });
    const headersOf = async (headers: Record<string, string>) => {
      const answer = await fetch(`${url}/app/assets/main-1a2b.js`, { headers });
      expect(await answer.text()).toMatch(headers["range"] === undefined ? /^export {};$/ : /^export$/);
      expect(answer.headers.get("content-type")).toMatch(/javascript; charset=utf-8$/);
      expect(answer.headers.get("vary")).toContain("accept-encoding");
      return answer.headers.get("content-encoding");
    };
    expect(await headersOf({ "accept-encoding": "br, gzip;q=0.5" })).toBe("gzip");
    expect(await headersOf({ "accept-encoding": "identity" })).toBeNull();
    expect(await headersOf({ "accept-encoding": "gzip;q=0, identity" })).toBeNull();
    expect(await headersOf({ "accept-encoding": "gzip", range: "bytes=0-5" })).toBeNull();
  });

  it("says so where it was not built", async () => {
    const { url } = await trackingServer({ application: join(temporaryFolder(), "none") });
    const answer = await fetch(`${url}/app/runs`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain("npm run build");
  });

  it("is where / and MLflow's links lead, under the same policy", async () => {
    const { url } = await trackingServer({ application: built() });
    const entrance = await fetch(`${url}/`);
    expect(await entrance.text()).toContain('<script src="/app-forward.js"></script>');
    expect(entrance.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self';/);
    const script = await (await fetch(`${url}/app-forward.js`)).text();
    const forwarded = (hash: string) => {
      let to: string | undefined;
      // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the script as a browser runs it
      new Function("location", script)({ hash, replace: (place: string) => (to = place) });
      return to;
    };
    expect(forwarded("#/experiments/1/runs/abc")).toBe("/app/experiments/1/runs/abc");
    expect(forwarded("")).toBe("/app/");
    expect(forwarded("#part")).toBe("/app/");
    expect(forwarded("#//evil.example")).toBe("/app//evil.example");
  });
});

describe("what the web application asks of a store", () => {
  it("is an overview: running studies with what their tags say, ended ones with their verdicts, models with their champions", async () => {
    const { url, store } = await trackingServer();
    const get = async () => (await fetch(`${url}/api/llmops/1/overview`)).json() as Promise<Record<string, unknown>>;
    expect(await get()).toEqual({ experiments: 1, runs: 0, running: [], recent: [], alerts: [], models: [] });
    const study = async (runName: string, tags: Record<string, string>) =>
      (await store.createRun({ experimentId: "0", runName, startTime: 1, tags })).runId;
    const running = await study("<b>live</b>", { "llmops.progress": "0.25", "llmops.eta_ms": "soon", other: "x" });
    const ended = await study("done", { "llmops.kind": "sweep", "llmops.verdict": "temperature 0.1 is best" });
    const why = { "llmops.kind": "sweep", "llmops.error": "no such luck" };
    const failed = await study("failed", why);
    const resumed = await study("resumed", why);
    await store.updateRun(failed, { status: "FAILED", endTime: 4 });
    await store.updateRun(resumed, { status: "FINISHED", endTime: 3 });
    await study("child", { "mlflow.parentRunId": running });
    await store.updateRun(ended, { status: "FINISHED", endTime: 5 });
    await store.registry.createModel({ name: 'qa\'s "model"' });
    expect(await get()).toMatchObject({
      runs: 5,
      running: [{ run_id: running, run_name: "<b>live</b>", progress: 0.25, eta_ms: null, tags: { "llmops.progress": "0.25" } }],
      recent: [
        { run_id: ended, status: "FINISHED", end_time: 5, kind: "sweep", verdict: "temperature 0.1 is best", error: null },
        { run_id: failed, status: "FAILED", verdict: null, error: "no such luck" },
        { run_id: resumed, status: "FINISHED", error: null },
      ],
      models: [{ name: 'qa\'s "model"', newest_version: null, champion: null, aliases: {} }],
    });
  });

  it("is a file of a run, shown as what it is in a sandbox, whole or in part", async () => {
    const { url, store } = await trackingServer();
    const info = await store.createRun({ experimentId: "0", runName: "run", startTime: 1 });
    await store.artifacts.write(info.artifactUri, "evil & <page>.html", "<script>alert(1)</script>");
    const address = (path: string) => `${url}/ajax-api/llmops/1/artifacts/content?run_id=${info.runId}&path=${encodeURIComponent(path)}`;
    const page = await fetch(address("evil & <page>.html"));
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("content-security-policy")).toMatch(/^sandbox; default-src 'none'/);
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    expect(page.headers.has("content-disposition")).toBe(false);
    expect(await page.text()).toContain("alert");
    const part = await fetch(address("evil & <page>.html"), { headers: { range: "bytes=0-7" } });
    expect([part.status, await part.text()]).toEqual([206, "<script>"]);
    expect([page, part].map(({ headers }) => headers.get("cross-origin-resource-policy"))).toEqual(["same-origin", "same-origin"]);
    for (const range of ["bytes=abc", "bytes=", "lines=0-1", "bytes=5-2", "bytes=0-1,x"]) {
      const whole = await fetch(address("evil & <page>.html"), { headers: { range } });
      expect([whole.status, (await whole.text()).length], range).toEqual([200, 25]);
    }
    for (const [range, length] of [
      ["bytes=-99999999999", 25],
      ["bytes=-25", 25],
      ["bytes=-9", 9],
      ["bytes=0-99999999999", 25],
    ] as const) {
      const last = await fetch(address("evil & <page>.html"), { headers: { range } });
      expect([last.status, last.headers.get("content-range"), (await last.text()).length], range).toEqual([
        ...[206, `bytes ${25 - length}-24/25`, length],
      ]);
    }
    expect((await fetch(address("evil & <page>.html"), { headers: { range: "bytes=-0" } })).status).toBe(416);
    const beyond = await fetch(address("evil & <page>.html"), { headers: { range: "bytes=100-" } });
    expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, "bytes */25"]);
    expect(await beyond.json()).toMatchObject({
      error_code: "INVALID_PARAMETER_VALUE",
      message: expect.stringContaining("bytes=100-") as string,
    });
    for (const path of ["none.html", "../../x", "..%2f..%2fx"]) {
      const answer = await fetch(address(path));
      expect(answer.status, path).toBeGreaterThanOrEqual(400);
      expect(answer.headers.get("content-type"), path).toMatch(/json/);
    }
  });

  it("is refused in words where the database was moved away, and nothing is put in its place", async () => {
    const { url, folder } = await trackingServer();
    const path = join(folder, "mlflow.db");
    renameSync(path, `${path}.moved`);
    const answer = await fetch(`${url}/api/llmops/1/overview`);
    expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining("mlflow.db") as string]);
    const read = await fetch(`${url}/api/2.0/mlflow/experiments/get?experiment_id=0`);
    expect([read.status, await read.text()]).toEqual([503, expect.stringContaining("was deleted while it was in use") as string]);
    expect(existsSync(path)).toBe(false);
    renameSync(`${path}.moved`, path);
    expect((await fetch(`${url}/api/llmops/1/overview`)).status).toBe(200);
  });
});

it("rows of runs are at most 500 at once, as the field is called", async () => {
  const { url } = await trackingServer();
  for (const limit of [0, 501]) {
    const body = JSON.stringify({ experiment_ids: [], limit });
    const answer = await fetch(`${url}/api/llmops/1/runs/query`, { method: "POST", body, headers: { "content-type": "application/json" } });
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining(`Invalid value ${limit} for parameter 'limit'`) as string,
    ]);
  }
});

describe("which store a server has", () => {
  it("is told without the token, the same for every server of the same database, and not where that was moved away", async () => {
    const { url, folder } = await trackingServer({ token: "secret" });
    const asked = async () => ((await (await fetch(`${url}/api/llmops/1/store`)).json()) as { store: unknown }).store;
    const again = openLocalStore(folder, { create: false });
    const other = openLocalStore(temporaryFolder(), { create: true });
    const told = await asked();
    expect(told).toMatch(/^[0-9a-f]{32}$/);
    expect([again.identity(), other.identity() === told]).toEqual([told, false]);
    await Promise.all([again.close(), other.close()]);
    renameSync(join(folder, "mlflow.db"), join(folder, "moved.db"));
    expect(await asked()).toBeNull();
    renameSync(join(folder, "moved.db"), join(folder, "mlflow.db"));
  });
});
