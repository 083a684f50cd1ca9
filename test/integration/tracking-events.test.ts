import { join } from "node:path";
import { connect } from "node:net";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { describe, expect, it, onTestFinished } from "vitest";
import { openLocalStore } from "../../src/lib/tracking/open-local-store.js";
import { ChangeFeed } from "../../src/lib/tracking/server/change-feed.js";
import { trackingServer, type TestServer } from "../helpers/tracking-server.js";

type Change = Record<string, unknown>;

/** Listens to a server's events; each call gives the next one. */
async function listen(
  { url }: TestServer,
  prefix = "/api",
): Promise<{ next: () => Promise<Change>; end: () => void; ended: () => Promise<boolean> }> {
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const answer = await fetch(`${url}${prefix}/llmops/1/events`, { signal: stop.signal });
  expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()).getReader();
  const next = async () => {
    const { value } = await reader.read();
    expect(value?.event).toBe("change");
    return JSON.parse(value?.data ?? "") as Change;
  };
  return { next, end: () => stop.abort(), ended: async () => (await reader.read()).done };
}

async function post(server: TestServer, path: string, body: object): Promise<Change> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${server.url}/api/2.0/mlflow/${path}`, { method: "POST", body: JSON.stringify(body), headers });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Change;
}

describe("the events of the tracking server", () => {
  it("name the runs, experiments and models that clients change", async () => {
    const server = await trackingServer();
    const events = await listen(server);
    const { experiment_id: id } = await post(server, "experiments/create", { name: "new" });
    expect(await events.next()).toMatchObject({ experiments: [id], runs: [], traces: false });
    const { run } = (await post(server, "runs/create", { experiment_id: id })) as { run: { info: { run_id: string } } };
    const named = [{ run_id: run.info.run_id, experiment_id: id }];
    expect(await events.next()).toEqual({ runs: named, experiments: [], models: [], traces: false });
    await post(server, "runs/set-tag", { runId: run.info.run_id, key: "a", value: "b" });
    expect(await events.next()).toMatchObject({ runs: named });
    await fetch(`${server.url}/api/2.0/mlflow-artifacts/artifacts/${String(id)}/${run.info.run_id}/artifacts/a.txt`, {
      method: "PUT",
      body: "text",
    });
    expect(await events.next()).toMatchObject({ runs: named });
    await post(server, "runs/search", { experiment_ids: [id] });
    await post(server, "registered-models/create", { name: "<b>model" });
    expect(await events.next()).toMatchObject({ runs: [], models: ["<b>model"] });
  });

  it("say that anything may have changed when another process has written", async () => {
    const server = await trackingServer();
    const events = await listen(server, "/ajax-api");
    const other = openLocalStore(`sqlite:///${join(server.folder, "mlflow.db")}`, { create: false });
    onTestFinished(() => other.close());
    await other.createExperiment({ name: "elsewhere" });
    expect(await events.next()).toMatchObject({ all: true });
  });

  it("name at most 200 runs, in few events, and say when there are more", async () => {
    const server = await trackingServer();
    const ids = await Promise.all(
      Array.from({ length: 205 }, async () => (await server.store.createRun({ experimentId: "0", startTime: 1 })).runId),
    );
    const feed = new ChangeFeed(server.store);
    const stream = feed.listen();
    feed.note({ runs: ids });
    feed.note({ runs: ["gone"], traces: true });
    let text = "";
    for await (const chunk of stream) if ((text += String(chunk)).includes("\n\nevent: change") && text.endsWith("}\n\n")) break;
    const event = JSON.parse(/data: (.*)/.exec(text)?.[1] ?? "") as { runs: object[]; more: boolean; traces: boolean };
    expect(event.runs).toHaveLength(200);
    expect(event).toMatchObject({ more: true, traces: true });
    feed.close();
  });

  it("end with the server, and for a listener that goes or does not read", async () => {
    const server = await trackingServer();
    const feed = new ChangeFeed(server.store);
    const streams = Array.from({ length: 200 }, () => feed.listen());
    expect(() => feed.listen()).toThrow("200 pages");
    streams[0]?.destroy();
    await new Promise((resolve) => streams[0]?.once("close", resolve));
    expect(feed.listen()).toBeDefined();
    feed.close();
    expect(() => feed.listen()).toThrow();
  });

  it("cannot be asked for without the token, and HEAD opens nothing", async () => {
    const server = await trackingServer({ token: "secret" });
    expect((await fetch(`${server.url}/api/llmops/1/events`)).status).toBe(401);
    const headers = { authorization: "Bearer secret" };
    expect((await fetch(`${server.url}/api/llmops/1/events`, { method: "HEAD", headers })).status).toBe(405);
  });

  it("do not keep a server from closing", async () => {
    const server = await trackingServer();
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.write("GET /api/llmops/1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    await new Promise((resolve) => socket.once("data", resolve));
  });
});
