import { describe, expect, it } from "vitest";
import type { OptimizationResult } from "../experiments/optimize/optimization-result.js";
import { describeProof, proofVerdict } from "./optimization-verdict.js";

const objectives = [{ name: "accuracy", direction: "max" as const, kind: "rate" as const }];
const compared = (verdict: "better" | "cannot tell") => ({
  accuracy: { n: 20, difference: 0.15, low: 0.1, high: 0.2, confidence: 0.95, p_value: 0.0001, verdict },
});
const broken = [{ condition: "latency_p95<2", value: 3 }];
const candidate = (name: string, feasible: boolean, verdict: "better" | "cannot tell") => ({
  ...{ role: "candidate", name, params: {}, metrics: {}, feasible, broken: feasible ? [] : broken },
  comparisons: compared(verdict),
});

function found(candidates: unknown[], change: object = {}): OptimizationResult {
  const study = { status: "finished", dataset: { held_out: 20 } };
  const proof = { samples: 20, status: "finished", settings: [candidate("default", true, "cannot tell"), ...candidates], winner: null };
  return { study, proof, objectives, constraints: ["latency_p95<2"], nearest: null, best: null, front: null, ...change } as never;
}

describe("the verdict of a search", () => {
  it("names the nearest trial where none keeps the conditions, which more samples would not change", () => {
    const nearest = { trial: 1, params: { temperature: 0.5 }, broken, run_id: null };
    const text = "no trial satisfies latency_p95<2; nearest: temperature=0.5 (latency_p95 3)";
    expect(proofVerdict(found([], { nearest, proof: null }))).toEqual({ state: "not met", text });
    const interrupted = { status: "interrupted", dataset: { held_out: 20 } };
    expect(proofVerdict(found([], { nearest, proof: null, study: interrupted })).state).toBe("cannot tell");
  });

  it("is not met where every candidate breaks a condition on the held-out rows, better or not", () => {
    expect(proofVerdict(found([candidate("a", false, "better"), candidate("b", false, "cannot tell")]))).toEqual({
      state: "not met",
      text: "on 20 rows no trial saw, no candidate satisfies latency_p95<2: a (latency_p95 3); b (latency_p95 3)",
    });
  });

  it.each([
    ["interrupted", "the proof was interrupted"],
    ["budget spent", "the budget was spent on the proof"],
  ])("claims nothing of a proof that did not end: %s", (status, what) => {
    const study = { status, dataset: { held_out: 20 } };
    for (const candidates of [[candidate("a", false, "better")], [candidate("a", true, "cannot tell")], [candidate("a", true, "better")]]) {
      const { proof } = found(candidates);
      for (const winner of [null, { temperature: 0.5 }]) {
        const cut = { ...proof, winner, status, cells: { done: 79, failed: 0, filtered: 0, unscored: 0, planned: 1800 } };
        expect(proofVerdict(found(candidates, { study, proof: cut }))).toEqual({
          state: "cannot tell",
          text: `${what} after 79 of 1800 completions, which shows nothing in either direction`,
        });
      }
    }
  });

  it("tells a better candidate that breaks a condition from one that keeps it and is not proven better", () => {
    expect(proofVerdict(found([candidate("a", false, "better"), candidate("b", true, "cannot tell")]))).toEqual({
      state: "cannot tell",
      text: "on 20 rows no trial saw, no candidate that satisfies latency_p95<2 is proven better than the default by accuracy; a is better but breaks latency_p95<2 (3)",
    });
    const { settings } = found([candidate("a", false, "better")]).proof ?? { settings: [] };
    expect(settings[1] && describeProof(settings[1], objectives)).toBe(
      "better: +15.0 points (+10.0 to +20.0), p < 0.001; breaks latency_p95<2 (3)",
    );
  });
});
