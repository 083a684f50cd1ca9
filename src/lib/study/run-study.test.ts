import { describe, expect, it } from "vitest";
import { errorOf } from "../../../test/helpers/error-of.js";
import { scriptedTarget } from "../../../test/helpers/scripted-target.js";
import type { Dataset } from "../dataset/sample.js";
import { LlmopsError } from "../errors/llmops-error.js";
import { containsScorer } from "../scoring/contains.js";
import { planSweep } from "./plan-sweep.js";
import { orderCells, runStudy, toRequest } from "./run-study.js";
import { countCells, type StudyPlan } from "./study.js";
import { summarise } from "./summarise.js";

function plan(values: number[], samples: number, concurrency = 2): StudyPlan {
  const dataset: Dataset = {
    name: "d",
    path: "d.jsonl",
    digest: "0".repeat(64),
    samples: Array.from({ length: samples }, (_, i) => ({ id: `s${i}`, question: `q${i}`, answer: "yes", topic: null })),
  };
  const options = { limit: 0, repeats: undefined, seed: 1, concurrency, maxTokens: 16, systemPrompt: undefined, primary: containsScorer };
  return planSweep([{ name: "temperature", values }], dataset, options);
}

describe("planSweep", () => {
  it("repeats three times, once where sampling is greedy", () => {
    expect(plan([0, 0.5], 4).repeats).toEqual([1, 3]);
    expect(countCells(plan([0, 0.5], 4))).toBe(16);
  });
});

describe("orderCells", () => {
  it("has every cell once, keeps the cells of a sample together and mixes the settings", () => {
    const cells = orderCells(plan([0.1, 0.5, 0.9], 10));
    expect(new Set(cells.map((c) => JSON.stringify(c))).size).toBe(90);
    for (let block = 0; block < 10; block++) expect(new Set(cells.slice(block * 9, block * 9 + 9).map((c) => c.sample)).size).toBe(1);
    expect(new Set(cells.filter((_, i) => i % 9 === 0).map((c) => c.setting)).size).toBeGreaterThan(1);
  });
});

describe("toRequest", () => {
  it("derives a seed of its own for every cell, the same one every time", () => {
    const p = plan([0.1, 0.5], 20);
    const seeds = orderCells(p).map((cell) => toRequest(p, cell).seed);
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(toRequest(p, { setting: 1, sample: 3, repeat: 2 })).toEqual(toRequest(p, { setting: 1, sample: 3, repeat: 2 }));
    expect(toRequest(p, { setting: 1, sample: 3, repeat: 2 })).toMatchObject({ temperature: 0.5, maxTokens: 16 });
  });
});

describe("runStudy", () => {
  it("finishes every cell with its scores, never more at once than asked", async () => {
    const p = plan([0.2, 0.8], 6, 3);
    let running = 0;
    let most = 0;
    const target = scriptedTarget(async (request) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running--;
      return request.temperature === 0.2 ? "yes" : "no";
    });
    const finished = await runStudy(p, target);
    expect(finished).toHaveLength(36);
    expect(most).toBe(3);
    const { settings, best } = summarise(p, finished);
    expect(settings.map((s) => s.metrics["accuracy"]?.mean)).toEqual([1, 0]);
    expect(best).toMatchObject({ params: { temperature: 0.2 }, accuracy: 1, tiedWith: [] });
  });

  it("says when settings are tied", async () => {
    const p = plan([0.2, 0.8], 10);
    const finished = await runStudy(
      p,
      scriptedTarget((r) => (r.temperature === 0.8 && r.messages[0]?.content === "q0" ? "no" : "yes")),
    );
    expect(summarise(p, finished).best).toMatchObject({ params: { temperature: 0.2 }, tiedWith: [{ params: { temperature: 0.8 } }] });
  });

  it("keeps failed cells apart from wrong ones", async () => {
    const p = plan([0.2], 10);
    const finished = await runStudy(
      p,
      scriptedTarget((request) => {
        if (request.messages[0]?.content === "q3") throw new LlmopsError("ENDPOINT_ERROR", "busy");
        return "yes";
      }),
    );
    const [setting] = summarise(p, finished).settings;
    expect(setting?.cells).toEqual({ done: 30, failed: 3, planned: 30 });
    expect(setting?.metrics["accuracy"]).toMatchObject({ mean: 1, n: 9 });
  });

  it("gives up with the first error when nothing works", async () => {
    const target = scriptedTarget(() => {
      throw new LlmopsError("ENDPOINT_UNREACHABLE", "nobody there");
    });
    expect((await errorOf(() => runStudy(plan([0.5], 50), target))).code).toBe("ENDPOINT_UNREACHABLE");
  });

  it("returns what is done when it is interrupted", async () => {
    const interrupt = new AbortController();
    let calls = 0;
    const target = scriptedTarget((_request, signal) => {
      if (++calls === 10) interrupt.abort();
      signal?.throwIfAborted();
      return "yes";
    });
    const finished = await runStudy(plan([0.5], 50), target, { signal: interrupt.signal });
    expect(finished.length).toBeGreaterThanOrEqual(8);
    expect(finished.length).toBeLessThan(12);
  });
});
