import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { loadSettings } from "../../src/lib/base/config/load-settings.js";
import { FileLedger } from "../../src/lib/serving/access/file-ledger.js";
import { createKey } from "../../src/lib/serving/access/key-file.js";
import { createRandom } from "../../src/lib/base/math/random.js";
import { startServer } from "../../src/lib/serving/server/start-server.js";
import type { RequestTracking } from "../../src/lib/serving/server/request-tracking.js";
import { AllowedStores } from "../../src/lib/tracking/allowed-stores.js";
import { openStore } from "../../src/lib/tracking/open-store.js";
import { Tracker } from "../../src/lib/tracking/tracker.js";
import { buildService, type BuiltService } from "../../src/app/serving/build-service.js";
import { TrackingConnection } from "../../src/app/serving/tracking-connection.js";
import { damageFolder } from "../helpers/damage.js";
import { chatAnswer, fakeUpstream, sendJson } from "../helpers/fake-upstream.js";
import { freePort } from "../helpers/free-port.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const FOLDERS = Number(process.env["LLMOPS_DAMAGED_FOLDERS"] ?? 60);
const KEY_FILES = 30;
/** More than any process has. */
const GONE_PID = 4_194_305;

interface Started extends BuiltService {
  url: string;
  /** What the server said of its troubles. */
  notes: string[];
}

/** Composes and starts a server as `llmops serve --upstream` does, with its state in `folder`/state and its store in `folder`. */
async function start(folder: string, upstream: string, flags: Record<string, unknown> = {}): Promise<Started> {
  vi.stubEnv("LLMOPS_STATE_DIR", join(folder, "state"));
  onTestFinished(() => void vi.unstubAllEnvs());
  const notes: string[] = [];
  const { settings } = loadSettings({
    folder,
    environment: {},
    flags: { upstream: [upstream], "tracking-uri": folder, track: "all", ...flags },
  });
  const built = await buildService(settings, { model: "m", apiKeys: {}, log: (message) => notes.push(message) });
  const server = await startServer(built.service, { host: "127.0.0.1", port: 0 });
  const close = async () => {
    await server.close();
    return built.close();
  };
  return { ...built, close, url: server.url, notes };
}

async function answers({ url }: Started, key?: string): Promise<number[]> {
  const headers = { "content-type": "application/json", ...(key !== undefined && { authorization: `Bearer ${key}` }) };
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] });
  const health = await fetch(`${url}/health/ready`);
  const chat = await fetch(`${url}/v1/chat/completions`, { method: "POST", headers, body });
  return [health.status, chat.status];
}

/** The state of a server that was killed with entries still to be sent: journal, limits, store. */
async function leaveState(folder: string): Promise<void> {
  const state = join(folder, "state");
  const journals = join(state, "journal");
  const store = await openStore(folder, { create: true });
  const tracker = new Tracker(store, { folder: journals });
  for (let i = 0; i < 5; i++) {
    const run = tracker.startRun({ experiment: "serve", name: `request-${i}` });
    run.log({ params: { a: "1" }, metrics: [{ key: "m", value: i }], tags: { t: "x" } });
    run.artifact("prompts/long.txt", "x".repeat(5000));
    if (i < 3) run.end("FINISHED");
    if (i === 1) await tracker.flush({ deadlineMs: 10_000 });
  }
  // as a killed process leaves them: its own copy of the files, while this one ends as usual
  const kept = join(state, "kept");
  cpSync(journals, kept, { recursive: true });
  await tracker.close({ deadlineMs: 10_000 });
  await store.close();
  rmSync(journals, { recursive: true });
  renameSync(kept, journals);
  for (const name of readdirSync(journals)) {
    if (name.startsWith(`${process.pid}-`)) renameSync(join(journals, name), join(journals, name.replace(/^\d+/, String(GONE_PID))));
  }
  const books = new FileLedger(state, () => undefined);
  await books.reserve([{ bucket: "a:tokens:100tokens/day", amount: 5, limit: 100, windowMs: 864e5 }]);
  await books.close();
  writeFileSync(
    join(state, "limits.json"),
    JSON.stringify({ "a:tokens:100tokens/day": { used: 5, endsAt: Date.now() + 1e6, windowMs: 864e5 } }),
  );
}

async function chatUpstream(): Promise<string> {
  const { url } = await fakeUpstream((_request, response) => sendJson(response, chatAnswer("hello")));
  return url;
}

