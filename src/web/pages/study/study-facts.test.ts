import { expect, it } from "vitest";
import type { StudyResult } from "../../api/study-document.js";
import { durationOf, factsOf, paramFacts } from "./study-facts.js";

const study = { model: "m", scorer: "contains", dataset: { path: "/data/qa.jsonl", samples: 10 } };
const sweep = (more: object) => factsOf({ schema: "llmops.sweep/3", study: { ...study, ...more } } as unknown as StudyResult);

it("what was asked is told as far as a document says it", () => {
  const known = [
    ["Model", "m"],
    ["Dataset", "qa.jsonl, 10 rows"],
    ["Scorer", "contains"],
  ];
  expect(sweep({})).toEqual(known);
  const cells = { done: 20, failed: 2, filtered: 0, unscored: 1, planned: 20 };
  const dataset = { ...study.dataset, available: 240, digest: "0123456789" };
  expect(sweep({ dataset, cells, seed: 7, fixed: { max_tokens: 64 } })).toEqual([
    ["Model", "m"],
    ["Dataset", "qa.jsonl, 10 of 240 rows (01234567)"],
    ["Scorer", "contains"],
    ["Answers", "20, 2 failed, 1 unscored"],
    ["Held fixed", "max_tokens=64"],
    ["Seed", "7"],
  ]);
});

it("how long a study took is told where its document says it", () => {
  const of = (result: object) => durationOf(result as StudyResult);
  expect(of({ schema: "llmops.sweep/3", study: { seconds: 2 } })).toBe(2000);
  expect(of({ schema: "llmops.bench/2", levels: [{ seconds: 1 }, { seconds: 2 }] })).toBe(3000);
  expect([of({ schema: "llmops.sweep/99" }), of({ schema: "llmops.sweep/3", study: {} }), durationOf(undefined)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

it.each([
  ["1", "q.jsonl, 1 row"],
  ["1200", "q.jsonl, 1,200 rows"],
  ["<b>", "q.jsonl, <b>"],
])("the rows of a run without a document are counted: %s", (samples, text) => {
  const params = Object.entries({ dataset: "/data/q.jsonl", samples }).map(([key, value]) => ({ key, value }));
  expect(paramFacts(params)).toEqual([["Dataset", text]]);
});
