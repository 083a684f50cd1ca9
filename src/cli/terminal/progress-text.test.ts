import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { displayWidth } from "../../lib/report/display-width.js";
import { progressText } from "./progress-text.js";

const HALF = { done: 5, total: 10, unit: "completions", elapsedMs: 60_000 };

describe("the progress on a terminal", () => {
  it.each([
    [80, `${"█".repeat(12)}${"░".repeat(12)} 5/10 completions, 1 min left`],
    [40, "5/10 completions, 1 min left"],
    [20, "5/10 completions"],
    [12, "5/10 …ions"],
  ])("of %i columns gives up the bar first, then the time left", (width, expected) => {
    expect(progressText(HALF, [], { width, rows: 24 })).toBe(expected);
  });

  it("has as many lines below as there are rows for, shortened", () => {
    const below = ["temperature=0.25, top_p=0.9: 0.512", "b", "c", "d"];
    expect(progressText(HALF, below, { width: 20, rows: 4 }).split("\n").slice(1)).toEqual(["temperatur….9: 0.512", "b"]);
    expect(progressText(HALF, below, { width: 80, rows: 1 }).split("\n")).toHaveLength(1);
    expect(progressText(HALF, below, { width: Infinity, rows: Infinity }).split("\n").slice(1)).toEqual(below);
  });

  it("never wraps, and is never higher than the terminal", () => {
    const progress = fc.record({
      done: fc.nat(100),
      total: fc.option(fc.integer({ min: 100, max: 1_000_000 }), { nil: undefined }),
      unit: fc.constantFrom("rows", "completions", "文字"),
      elapsedMs: fc.nat(10_000_000),
    });
    const line = fc.string({ unit: "grapheme" }).filter((text) => !/[\n\r\u2028\u2029]/.test(text));
    const room = fc.record({ width: fc.integer({ min: 3, max: 120 }), rows: fc.integer({ min: 2, max: 30 }) });
    fc.assert(
      fc.property(progress, fc.array(line, { maxLength: 40 }), room, (state, below, { width, rows }) => {
        const [first = "", ...others] = progressText(state, below, { width, rows }).split("\n");
        expect(displayWidth(first) + 2).toBeLessThanOrEqual(width);
        for (const other of others) expect(displayWidth(other)).toBeLessThanOrEqual(width);
        expect(others.length + 2).toBeLessThanOrEqual(rows);
      }),
      { endOnFailure: true },
    );
  });
});
