import { expect, it } from "vitest";
import { toLevelResult } from "../../lib/operations/load/level-result.js";
import type { RequestTiming } from "../../lib/operations/load/request-timing.js";
import type { Load } from "../../lib/operations/load/run-level.js";
import { BenchProgress } from "./bench-progress.js";
import { errorsOf } from "./record-bench.js";

const loads: Load[] = [1, 4, 8].map((value) => ({ kind: "concurrency", value }));
const limit = undefined;

function requests(count: number, failure?: string): RequestTiming[] {
  const error = failure === undefined ? undefined : ({ code: "ENDPOINT_ERROR", message: failure } as const);
  const timing = { firstTokenMs: 5, gapsMs: [], perTokenMs: undefined, totalMs: 9, promptTokens: 1, completionTokens: 1, error };
  return Array.from({ length: count }, () => timing);
}

/** A test whose levels ended, each with these requests, and whose next one has begun. */
function runningAfter(levels: readonly RequestTiming[][]): BenchProgress {
  const progress = new BenchProgress({ loads, requests: 10, durationMs: Infinity, slos: [] });
  levels.forEach((timings, i) => progress.end(toLevelResult({ load: loads[i]!, timings, seconds: 1 }, [])));
  progress.begin(loads[levels.length]!);
  return progress;
}

it("nothing is said of a level that runs, whatever it has come to", () => {
  for (const timings of [[], requests(3), requests(3, "no such luck")]) {
    const progress = runningAfter([requests(10), requests(10)]);
    for (const timing of timings) progress.add(timing);
    expect(errorsOf(progress, { loads, limit }, undefined)).toEqual([]);
  }
  expect(errorsOf(runningAfter([]), { loads, limit }, undefined)).toEqual([]);
});

it("levels that ended and say nothing of the endpoint are named while the others run, but none of a search", () => {
  const progress = runningAfter([requests(10, "no such luck")]);
  expect(errorsOf(progress, { loads, limit }, undefined)).toEqual([
    "At concurrency 1: 10 of 10 requests failed: ENDPOINT_ERROR: no such luck.",
  ]);
  expect(errorsOf(progress, { loads: undefined, limit }, undefined)).toEqual([]);
  expect(errorsOf(progress, { loads: undefined, limit }, { rate: null })).toEqual([
    "10 of 10 requests failed: ENDPOINT_ERROR: no such luck.",
  ]);
});

it("a test that ended without a level has answered nothing", () => {
  const progress = new BenchProgress({ loads, requests: 10, durationMs: Infinity, slos: [] });
  expect(errorsOf(progress, { loads, limit }, { rate: null })).toEqual(["Nothing was answered."]);
});
