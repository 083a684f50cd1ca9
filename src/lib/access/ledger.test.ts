import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../test/helpers/temporary-folder.js";
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

describe("limits.json", () => {
  const windowMs = 86_400_000;
  const open = (bucket: unknown) => {
    const path = join(temporaryFolder(), "limits.json");
    const said: string[] = [];
    writeFileSync(path, JSON.stringify({ a: bucket }));
    return { said, ledger: new FileLedger(path, (message) => said.push(message)) };
  };
  const look = { ...booking(0), windowMs };

  it.each([null, -5, "x"])("that says %j is used up closes the limit until its window ends, and serve says so", async (used) => {
    const { said, ledger } = open({ used, endsAt: Date.now() + 5000, windowMs });
    expect(said.join()).toContain("counts as full");
    expect((await ledger.reserve([{ ...look, amount: 1 }])).refused).toBe(0);
  });

  it("from a clock that was ahead holds a limit no longer than its window", async () => {
    const { ledger } = open({ used: 7, endsAt: Date.now() + 10 * windowMs, windowMs });
    const [state] = (await ledger.reserve([look])).states;
    expect(state?.used).toBe(7);
    expect(state?.resetMs).toBeLessThanOrEqual(windowMs);
  });
});
