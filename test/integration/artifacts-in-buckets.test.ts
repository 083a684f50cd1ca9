import { createHash, randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { mlflowConnection, withoutCredentials } from "../../src/lib/base/config/mlflow-environment.js";
import { openStore } from "../../src/lib/tracking/open-store.js";
import type { ArtifactPlaces } from "../../src/lib/tracking/artifact-store.js";
import { RestStore } from "../../src/lib/tracking/rest/rest-store.js";
import { s3Server } from "../helpers/s3-server.js";
import { trackingServer } from "../helpers/tracking-server.js";

const MIB = 1024 * 1024;
const PROXY = "/api/2.0/mlflow-artifacts/artifacts";

/** A tracking server whose files are in a bucket, and the store with it. */
async function serverOn(places: Partial<ArtifactPlaces>) {
  const s3 = await s3Server();
  vi.stubEnv("MLFLOW_S3_ENDPOINT_URL", s3.url);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "KEYID");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "topsecret");
  vi.stubEnv("MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE", `${8 * MIB}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const server = await trackingServer({}, places);
  return { s3, server, ...server };
}

const newRun = (experimentId = "0") => ({ experimentId, runName: "run", userId: "", startTime: 1 });

describe("a server whose artifacts are in a bucket", () => {
  it("streams them both ways, with ranges, lists, tables, and versions that clients have already", async () => {
    const { s3, url, store } = await serverOn({ destination: "s3://bucket/mlflow/" });
    const { runId, artifactUri } = await store.createRun(newRun());
    expect(artifactUri).toBe(`mlflow-artifacts:/0/${runId}/artifacts`);
    const at = `${url}${PROXY}/0/${runId}/artifacts`;
    const content = randomBytes(20 * MIB);
    expect((await fetch(`${at}/model/weights.bin`, { method: "PUT", body: content })).status).toBe(200);
    expect(s3.requests.filter(({ line }) => line.includes("partNumber="))).toHaveLength(3);
    expect(s3.requests[0]?.line).toContain(`/bucket/mlflow/0/${runId}/artifacts/model/weights.bin`);
    const whole = await fetch(`${at}/model/weights.bin`);
    expect(whole.headers.get("content-length")).toBe(`${content.length}`);
    expect(digest(new Uint8Array(await whole.arrayBuffer()))).toBe(digest(content));
    const part = await fetch(`${at}/model/weights.bin`, { headers: { range: "bytes=5-9" } });
    expect([part.status, Buffer.from(await part.arrayBuffer())]).toEqual([206, content.subarray(5, 10)]);
    const etag = whole.headers.get("etag") ?? "";
    expect((await fetch(`${at}/model/weights.bin`, { headers: { "if-none-match": etag } })).status).toBe(304);
    const listed = await (await fetch(`${url}/api/2.0/mlflow/artifacts/list?run_id=${runId}&path=model`)).json();
    expect(listed).toMatchObject({ files: [{ path: "model/weights.bin", is_dir: false, file_size: content.length }] });

    await store.writeArtifact(runId, "t.csv", "a,b\n1,2\n");
    const table = async () => (await fetch(`${url}/api/llmops/1/artifacts/table?run_id=${runId}&path=t.csv`)).json();
    expect(await table()).toMatchObject({ total: 1 });
    await store.writeArtifact(runId, "t.csv", "a,b\n1,2\n3,4\n");
    expect(await table()).toMatchObject({ total: 2 });

    await fetch(at, { method: "DELETE" });
    expect(await store.listArtifacts(runId, "")).toEqual([]);
    expect((await fetch(`${at}/t.csv`)).status).toBe(404);
    expect((await fetch(`${url}${PROXY}/.`, { method: "DELETE" })).status).toBe(400);
  });

  it("leaves nothing of an upload that breaks off", async () => {
    const { s3, url, store } = await serverOn({ destination: "s3://bucket/mlflow" });
    const sent = new AbortController();
    let pieces = 0;
    const body = new ReadableStream({
      pull(controller) {
        if (pieces++ < 20) controller.enqueue(new Uint8Array(MIB));
        else sent.abort();
      },
    });
    const request = fetch(`${url}${PROXY}/0/x.bin`, { method: "PUT", body, duplex: "half", signal: sent.signal });
    await expect(request).rejects.toThrow();
    await vi.waitFor(() => expect(s3.requests.some(({ line }) => /^DELETE .*uploadId=/.test(line))).toBe(true), { timeout: 10_000 });
    expect(await store.artifacts.list("mlflow-artifacts:/0", "")).toEqual([]);
  });

  it("says what is wrong with the bucket, with what helps, and tells clients to try again where that helps", async () => {
    const { s3, url } = await serverOn({ destination: "s3://bucket" });
    s3.fault = () => ({ status: 403, code: "SignatureDoesNotMatch" });
    const refused = await fetch(`${url}${PROXY}/a.txt`);
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringMatching(/refused the credentials.*AWS_ACCESS_KEY_ID/)]);
    s3.kill();
    const away = await fetch(`${url}${PROXY}/a.txt`, { method: "PUT", body: "text" });
    expect([away.status, await away.json()]).toEqual([
      503,
      { error_code: "TEMPORARILY_UNAVAILABLE", message: expect.stringMatching(/cannot be reached.*Try again/) as string },
    ]);
  });

  it("removes the files of what is removed for good, and no others of the bucket", async () => {
    const { store } = await serverOn({ destination: "s3://bucket/mlflow" });
    await store.artifacts.write("s3://bucket/mlflow", "other.txt", "text");
    const { experimentId } = await store.createExperiment({ name: "gone" });
    const { runId } = await store.createRun(newRun(experimentId));
    await store.writeArtifact(runId, "a/b.txt", "text");
    await store.purgeExperiment(experimentId);
    expect((await store.artifacts.list("s3://bucket/mlflow", "")).map(({ path }) => path)).toEqual(["other.txt"]);
  });

  it("hands out nothing of other buckets, whatever an experiment says", async () => {
    const { s3, url, store } = await serverOn({ destination: "s3://bucket/mlflow" });
    await store.artifacts.write("s3://bucket/secrets/run/artifacts", "a.txt", "secret");
    const { experimentId } = await store.createExperiment({ name: "reaching", artifactLocation: "s3://bucket/secrets" });
    const { runId } = await store.createRun(newRun(experimentId));
    const before = s3.requests.length;
    for (const path of [`/get-artifact?run_id=${runId}&path=a.txt`, `/api/2.0/mlflow/artifacts/list?run_id=${runId}`])
      expect((await fetch(url + path)).status, path).toBe(400);
    expect(s3.requests).toHaveLength(before);
  });
});

describe("a server that leaves artifacts in a bucket to its clients", () => {
  it("has them written there by its clients, and lists and hands them out itself", async () => {
    const { url } = await serverOn({ destination: null, defaultRoot: "s3://bucket/root" });
    const client = await openStore(url, { create: true });
    onTestFinished(() => client.close());
    const { experimentId, artifactLocation } = await client.createExperiment({ name: "made" });
    expect(artifactLocation).toBe(`s3://bucket/root/${experimentId}`);
    const { runId, artifactUri } = await client.createRun(newRun(experimentId));
    await client.writeArtifact(runId, "model/a.txt", "text");
    expect(artifactUri).toBe(`s3://bucket/root/${experimentId}/${runId}/artifacts`);
    expect(await text(await client.readArtifact(runId, "model/a.txt"))).toBe("text");
    expect(await client.listArtifacts(runId, "model")).toEqual([{ path: "model/a.txt", isFolder: false, sizeBytes: 4 }]);
    expect(await (await fetch(`${url}/get-artifact?run_id=${runId}&path=model/a.txt`)).text()).toBe("text");
    expect((await fetch(`${url}${PROXY}/a.txt`)).status).toBe(501);
  });

  it("is not followed into buckets by whom it may not send there", async () => {
    const { s3, url, store } = await serverOn({ destination: null, defaultRoot: "s3://bucket/root" });
    const { runId } = await store.createRun(newRun());
    const before = s3.requests.length;
    for (const connection of [withoutCredentials(mlflowConnection()), { ...mlflowConnection(), s3: undefined }]) {
      const client = new RestStore(new URL(url), connection);
      onTestFinished(() => client.close());
      await expect(client.writeArtifact(runId, "a.txt", "text")).rejects.toMatchObject({ code: "FORBIDDEN" });
      await expect(client.readArtifact(runId, "a.txt")).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
    expect(s3.requests).toHaveLength(before);
  });
});

function digest(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
