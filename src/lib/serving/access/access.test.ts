import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { Access } from "./access.js";
import { ApiKeys, type Caller } from "./api-keys.js";
import { FileLedger } from "./file-ledger.js";
import { createKey, readKeyFile, revokeKey } from "./key-file.js";
import { MemoryLedger } from "./ledger.js";
import { costOf, parseLimit } from "./limit.js";

const alice: Caller = { id: "a", name: "alice", limits: [], maxParallel: undefined };
const bob: Caller = { id: "b", name: "bob", limits: [parseLimit("2/minute")], maxParallel: 1 };
const one = { requests: 1, tokens: 0, usd: 0 };

describe("parseLimit", () => {
  it.each([
    ["5/minute", "requests", 5, 60_000],
    ["1 request/second", "requests", 1, 1000],
    ["20ktokens/hour", "tokens", 20_000, 3_600_000],
    ["1.5Mtokens/day", "tokens", 1_500_000, 86_400_000],
    ["$2.50/month", "usd", 2.5, 2_592_000_000],
  ])("reads %s", (text, unit, amount, windowMs) => expect(parseLimit(text)).toMatchObject({ unit, amount, windowMs }));

  it.each(["5", "5/fortnight", "0/minute", "-1/minute", "$5tokens/day", "tokens/day", "1e9/day", ""])("refuses %j", async (text) => {
    expect((await errorOf(() => parseLimit(text))).code).toBe("INVALID_ARGUMENT");
  });
});

describe("limits", () => {
  it("refuse what is too much, with when to come again, and let in again after the window", async () => {
    let now = 0;
    const access = new Access({ ledger: new MemoryLedger(() => now), limits: [parseLimit("2/minute")], maxParallel: undefined });
    const first = await access.admit(alice, one);
    expect(first.headers).toEqual({
      "x-ratelimit-limit-requests": "2",
      "x-ratelimit-remaining-requests": "1",
      "x-ratelimit-reset-requests": "60s",
    });
    await access.admit(alice, one);
    now = 30_000;
    const error = await errorOf(() => access.admit(alice, one));
    expect(error).toMatchObject({ code: "RATE_LIMITED", httpStatus: 429, retryAfterSeconds: 30 });
    await access.admit({ ...alice, id: "other" }, one); // everyone has a window of their own
    now = 60_001;
    await access.admit(alice, one);
  });

  it("add those of the key, and hold requests under way", async () => {
    const access = new Access({ ledger: new MemoryLedger(), limits: [], maxParallel: 5 });
    const running = await access.admit(bob, one);
    expect((await errorOf(() => access.admit(bob, one))).message).toContain("bob already has its maximum of 1 concurrent requests");
    await running.settle(one);
    await (await access.admit(bob, one)).settle(one);
    expect((await errorOf(() => access.admit(bob, one))).message).toContain("2/minute");
  });

  it("reserve the worst case, give back what was not used, and book nothing of a request that one of them refuses", async () => {
    const access = new Access({
      ledger: new MemoryLedger(),
      limits: [parseLimit("10/minute"), parseLimit("100tokens/minute")],
      maxParallel: undefined,
    });
    const cost = (tokens: number) => ({ requests: 1, tokens, usd: 0 });
    const admitted = await access.admit(alice, cost(90));
    expect((await errorOf(() => access.admit(alice, cost(20)))).message).toContain("alice has 10 tokens left of 100tokens/minute");
    await admitted.settle(cost(5));
    const next = await access.admit(alice, cost(95));
    expect(next.headers).toMatchObject({ "x-ratelimit-remaining-requests": "8", "x-ratelimit-remaining-tokens": "0" });
  });

  it("never let 1,000 requests at once overspend a budget", async () => {
    const budget = 1;
    const prices = { promptPerMillion: 1000, completionPerMillion: 2000 };
    const access = new Access({ ledger: new MemoryLedger(), limits: [parseLimit(`$${budget}/day`)], maxParallel: undefined });
    let spent = 0;
    let most = 0;
    const ask = async (i: number) => {
      const worst = costOf({ prompt: 20, completion: 100 }, prices);
      const admission = await access.admit(alice, worst);
      await new Promise((resolve) => setTimeout(resolve, i % 7));
      const used = costOf({ prompt: 20, completion: (i * 37) % 101 }, prices);
      spent += used.usd;
      most = Math.max(most, spent);
      await admission.settle(used);
    };
    const results = await Promise.allSettled(Array.from({ length: 1000 }, (_, i) => ask(i)));
    const admitted = results.filter(({ status }) => status === "fulfilled").length;
    expect(most).toBeLessThanOrEqual(budget);
    expect(admitted).toBe(4); // 0.22 each in the worst case
    // what was given back can be spent: nobody is refused by money that is free again
    for (;;) {
      const left = budget - spent;
      const outcome = await access.admit(alice, costOf({ prompt: 20, completion: 100 }, prices)).catch(() => undefined);
      if (!outcome) {
        expect(left).toBeLessThan(0.22 + 1e-9);
        break;
      }
      spent += 0.12;
      await outcome.settle({ requests: 1, tokens: 70, usd: 0.12 });
    }
    expect(spent).toBeLessThanOrEqual(budget + 1e-9);
  });

  it("remember long windows across a restart", async () => {
    const folder = temporaryFolder();
    const options = { limits: [parseLimit("100tokens/day")], maxParallel: undefined };
    const before = new Access({ ledger: new FileLedger(folder, () => undefined), ...options });
    await (await before.admit(alice, { requests: 1, tokens: 80, usd: 0 })).settle({ requests: 1, tokens: 60, usd: 0 });
    await before.close();
    const after = new Access({ ledger: new FileLedger(folder, () => undefined), ...options });
    expect((await errorOf(() => after.admit(alice, { requests: 1, tokens: 50, usd: 0 }))).message).toContain("40 tokens left");
    await after.close();
  });
});

