import { afterEach, describe, expect, it } from "vitest";
import { Access } from "../../src/lib/access/access.js";
import { MemoryLedger } from "../../src/lib/access/ledger.js";
import { parseLimit } from "../../src/lib/access/limit.js";
import { ProviderPool } from "../../src/lib/gateway/upstream/provider-pool.js";
import { UpstreamProvider } from "../../src/lib/gateway/upstream/upstream-provider.js";
import { chatAnswer, fakeUpstream, sendJson } from "../helpers/fake-upstream.js";
import { gatewayServer } from "../helpers/gateway-server.js";

const TEXT = "1000tokens/day";
const messages = [{ role: "user", content: "Hi" }];
const ends: (() => void)[] = [];

afterEach(() => ends.splice(0).forEach((end) => end()));

/** A gateway with 1,000 tokens a day before an upstream that answers once it is let. */
async function metered({ held = false } = {}) {
  const gate: { open: () => void } = { open: () => undefined };
  const opened = held ? new Promise<void>((resolve) => (gate.open = resolve)) : Promise.resolve();
  ends.push(() => gate.open());
  const up = await fakeUpstream(async (_, response) => {
    await opened;
    return sendJson(response, { ...chatAnswer("hi"), usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 } });
  });
  const ledger = new MemoryLedger();
  const access = new Access({ ledger, limits: [parseLimit(TEXT)], maxParallel: undefined });
  const provider = new ProviderPool([new UpstreamProvider({ name: "up", url: up.url })], { retries: 0 });
  const { url, service } = await gatewayServer({ provider, access, defaultMaxTokens: 60 });
  const used = async () => {
    const look = { bucket: `ip:127.0.0.1:tokens:${TEXT}`, amount: 0, limit: 1000, windowMs: 86_400_000 };
    return (await ledger.reserve([look])).states[0]?.used ?? NaN;
  };
  const send = (body: object, { path = "/v1/chat/completions", signal }: { path?: string; signal?: AbortSignal } = {}) =>
    fetch(url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "m", ...body }),
      ...(signal && { signal }),
    });
  return { up, service, used, send, gate };
}

describe("a budget before an upstream", () => {
  it.each([{ n: "x" }, { n: -3 }, { n: 0.5 }, { max_tokens: -100_000 }, { max_tokens: 1e300 }, { max_completion_tokens: "7" }])(
    "is not touched by %j, which is refused",
    async (odd) => {
      const { up, used, send } = await metered();
      expect((await send({ messages, ...odd })).status).toBe(400);
      expect(await used()).toBe(0);
      expect(up.seen).toHaveLength(0);
    },
  );

  it("has room for every prompt of a list, or refuses the list", async () => {
    const { up, send } = await metered();
    const prompt = Array.from({ length: 50 }, () => "x");
    expect((await send({ prompt, max_tokens: 100 }, { path: "/v1/completions" })).status).toBe(429);
    expect(up.seen).toHaveLength(0);
  });

  it("is held to the smallest bound that a request names, and so is the upstream", async () => {
    const { up, send } = await metered();
    await send({ messages, max_completion_tokens: 1, max_tokens: 1500 });
    expect(up.seen[0]?.body).toMatchObject({ max_completion_tokens: 1, max_tokens: 1 });
  });

  it("pays all that a whole answer may have taken whose client went away, and what was counted of one that came", async () => {
    const { up, service, used, send, gate } = await metered({ held: true });
    const controller = new AbortController();
    const gone = send({ messages, max_tokens: 100 }, { signal: controller.signal }).catch(() => undefined);
    await expect.poll(() => up.seen.length).toBe(1);
    controller.abort();
    await gone;
    await expect.poll(() => service.callMetrics.underWay).toBe(0);
    const afterAbort = await used();
    expect(afterAbort).toBeGreaterThan(100);
    gate.open();
    await (await send({ messages, max_tokens: 100 })).json();
    await expect.poll(used).toBe(afterAbort + 12);
  });
});
