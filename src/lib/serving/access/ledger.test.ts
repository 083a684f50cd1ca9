import { appendFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import type { Moment } from "./boot-clock.js";
import { FileLedger } from "./file-ledger.js";
import { MemoryLedger, type Booking } from "./ledger.js";

const booking = (amount: number): Booking => ({ bucket: "a", amount, limit: 100, windowMs: 1000 });

describe("a ledger", () => {
  it.each([NaN, Infinity, -1])("books nothing where one amount is %s", async (amount) => {
    const ledger = new MemoryLedger();
    expect((await errorOf(() => ledger.reserve([booking(5), booking(amount)]))).code).toBe("INTERNAL");
    expect((await ledger.reserve([booking(0)])).states[0]?.used).toBe(0);
    const { correct } = await ledger.reserve([booking(5)]);
    expect((await errorOf(() => correct([amount]))).code).toBe("INTERNAL");
    expect((await ledger.reserve([booking(0)])).states[0]?.used).toBe(5);
  });

  it("gives back what was reserved to the window it was reserved in, never to the next", async () => {
    let now = 0;
    const ledger = new MemoryLedger(() => now);
    const old = await ledger.reserve([booking(90)]);
    now = 1001;
    await ledger.reserve([booking(60)]);
    await old.correct([1]);
    expect((await ledger.reserve([booking(0)])).states[0]?.used).toBe(60);
  });
});

const windowMs = 86_400_000;
const HOUR_MS = 3_600_000;
const daily = (amount: number): Booking => ({ bucket: "a", amount, limit: 100, windowMs });

function open(folder: string, moment?: () => Moment) {
  const said: string[] = [];
  const ledger = new FileLedger(folder, (message) => said.push(message), moment);
  const state = async () => (await ledger.reserve([daily(0)])).states[0];
  return { ledger, said, state };
}

describe("limits on disk", () => {
  it("are known to who comes after a process that was killed: what was paid as that, what was open as its worst case", async () => {
    const folder = temporaryFolder();
    const killed = open(folder); // nothing of it is closed
    const paid = await killed.ledger.reserve([daily(50)]);
    await killed.ledger.reserve([daily(30)]);
    await paid.correct([12]);
    const { ledger, said, state } = open(folder);
    expect(await state()).toMatchObject({ used: 42 });
    expect((await ledger.reserve([daily(59)])).refused).toBe(0);
    expect(said).toEqual([]);
  });

  it("hold for all servers on one folder together, whatever comes in between, and give back what was reserved", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(2), fc.nat(60), fc.boolean()), { maxLength: 30 }), async (steps) => {
        const folder = temporaryFolder();
        const servers = [open(folder), open(folder), open(folder)];
        const running: (() => Promise<void>)[] = [];
        let most = 0;
        for (const [server, amount, ends] of steps) {
          const last = ends ? running.pop() : undefined;
          if (last) await last();
          else {
            const { refused, correct } = await (servers[server] as (typeof servers)[0]).ledger.reserve([daily(amount)]);
            expect(refused).toBe(most + amount > 100 ? 0 : undefined);
            if (refused !== undefined) continue;
            most += amount;
            running.push(() => ((most -= amount - 1), correct([1])));
          }
        }
        for (const { state, said } of servers) expect([(await state())?.used, said]).toEqual([most, []]);
        await Promise.all(servers.map(({ ledger }) => ledger.close()));
      }),
      { numRuns: 50 },
    );
  });

  it("go on in a new log when one has grown, for all servers, open reservations included", async () => {
    const folder = temporaryFolder();
    const [one, two] = [open(folder), open(folder)];
    const early = await two.ledger.reserve([daily(20)]);
    const mine = await two.ledger.reserve([{ ...daily(1), bucket: "x".repeat(1000), limit: 1e6 }]);
    for (let i = 0; i < 1200; i++) await one.ledger.reserve([{ ...daily(1), bucket: "x".repeat(1000), limit: 1e6 }]);
    await early.correct([5]);
    await mine.correct([0]);
    for (const { state } of [one, two, open(folder)]) expect(await state()).toMatchObject({ used: 5 });
    const [x] = (await open(folder).ledger.reserve([{ ...daily(0), bucket: "x".repeat(1000), limit: 1e6 }])).states;
    expect(x?.used).toBe(1200);
    await one.ledger.close();
    expect(readdirSync(folder)).toEqual(["limits.2.log"]);
    expect([...one.said, ...two.said]).toEqual([]);
  });

  it("let nothing in while they cannot be written, which they say once, and go on when they can be again", async () => {
    const folder = join(temporaryFolder(), "state");
    writeFileSync(folder, "a file");
    const { ledger, said } = open(folder);
    const short = { ...booking(60), bucket: "short" };
    for (let i = 0; i < 3; i++) {
      const error = await errorOf(() => ledger.reserve([daily(20), short]));
      expect(error).toMatchObject({ code: "SYSTEM_REFUSED", httpStatus: 503, retryAfterSeconds: 10 });
      expect(error.message).toContain("something of that name already exists");
    }
    expect((await ledger.reserve([short])).refused).toBeUndefined(); // nothing of it was taken
    expect(said).toHaveLength(1);
    rmSync(folder);
    await ledger.reserve([daily(61)]);
    expect(await open(folder).state()).toMatchObject({ used: 61 });
    rmSync(folder, { recursive: true });
    await ledger.reserve([daily(1)]);
    expect(await open(folder).state()).toMatchObject({ used: 62 });
  });

  it("count all that can be read of a damaged log, and say so", async () => {
    const folder = temporaryFolder();
    const before = open(folder);
    await before.ledger.reserve([daily(20)]);
    appendFileSync(join(folder, "limits.1.log"), '\n{"boot":"cut sho');
    await before.ledger.reserve([daily(20)]);
    const { said, state } = open(folder);
    expect(await state()).toMatchObject({ used: 40 });
    expect(said.join()).toMatch(/^1 line of .*limits\.1\.log cut short, as on a full disk: nothing spent is missing\.$/);
    appendFileSync(join(folder, "limits.1.log"), '{"boot":\x00}\nx}\n');
    const later = open(folder);
    expect(later.said.at(0)).toMatch(/^2 lines of .*limits\.1\.log cannot be read, so what was booked there is not counted\.$/);
    mkdirSync(join(folder, "limits.9.log"));
    expect(await open(folder).state()).toMatchObject({ used: 40 });
  });
});

