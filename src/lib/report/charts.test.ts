import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { lineChart, scatterChart, valueAxis } from "./charts.js";

describe("valueAxis", () => {
  it("keeps the axis of a rate within 0 and 1, and leaves others alone", async () => {
    expect(valueAxis([0.1, 0.95, undefined], "rate")).toEqual({ scale: true, min: 0, max: 1 });
    expect(valueAxis([0.4, 0.6], "rate")).toEqual({ scale: true });
    expect(valueAxis([-3, 9], "mean")).toEqual({ scale: true });
    // ticks three tenths apart would end at 1.2
    const points = Array.from({ length: 20 }, (_, i) => ({ x: i, y: 0.05 * (i + 1), label: "", low: 0, high: 1 }));
    const svg = await scatterChart("t", { x: "x", y: "y" }, points, { kind: "rate" });
    expect(svg).not.toMatch(/>1\.\d/);
  });
});

it("charts of one page are drawn one in each turn of the event loop", async () => {
  const points: [number, number][] = Array.from({ length: 10 }, (_, i) => [i, i]);
  await lineChart("warm", [{ name: "a", points }]);
  let turns = 0;
  let over = false;
  const drawn = Promise.all(Array.from({ length: 8 }, (_, i) => lineChart(`chart ${i}`, [{ name: "a", points }]))).finally(
    () => (over = true),
  );
  while (!over) {
    await nextTurn();
    turns++;
  }
  expect(turns).toBeGreaterThanOrEqual(8);
  expect((await drawn).map((svg) => /chart \d/.exec(svg)?.[0])).toEqual(Array.from({ length: 8 }, (_, i) => `chart ${i}`));
});
