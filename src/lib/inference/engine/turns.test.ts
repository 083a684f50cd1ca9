import fc from "fast-check";
import { expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { Turns } from "./turns.js";

/** Work that ends when it is told to, with the order in which it began. */
function bench() {
  const turns = new Turns(() => 0);
  const begun: string[] = [];
  const open: (() => void)[] = [];
  const ask = (caller: string | undefined, name: string, signal?: AbortSignal) =>
    turns.take(
      () => {
        begun.push(name);
        return new Promise<void>((resolve) => open.push(resolve));
      },
      { caller, signal },
    );
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const finish = async () => {
    for (await turn(); open.length > 0; await turn()) open.shift()?.();
  };
  return { turns, begun, ask, finish };
}

it("answers a second caller's work while the first one's burst waits", async () => {
  const { begun, ask, finish } = bench();
  const burst = Array.from({ length: 20 }, (_, index) => ask("a", `a${index}`));
  const small = ask("b", "b");
  await finish();
  await Promise.all([...burst, small]);
  expect(begun.slice(0, 4)).toEqual(["a0", "a1", "b", "a2"]);
  expect(begun).toHaveLength(21);
});

it("gives each caller its turn, and keeps the order of each, whoever asks for how much", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 30 }), async (callers) => {
      const { begun, ask, finish } = bench();
      const all = callers.map((caller, index) => ask(caller, `${caller}${index}`));
      await finish();
      await Promise.all(all);
      expect([...begun].sort()).toEqual(callers.map((caller, index) => `${caller}${index}`).sort());
      for (const caller of ["a", "b", "c"]) {
        const own = begun.filter((name) => name.startsWith(caller));
        expect(own).toEqual(callers.flatMap((one, index) => (one === caller ? [`${one}${index}`] : [])));
        // between two of one caller's, others have at most one each
        const places = begun.flatMap((name, at) => (name.startsWith(caller) ? [at] : []));
        for (const [index, at] of places.slice(1).entries()) expect(at - (places[index] ?? 0)).toBeLessThanOrEqual(3);
      }
    }),
    { numRuns: 100, endOnFailure: true },
  );
});

it("refuses what is too much of one caller's, and says when to come again", async () => {
  const { ask, finish } = bench();
  const burst = Array.from({ length: 33 }, (_, index) => ask("a", `a${index}`));
  const error = await errorOf(() => ask("a", "one more"));
  expect(error).toMatchObject({ code: "QUEUE_FULL", retryAfterSeconds: 1 });
  const other = ask("b", "b");
  await finish();
  await Promise.all([...burst, other]);
});

it("lets this program's own work wait, however much it is", async () => {
  const { begun, ask, finish } = bench();
  const all = Array.from({ length: 300 }, (_, index) => ask(undefined, `${index}`));
  await finish();
  await Promise.all(all);
  expect(begun).toHaveLength(300);
});

it("leaves out what is no longer wanted, and goes on after a failure", async () => {
  const { turns, begun, ask, finish } = bench();
  const first = ask("a", "a0");
  const left = new AbortController();
  const second = ask("a", "a1", left.signal).catch((error: unknown) => error);
  const failing = turns.take(() => Promise.reject(new Error("no"))).catch((error: unknown) => error);
  const last = ask("a", "a2");
  left.abort(new Error("gone"));
  await finish();
  await Promise.all([first, last]);
  expect([String(await second), String(await failing)]).toEqual(["Error: gone", "Error: no"]);
  expect(begun).toEqual(["a0", "a2"]);
});
