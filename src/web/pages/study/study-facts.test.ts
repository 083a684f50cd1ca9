import { expect, it } from "vitest";
import type { StudyResult } from "../../api/study-document.js";
import { factsOf } from "./study-facts.js";

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
