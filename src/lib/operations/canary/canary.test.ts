import { describe, expect, it } from "vitest";
import { createRandom } from "../../base/math/random.js";
import { distributionShift } from "../../base/stats/distribution-shift.js";
import type { Canary } from "./canary-baseline.js";
import { compareCanary } from "./compare-canary.js";

const TOLERANCES = { quality: 0.05, length: 0.1, latency: 0.25 };

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function canaryOf(samples: number, valuesOf: (sample: number) => Record<string, number[]>, answers = "a"): Canary {
  return {
    ...{ schema: "llmops.canary/1", model: "m", target: "t", created: "2026-01-01T00:00:00Z" },
    asked: { dataset: "d", seed: 1, repeats: 1, fixed: {}, metrics: [] },
    samples: Object.fromEntries(Array.from({ length: samples }, (_, i) => [`s${i}`, { values: valuesOf(i), answers }])),
  };
}

describe("distributionShift", () => {
  it("finds a false shift as rarely as it says, although samples differ and repeats are alike", () => {
    const random = createRandom(1);
    let found = 0;
    for (let trial = 0; trial < 200; trial++) {
      const pairs = Array.from({ length: 12 }, () => {
        const center = 10 * gaussian(random);
        const values = () => Array.from({ length: 3 }, () => center + gaussian(random));
        return { before: values(), now: values() };
      });
      if (distributionShift(pairs, trial).pValue <= 0.05) found++;
    }
    expect(found / 200).toBeLessThan(0.1);
  });

  it("finds a change of shape that leaves the mean where it was", () => {
    const random = createRandom(2);
    const pairs = Array.from({ length: 40 }, () => ({
      before: [1, 2, 3].map(() => gaussian(random)),
      now: [1, 2, 3].map(() => 4 * gaussian(random)),
    }));
    expect(distributionShift(pairs).pValue).toBeLessThan(0.01);
  });

  it("sees none between the same values, and knows nothing of nothing", () => {
    expect(distributionShift([{ before: [1, 2], now: [2, 1] }])).toEqual({ distance: 0, pValue: 1 });
    expect(distributionShift([{ before: [], now: [1] }])).toEqual({ distance: 0, pValue: 1 });
  });
});

describe("compareCanary", () => {
  const random = createRandom(3);
  const base = canaryOf(60, (i) => ({
    contains: [i % 10 === 0 ? 0 : 1],
    response_length: [5 + (i % 7)],
    latency_seconds: [0.1 + (i % 5) / 100],
  }));

  it("is fine where nothing changed, and says how many answers are the same", () => {
    expect(compareCanary(base, base, TOLERANCES)).toMatchObject({ state: "fine", identical: 60, samples: 60 });
  });

  it("is drift where quality fell, and names what", () => {
    const worse = canaryOf(60, (i) => ({ ...base.samples[`s${i}`]!.values, contains: [i % 2] }), "b");
    const { state, metrics, identical } = compareCanary(base, worse, TOLERANCES);
    expect([state, identical]).toEqual(["drift", 0]);
    expect(metrics.map(({ metric, state: own }) => `${metric} ${own}`)).toEqual([
      "contains drift",
      "response_length fine",
      "latency_seconds fine",
    ]);
  });

  it("cannot tell where a few answers changed and a drift cannot be ruled out", () => {
    const few = (values: (i: number) => number) => canaryOf(12, (i) => ({ contains: [values(i)] }));
    const { state, metrics } = compareCanary(
      few(() => 1),
      few((i) => (i < 1 ? 0 : 1)),
      TOLERANCES,
    );
    expect(state).toBe("cannot tell");
    expect(metrics[0]?.further_samples).toBeGreaterThan(0);
  });

  it("does not take changes that cancel, or a few values alike of other answers, for nothing", () => {
    const of = (values: number[], answers = "a") => canaryOf(values.length, (i) => ({ contains: [values[i] ?? 0] }), answers);
    expect(compareCanary(of([1, 0, 1, 1]), of([0, 1, 1, 1], "b"), TOLERANCES).state).toBe("cannot tell");
    const right = (count: number) => Array.from({ length: count }, () => 1);
    expect(compareCanary(of(right(8)), of(right(8), "b"), TOLERANCES).state).toBe("cannot tell");
    expect(compareCanary(of(right(40)), of(right(40), "b"), TOLERANCES).state).toBe("fine");
    expect(compareCanary(of(right(8)), of(right(8)), TOLERANCES).state).toBe("fine");
  });

  it("minds slower answers, not faster ones, and not those a little slower", () => {
    const timed = (factor: number) =>
      canaryOf(60, (i) => ({
        latency_seconds: [factor * (base.samples[`s${i}`]?.values["latency_seconds"]?.[0] ?? 0) * (1 + 0.02 * gaussian(random))],
      }));
    expect(compareCanary(base, timed(2), TOLERANCES).state).toBe("drift");
    expect(compareCanary(base, timed(0.5), TOLERANCES).state).toBe("fine");
    expect(compareCanary(base, timed(1.1), TOLERANCES).state).toBe("fine");
  });

  it("minds failures, and knows nothing without common samples", () => {
    const failing = (share: number) => canaryOf(60, (i) => ({ failed: [i < 60 * share ? 1 : 0] }));
    expect(compareCanary(failing(0), failing(0.3), TOLERANCES).state).toBe("drift");
    expect(compareCanary(failing(0.3), failing(0), TOLERANCES).state).toBe("fine");
    expect(
      compareCanary(
        canaryOf(0, () => ({})),
        base,
        TOLERANCES,
      ).state,
    ).toBe("cannot tell");
  });
});
