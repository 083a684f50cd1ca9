import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../test/helpers/temporary-folder.js";
import { RecordedPoints } from "./recorded-points.js";
import type { Metric } from "./records.js";

describe("RecordedPoints", () => {
  it("gives a run that is continued its points again, with their times; a sum that changed takes the next step", () => {
    const path = join(temporaryFolder(), "metrics.jsonl");
    const sums = [
      { key: "accuracy", value: 0.5, timestamp: 1 },
      { key: "latency", value: Number.NaN, timestamp: 1 },
    ];
    const first = new RecordedPoints(path).place("a", sums);
    expect(first).toEqual(sums.map((sum) => ({ ...sum, step: 0 })));
    expect(
      new RecordedPoints(path).place(
        "a",
        sums.map((sum) => ({ ...sum, timestamp: 2 })),
      ),
    ).toEqual(first);
    const points = new RecordedPoints(path);
    expect(points.place("a", [{ key: "accuracy", value: 0.7, timestamp: 3 }])).toMatchObject([{ value: 0.7, step: 1, timestamp: 3 }]);
    expect(points.place("a", [{ key: "accuracy", value: 0.5, timestamp: 4 }])).toMatchObject([{ value: 0.5, step: 2, timestamp: 4 }]);
    expect(points.place("b", [{ key: "accuracy", value: 0.7, timestamp: 5 }])).toMatchObject([{ step: 0, timestamp: 5 }]);
  });

  it("keeps the value of a step that was recorded", () => {
    const points = new RecordedPoints(join(temporaryFolder(), "metrics.jsonl"));
    const at = (step: number, value: number) => points.place("a", [{ key: "best", value, step }])[0];
    expect([at(0, 1)?.value, at(1, 2)?.value, at(0, 9)?.value, at(3, 4)?.value]).toEqual([1, 2, 1, 4]);
    expect(points.place("a", [{ key: "best", value: 2 }])).toMatchObject([{ step: 4, value: 2 }]);
  });

  it("says when it cannot be written", async () => {
    const points = new RecordedPoints(join(temporaryFolder(), "none", "metrics.jsonl"));
    expect((await errorOf(() => points.place("a", [{ key: "k", value: 1 }]))).code).toBe("STORE_UNWRITABLE");
  });

  it("leaves a store one value at a step, and the last sum as the latest, however often a kill cuts it short", () => {
    const value = fc.constantFrom(0, -0, 0.5, 1, Number.NaN, Infinity);
    const sum = fc.record({ run: fc.constantFrom("a", "b"), key: fc.constantFrom("x", "y"), value });
    const point = fc.record({ run: fc.constantFrom("a", "b"), key: fc.constantFrom("x", "series"), value, step: fc.nat(4) });
    const act = fc.oneof({ weight: 4, arbitrary: sum }, { weight: 2, arbitrary: point }, fc.record({ lost: fc.nat(60) }));
    const folder = temporaryFolder();
    const path = join(folder, "metrics.jsonl");
    fc.assert(
      fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
        rmSync(path, { force: true });
        // as MLflow's table: its key is all of a point
        const store = new Map<string, Metric & { run: string }>();
        let [points, time, whole] = [new RecordedPoints(path), 0, 0];
        for (const one of acts) {
          if ("lost" in one) {
            // what a kill cuts off was not handed to the store yet: only half a line after the last one
            if (whole > 0) writeFileSync(path, `{"run":"a","key":"x","value":1,"st`.slice(0, one.lost), { flag: "a" });
            points = new RecordedPoints(path);
            continue;
          }
          const { run, ...metric } = one;
          const [placed] = points.place(run, [{ ...metric, timestamp: ++time }]) as [Metric];
          whole = readFileSync(path).length;
          store.set(JSON.stringify([run, placed.key, placed.step, placed.timestamp, String(placed.value)]), { run, ...placed });
          if ("step" in one) continue;
          const own = [...store.values()].filter((other) => other.run === run && other.key === one.key);
          const latest = own.reduce((last, other) => (other.step > last.step ? other : last));
          expect(latest.value === one.value || Object.is(latest.value, one.value)).toBe(true);
        }
        const steps = [...store.values()].map(({ run, key, step }) => JSON.stringify([run, key, step]));
        expect(new Set(steps).size).toBe(steps.length);
      }),
      { numRuns: 500 },
    );
  });
});
