import { expect, it, onTestFinished } from "vitest";
import { ApiKeys } from "../../src/lib/serving/access/api-keys.js";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import type { RunningServer } from "../../src/lib/base/http/listen.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import { localService } from "../../src/lib/serving/server/service.js";
import { startServer } from "../../src/lib/serving/server/start-server.js";

const SLOTS = 2;
const BURST = 40;
let engine: Engine;
let server: RunningServer;

async function serve(queueLimit: number): Promise<void> {
  engine = await Engine.load(await openModelFile("demo"), { slots: SLOTS, contextSize: 1024, threads: 1, queueLimit });
  const keys = new ApiKeys({ keys: { infer: ["anna-key", "bert-key"] } });
  server = await startServer(localService(engine, { keys }), { host: "127.0.0.1", port: 0 });
  onTestFinished(async () => {
    await server.close();
    await engine.close();
  });
}

/** Asks with somebody's key, each time something else; gives the status of the answer once it is whole. */
async function ask(name: "anna" | "bert", i: number, more: object = {}): Promise<number> {
  const content = `${name} asks for the ${i}th time: what is the capital of France?`;
  const answer = await fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${name}-key` },
    body: JSON.stringify({ messages: [{ role: "user", content }], max_tokens: 24, ignore_eos: true, temperature: 1, ...more }),
  });
  await answer.text();
  return answer.status;
}

it("a key that asks once during another's burst of 40 is answered after at most one more than there are slots", async () => {
  await serve(BURST);
  let answered = 0;
  const burst = Array.from({ length: BURST }, (_, i) => ask("anna", i).then(() => answered++));
  await expect.poll(() => engine.state.queuedRequests).toBeGreaterThan(BURST / 2);
  const before = answered;
  expect(await ask("bert", 0)).toBe(200);
  expect(answered - before).toBeLessThanOrEqual(SLOTS + 1);
  await Promise.all(burst);
  expect(answered).toBe(BURST);
});

it("two keys that both ask for much are answered in turn, also where one gives no bound for its answers", async () => {
  await serve(2 * BURST);
  const order: string[] = [];
  const burst = Array.from({ length: BURST }, (_, i) => ask("anna", i).then(() => order.push("anna")));
  await expect.poll(() => engine.state.queuedRequests).toBeGreaterThan(BURST / 2);
  const begun = order.length;
  const unbounded = { max_tokens: undefined, ignore_eos: false, temperature: 0 };
  const others = Array.from({ length: 8 }, (_, i) => ask("bert", i, unbounded).then(() => order.push("bert")));
  await Promise.all(others);
  // their answers are shorter, so that there are more of them for the same tokens
  const meanwhile = order.slice(begun).filter((name) => name === "anna").length;
  expect(meanwhile).toBeLessThanOrEqual(8 + SLOTS + 1);
  await Promise.all(burst);
});

it("a queue that one key has filled has room for another: the one with most waiting is told to come back", async () => {
  await serve(6);
  const running = Array.from({ length: SLOTS }, (_, i) => ask("anna", i, { max_tokens: 900 }));
  await expect.poll(() => engine.state.busySlots).toBe(SLOTS);
  const waiting = Array.from({ length: 6 }, (_, i) => ask("anna", SLOTS + i));
  await expect.poll(() => engine.state.queuedRequests).toBe(6);
  expect(await ask("anna", 100)).toBe(429);
  expect(await ask("bert", 0)).toBe(200);
  const statuses = await Promise.all([...running, ...waiting]);
  expect(statuses.toSorted()).toEqual([...Array.from({ length: 7 }, () => 200), 429]);
});