describe("keys", () => {
  const plain = { limits: [], maxParallel: null };

  it("are kept as hashes, found again, and closed by revoking", async () => {
    const path = join(temporaryFolder(), "keys.json");
    const { key, stored } = await createKey(path, { name: "ci", limits: ["5/minute"], maxParallel: 2 });
    expect(readFileSync(path, "utf8")).not.toContain(key);
    expect(statSync(path).mode & 0o077).toBe(0);
    const keys = new ApiKeys({ keys: { infer: ["fixed"] }, path });
    expect(keys.identify(key)).toMatchObject({ id: stored.id, name: "ci", maxParallel: 2, scopes: ["infer"] });
    expect(keys.identify("fixed")?.name).toBe("api-key");
    expect([keys.identify(`${key}x`), keys.identify("")]).toEqual([undefined, undefined]);
    expect(await revokeKey(path, "ci")).toMatchObject({ id: stored.id, revoked_at: expect.any(String) as string });
    expect(new ApiKeys({ path }).identify(key)).toBeUndefined();
    expect(new ApiKeys({ path }).areNeeded).toBe(true);
    expect(readKeyFile(path)[0]?.revoked_at).not.toBeNull();
  });

  it("are refused twice under one name, and revoked only where there is one", async () => {
    const path = join(temporaryFolder(), "keys.json");
    await createKey(path, { name: "a", ...plain });
    expect((await errorOf(() => createKey(path, { name: "a", ...plain }))).message).toContain('named "a"');
    expect((await errorOf(() => revokeKey(path, "b"))).hint).toContain("Keys: a.");
    await revokeKey(path, "a");
    const { stored } = await createKey(path, { name: "a", ...plain });
    expect((await revokeKey(path, "a")).id).toBe(stored.id); // not the one that was revoked before
  });

  it("of files from before there were scopes ask models; of fixed ones a key given for several scopes has them all", async () => {
    const path = join(temporaryFolder(), "keys.json");
    const { key } = await createKey(path, { name: "old", ...plain });
    const { keys: stored, ...rest } = JSON.parse(readFileSync(path, "utf8")) as { keys: object[] };
    writeFileSync(path, JSON.stringify({ ...rest, keys: stored.map((one) => ({ ...one, scopes: undefined })) }));
    const keys = new ApiKeys({ keys: { infer: ["both", "x"], read: ["both"], admin: ["root"] }, path });
    const scopesOf = (one: string) => keys.identify(one)?.scopes;
    expect([key, "both", "x", "root"].map(scopesOf)).toEqual([["infer"], ["infer", "read"], ["infer"], ["admin"]]);
    expect(new Set([key, "both", "x", "root"].map((one) => keys.identify(one)?.id)).size).toBe(4);
  });

  it("that are revoked are refused within a second, also when the wall clock is set back or stands still", async () => {
    const path = join(temporaryFolder(), "keys.json");
    const { key } = await createKey(path, { name: "a", ...plain });
    const keys = new ApiKeys({ path });
    expect(keys.identify(key)?.name).toBe("a");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 2 * 3_600_000 });
    onTestFinished(() => void vi.useRealTimers());
    await revokeKey(path, "a");
    await expect.poll(() => keys.identify(key), { timeout: 1000, interval: 20 }).toBeUndefined();
  });

  it("stay as they were while their file is damaged, which the log says once; nobody else is let in, and nothing throws", async () => {
    const path = join(temporaryFolder(), "keys.json");
    const log: string[] = [];
    const { key } = await createKey(path, { name: "a", ...plain });
    const whole = readFileSync(path, "utf8");
    const keys = new ApiKeys({ path, log: (text) => void log.push(text) });
    for (const damaged of [whole.slice(0, 100), "", "null", '{"schema":"llmops.keys/1"}', "\0\0\0"]) {
      writeFileSync(path, damaged);
      const seen = log.length;
      await expect.poll(() => keys.areNeeded && log.length, { timeout: 3000 }).toBeGreaterThan(seen);
      expect([keys.identify(key)?.name, keys.identify("other"), keys.areNeeded]).toEqual(["a", undefined, true]);
    }
    expect(log[0]).toMatch(/is not a valid key file.*stay valid/s);
    writeFileSync(path, whole);
    await expect.poll(() => keys.areNeeded && log.at(-1), { timeout: 3000 }).toContain("can be read again");
    expect(log).toHaveLength(6);
  });

  it("lock a server whose key file is damaged before any was read, from the start or later", async () => {
    const path = join(temporaryFolder(), "keys.json");
    const keys = new ApiKeys({ path });
    expect(keys.areNeeded).toBe(false);
    writeFileSync(path, "{");
    await expect.poll(() => keys.areNeeded, { timeout: 3000 }).toBe(true);
    expect([new ApiKeys({ path }).areNeeded, new ApiKeys({ path }).identify("")]).toEqual([true, undefined]);
    rmSync(path);
    expect(keys.areNeeded).toBe(true);
  });
});