describe("a window on disk", () => {
  const start = { boot: "one", at: 1e9, wall: Date.now() };
  const opened = async (moment: Moment) => open(folder, () => moment).state();
  let folder = "";
  const fill = async () => {
    folder = temporaryFolder();
    await open(folder, () => start).ledger.reserve([daily(7)]);
  };

  it.each([-48, -1, 1, 48])(
    "goes on as the machine's own clock does when the time of day is set by %i h before a restart",
    async (hours) => {
      await fill();
      const moment = { ...start, at: start.at + HOUR_MS, wall: start.wall + hours * HOUR_MS };
      expect(await opened(moment)).toEqual({ used: 7, resetMs: 23 * HOUR_MS });
      expect(await opened({ ...moment, at: start.at + windowMs })).toMatchObject({ used: 0 });
    },
  );

  it("goes on by the time of day when the machine was started again, and never takes longer than it was", async () => {
    await fill();
    const booted = { boot: "two", at: 5000, wall: start.wall + HOUR_MS };
    expect(await opened(booted)).toEqual({ used: 7, resetMs: 23 * HOUR_MS });
    await fill();
    expect(await opened({ ...booted, wall: start.wall - 48 * HOUR_MS })).toEqual({ used: 7, resetMs: windowMs });
    await fill();
    expect(await opened({ ...booted, wall: start.wall + windowMs })).toMatchObject({ used: 0 });
  });
});

describe("limits.json of earlier versions", () => {
  const openWith = (bucket: unknown) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "limits.json"), JSON.stringify({ a: bucket }));
    return { folder, ...open(folder) };
  };

  it("is taken over, once", async () => {
    const { folder, ledger, state } = openWith({ used: 7, endsAt: Date.now() + 5000, windowMs });
    expect(await state()).toMatchObject({ used: 7 });
    await ledger.close();
    expect(readdirSync(folder)).toEqual(["limits.1.log"]);
    expect(await open(folder).state()).toMatchObject({ used: 7 });
  });

  it.each([null, -5, "x"])("that says %j is used up closes the limit until its window ends, and serve says so", async (used) => {
    const { said, folder } = openWith({ used, endsAt: Date.now() + 5000, windowMs });
    expect(said.join()).toContain("counts as full");
    expect((await open(folder).ledger.reserve([daily(1)])).refused).toBe(0);
  });

  it("from a clock that was ahead holds a limit no longer than its window", async () => {
    const state = await openWith({ used: 7, endsAt: Date.now() + 10 * windowMs, windowMs }).state();
    expect(state?.used).toBe(7);
    expect(state?.resetMs).toBeLessThanOrEqual(windowMs);
  });
});
