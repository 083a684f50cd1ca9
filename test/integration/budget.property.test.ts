import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { expect, it, onTestFinished, vi } from "vitest";
import { FileLedger } from "../../src/lib/serving/access/file-ledger.js";
import { MemoryLedger } from "../../src/lib/serving/access/ledger.js";
import { RedisLedger } from "../../src/lib/serving/access/redis-ledger.js";
import { RedisConnection } from "../../src/lib/base/redis/redis-connection.js";
import { ENDINGS, KEYS, MeteredWorld, type Question } from "../helpers/metered-world.js";
import { redisServer } from "../helpers/redis-server.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { lacks } from "../helpers/tools.js";

const RUNS = Number(process.env["LLMOPS_PROPERTY_RUNS"] ?? 150);
const HOUR_MS = 3_600_000;

type Step =
  | { kind: "ask"; server: number; key: number; question: Question }
  | { kind: "give up a shared one"; server: number; question: Question }
  | { kind: "abort" | "one token" | "complete"; index: number }
  | { kind: "restart" | "kill" | "pause" }
  | { kind: "clock"; hours: number };

/** Two kinds of each sequence, so that many share an answer. */
const question: fc.Arbitrary<Question> = fc.record({
  question: fc.constant(0),
  kept: fc.boolean(),
  stream: fc.boolean(),
  mostTokens: fc.constantFrom(1, 7, 60),
  ending: fc.constantFrom(...ENDINGS),
});

const stepOf = (question: fc.Arbitrary<Question>): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("ask" as const), server: fc.nat(2), key: fc.nat(1), question }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom("abort", "one token", "complete"), index: fc.nat(5) }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("give up a shared one" as const), server: fc.nat(2), question }),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("pause" as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("restart" as const, "kill" as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("clock" as const), hours: fc.integer({ min: -48, max: 48 }) }) },
  );
const steps = fc.tuple(question, question).chain((two) => fc.array(stepOf(fc.constantFrom(...two)), { minLength: 2, maxLength: 14 }));

async function take(
  world: MeteredWorld,
  one: Step,
  { restart, turnClock }: { restart: (isKilled: boolean) => Promise<void>; turnClock: (hours: number) => void },
) {
  if (one.kind === "ask") world.ask(one.server, KEYS[one.key] as string, one.question);
  else if (one.kind === "give up a shared one") await giveUp(world, one);
  else if (one.kind === "abort") world.abort(one.index);
  else if (one.kind === "one token") world.step(one.index, false);
  else if (one.kind === "complete") world.step(one.index, true);
  else if (one.kind === "clock") turnClock(one.hours);
  else if (one.kind === "restart" || one.kind === "kill") await restart(one.kind === "kill");
  // what was sent gets where it was sent to
  else await sleep(3);
}

/** Two keys ask the same, and whoever came first goes away while the other waits. */
async function giveUp(world: MeteredWorld, { server, question: same }: { server: number; question: Question }): Promise<void> {
  const first = world.ask(server, KEYS[0], same);
  await sleep(3);
  world.ask(server, KEYS[1], same);
  await sleep(3);
  world.abortOne(first);
}

it(`a budget holds and lets in what fits, whatever comes together (${RUNS} sequences)`, async () => {
  const world = await MeteredWorld.create(1);
  const folder = temporaryFolder();
  const timeOfDay = Date.now;
  let offsetMs = 0;
  vi.spyOn(Date, "now").mockImplementation(() => timeOfDay() + offsetMs);
  onTestFinished(() => void vi.restoreAllMocks());
  let run = 0;
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const state = join(folder, String(run++));
      const open = () => new FileLedger(state, (message) => expect.fail(message));
      world.reset([open()]);
      const [books] = world.books as [(typeof world.books)[0]];
      // who is killed closes nothing
      const restart = async (isKilled: boolean) => {
        await world.quiet();
        const before = await books.used();
        if (!isKilled) await books.close();
        books.ledger = open();
        expect(await books.used()).toEqual(before);
      };
      for (const one of sequence) await take(world, one, { restart, turnClock: (hours) => (offsetMs += hours * HOUR_MS) });
      await world.quiet();
      await world.check();
      await world.probe();
      await world.check();
      await books.close();
    }),
    { numRuns: RUNS },
  );
}, 3_600_000);

it.skipIf(lacks("redis-server"))(
  "a budget that three servers share in Redis holds, and holds for each of them while Redis is away",
  async () => {
    const world = await MeteredWorld.create(3);
    const redis = await redisServer();
    const connections = world.books.map(() => new RedisConnection(redis.url, () => undefined));
    await Promise.all(connections.map((connection) => connection.open()));
    onTestFinished(async () => void (await Promise.all(connections.map((connection) => connection.close()))));
    const goThrough = async (sequence: readonly Step[], isShared: boolean) => {
      world.sharesBooks = isShared;
      const nothing = { restart: async () => undefined, turnClock: () => undefined };
      for (const one of sequence) await take(world, one, nothing);
      await world.quiet();
      // what is given back is on its way to Redis
      await vi.waitFor(() => world.check());
      if (!isShared) return;
      await world.probe();
      await vi.waitFor(() => world.check());
    };
    const reset = () => world.reset(connections.map((connection) => new RedisLedger(connection, new MemoryLedger())));
    await fc.assert(
      fc.asyncProperty(steps, async (sequence) => {
        await connections[0]?.client.flushall();
        reset();
        await goThrough(sequence, true);
      }),
      { numRuns: Math.ceil(RUNS / 5) },
    );
    await fc.assert(
      fc.asyncProperty(steps, steps, async (away, back) => {
        await redis.stop();
        await expect.poll(() => connections.every(({ isAway }) => isAway)).toBe(true);
        reset();
        await goThrough(away, false);
        await redis.start();
        await expect.poll(() => connections.some(({ isAway }) => isAway), { timeout: 20_000 }).toBe(false);
        reset();
        await goThrough(back, true);
      }),
      { numRuns: 3 },
    );
  },
  3_600_000,
);