describe("a server", () => {
  it("starts with whatever an earlier one left to be sent, and sends it", async () => {
    const folder = temporaryFolder();
    await leaveState(folder);
    const server = await start(folder, await chatUpstream());
    expect(await answers(server)).toEqual([200, 200]);
    await server.close();
    const store = await openStore(folder, { create: false });
    const { experimentId } = (await store.findExperiment("serve")) ?? { experimentId: "" };
    const runs = await store.searchRuns({ experimentIds: [experimentId], maxResults: 100 });
    await store.close();
    const names = runs.items.map(({ runName }) => runName);
    for (let i = 0; i < 5; i++) expect(names.filter((name) => name === `request-${i}`)).toHaveLength(1);
    expect(runs.items).toHaveLength(6);
  });

  it(`starts on ${FOLDERS} folders of state with random damage, and answers`, async () => {
    const random = createRandom(20_261_127);
    const template = temporaryFolder();
    await leaveState(template);
    const upstream = await chatUpstream();
    for (let i = 0; i < FOLDERS; i++) {
      const folder = temporaryFolder();
      cpSync(template, folder, { recursive: true });
      const done = damageFolder(folder, random);
      const server = await start(folder, upstream).catch((error: unknown) => {
        throw new Error(`folder ${i} (${done.join(", ")})`, { cause: error });
      });
      expect(await answers(server), `folder ${i} (${done.join(", ")})`).toEqual([200, 200]);
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("starts with a damaged file of keys, and lets in nobody by that", async () => {
    const random = createRandom(7);
    const template = temporaryFolder();
    const { key } = await createKey(join(template, "state", "keys.json"), { name: "ci", limits: [], maxParallel: null });
    const upstream = await chatUpstream();
    for (let i = 0; i < KEY_FILES; i++) {
      const folder = temporaryFolder();
      cpSync(template, folder, { recursive: true });
      const [done = ""] = damageFolder(folder, random);
      const server = await start(folder, upstream);
      const isThere = existsSync(join(folder, "state", "keys.json"));
      expect(await answers(server), done).toEqual([200, isThere ? 401 : 200]);
      const [, withKey] = await answers(server, key);
      expect([200, 401], done).toContain(withKey);
      await server.close();
    }
  });

  it("starts while Redis and MLflow are away, and while something else listens there that never answers", async () => {
    const silent: Server = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    const dead = await freePort();
    const upstream = await chatUpstream();
    const tryWith = async (away: number) => {
      const flags = { "redis-url": `redis://127.0.0.1:${away}`, "tracking-uri": `http://127.0.0.1:${away}` };
      const server = await start(temporaryFolder(), upstream, flags);
      expect(await answers(server)).toEqual([200, 200]);
      await server.close();
    };
    await Promise.all([dead, port].map(tryWith));
  });

  it("starts where nothing can be written, and says that nothing is recorded", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "state"));
    writeFileSync(join(folder, "state", "journal"), "a file where a folder should be");
    mkdirSync(join(folder, "mlflow.db"));
    const server = await start(folder, await chatUpstream());
    expect(await answers(server)).toEqual([200, 200]);
    expect(server.notes.join("\n")).toContain("requests are not recorded");
    await server.close();
  });

  it("records as soon as there is a place for the journal", async () => {
    const folder = temporaryFolder();
    vi.stubEnv("LLMOPS_STATE_DIR", join(folder, "state"));
    onTestFinished(() => void vi.unstubAllEnvs());
    mkdirSync(join(folder, "state"));
    writeFileSync(join(folder, "state", "journal"), "a file where a folder should be");
    const stores = new AllowedStores({ configured: folder, listed: [] });
    const notes: string[] = [];
    const connection = new TrackingConnection(
      { kind: "all" },
      { note: (text) => notes.push(text), isBusy: () => false, stores, retryMs: 20 },
    );
    const opened: RequestTracking[] = [];
    await connection.openOrNote({ uri: folder, trusted: true }, "serve", (tracking) => opened.push(tracking));
    expect(opened).toEqual([]);
    rmSync(join(folder, "state", "journal"));
    await expect.poll(() => opened.length).toBe(1);
    await expect.poll(() => notes.at(-1)).toBe("MLflow: requests are recorded from now on.");
    expect(await connection.close()).toBeUndefined();
  });

  it("says in the end that requests are lost, and how many entries", async () => {
    const folder = temporaryFolder();
    const server = await start(folder, await chatUpstream(), { "tracking-uri": `http://127.0.0.1:${await freePort()}` });
    expect(await answers(server)).toEqual([200, 200]);
    rmSync(join(folder, "state", "journal"), { recursive: true });
    expect(await server.close()).toMatchObject({ code: "STORE_UNWRITABLE" });
    expect(server.notes.join("\n")).toMatch(/MLflow: \d+ entries of requests are lost\. The journal .* was deleted/);
  });

  it("keeps what it could not record, and records it once the store can be opened again", async () => {
    const folder = temporaryFolder();
    const database = join(folder, "mlflow.db");
    writeFileSync(database, "not a database at all, but long enough to look at".repeat(20));
    const upstream = await chatUpstream();
    const first = await start(folder, upstream);
    expect(await answers(first)).toEqual([200, 200]);
    expect(first.notes.join("\n")).toContain("is not an MLflow database");
    rmSync(database);
    await expect.poll(async () => (await fetch(`${first.url}/experiments`)).status).toBe(200);
    await first.close();
    const store = await openStore(folder, { create: false });
    const { experimentId } = (await store.findExperiment("serve")) ?? { experimentId: "" };
    expect((await store.searchRuns({ experimentIds: [experimentId], maxResults: 10 })).items).toHaveLength(1);
    await store.close();
  });
});
