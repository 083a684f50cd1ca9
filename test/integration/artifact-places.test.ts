import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { openStore } from "../../src/lib/tracking/open-store.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { trackingServer, type TestServer } from "../helpers/tracking-server.js";

const PROXY = "/api/2.0/mlflow-artifacts/artifacts";

/** A run in an experiment whose artifacts are at the location. */
async function runAt({ store }: TestServer, artifactLocation: string): Promise<string> {
  const { experimentId } = await store.createExperiment({ name: artifactLocation, artifactLocation });
  return (await store.createRun({ experimentId, runName: "run", userId: "", startTime: 1 })).runId;
}

describe("a store that MLflow's clients in Python made, with files in mlruns", () => {
  it("has its files listed, read, written, and shown by the server", async () => {
    const server = await trackingServer();
    const run = await runAt(server, join(server.folder, "mlruns", "1"));
    await server.store.writeArtifact(run, "model/MLmodel", "flavors: {}");
    const listed = await (await fetch(`${server.url}/api/2.0/mlflow/artifacts/list?run_id=${run}&path=model`)).json();
    expect(listed).toEqual({
      root_uri: join(server.folder, "mlruns", "1", run, "artifacts"),
      files: [{ path: "model/MLmodel", is_dir: false, file_size: 11 }],
    });
    expect(await (await fetch(`${server.url}/get-artifact?run_id=${run}&path=model/MLmodel`)).text()).toBe("flavors: {}");
    const put = { method: "POST", body: "a,b\n1,2\n" };
    expect((await fetch(`${server.url}/ajax-api/2.0/mlflow/upload-artifact?run_id=${run}&path=t.csv`, put)).status).toBe(200);
    const table = await fetch(`${server.url}/api/llmops/1/artifacts/table?run_id=${run}&path=t.csv`);
    expect(await table.json()).toMatchObject({ rows: [expect.objectContaining({})] });
  });

  it("opens nothing else of the machine", async () => {
    const server = await trackingServer();
    const outside = temporaryFolder();
    const run = await runAt(server, outside);
    mkdirSync(join(outside, run, "artifacts"), { recursive: true });
    writeFileSync(join(outside, run, "artifacts", "secret.txt"), "secret");
    for (const path of [
      ...[`/get-artifact?run_id=${run}&path=secret.txt`, `/api/2.0/mlflow/artifacts/list?run_id=${run}`],
      `/api/llmops/1/artifacts/content?run_id=${run}&path=secret.txt`,
    ]) {
      const answer = await fetch(server.url + path);
      expect([answer.status, await answer.text()], path).toEqual([400, expect.stringContaining("not served from here")]);
    }
  });
});

describe("a server with a root of its own for new experiments", () => {
  it("tells clients where files are, who then read and write them there", async () => {
    const defaultRoot = join(temporaryFolder(), "files");
    const server = await trackingServer({}, { defaultRoot });
    const client = await openStore(server.url, { create: true });
    try {
      const { experimentId, artifactLocation } = await client.createExperiment({ name: "made" });
      expect(artifactLocation).toBe(join(defaultRoot, experimentId));
      const { runId } = await client.createRun({ experimentId, runName: "run", userId: "", startTime: 1 });
      await client.writeArtifact(runId, "a.txt", "text");
      expect(await text(await client.readArtifact(runId, "a.txt"))).toBe("text");
      expect(await (await fetch(`${server.url}/get-artifact?run_id=${runId}&path=a.txt`)).text()).toBe("text");
    } finally {
      await client.close();
    }
  });

  it("hands out nothing below mlflow-artifacts:/ when it is told so, in words that clients do not repeat", async () => {
    const server = await trackingServer({}, { destination: null });
    expect((await server.store.getExperiment("0")).artifactLocation).toBe(join(server.folder, "mlruns", "0"));
    for (const method of ["GET", "PUT", "DELETE"]) {
      const answer = await fetch(`${server.url}${PROXY}/0/x.txt`, { method, ...(method === "PUT" && { body: "text" }) });
      expect([answer.status, await answer.json()], method).toEqual([
        501,
        {
          error_code: "NOT_IMPLEMENTED",
          message: expect.stringMatching(/--no-serve-artifacts.*Start it with --serve-artifacts/) as string,
        },
      ]);
    }
    expect((await fetch(`${server.url}${PROXY}?path=0`)).status).toBe(501);
  });
});

describe("a file that a client has already", () => {
  it("is not sent again, and a range of another version is the whole of this one", async () => {
    const server = await trackingServer();
    const { runId } = await server.store.createRun({ experimentId: "0", runName: "run", userId: "", startTime: 1 });
    await server.store.writeArtifact(runId, "a.txt", "0123456789");
    const get = async (headers: Record<string, string>, method = "GET") => {
      const answer = await fetch(`${server.url}/get-artifact?run_id=${runId}&path=a.txt`, { method, headers });
      return { status: answer.status, headers: answer.headers, body: await answer.text() };
    };
    const first = await get({});
    const etag = first.headers.get("etag") ?? "";
    const modified = first.headers.get("last-modified") ?? "";
    expect([first.body, etag]).toEqual(["0123456789", expect.stringMatching(/^"\w+"$/)]);
    for (const known of [{ "if-none-match": etag }, { "if-none-match": `"x", W/${etag}` }, { "if-modified-since": modified }])
      expect(await get(known)).toMatchObject({ status: 304, body: "" });
    for (const unknown of [
      { "if-none-match": '"x"' },
      { "if-none-match": '"x"', "if-modified-since": modified },
      { "if-modified-since": "x" },
    ])
      expect(await get(unknown)).toMatchObject({ status: 200, body: "0123456789" });
    const range = "bytes=8-";
    for (const version of [etag, modified]) expect(await get({ range, "if-range": version })).toMatchObject({ status: 206, body: "89" });
    await server.store.writeArtifact(runId, "a.txt", "abc");
    expect(await get({ range: "bytes=1-", "if-range": etag })).toMatchObject({ status: 200, body: "abc" });
    const head = await get({ range: "bytes=1-" }, "HEAD");
    expect([head.status, head.headers.get("content-length"), head.body]).toEqual([206, "2", ""]);
  });
});
