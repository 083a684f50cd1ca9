import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../test/helpers/temporary-folder.js";
import { readDataset } from "./read-dataset.js";
import { takeSamples } from "./take-samples.js";

function file(content: string): string {
  const path = join(temporaryFolder(), "data.jsonl");
  writeFileSync(path, content);
  return path;
}

describe("readDataset", () => {
  it("reads rows, gives missing ids their line number and turns numbers into text", async () => {
    const path = file('\uFEFF{"id": "a", "question": "2 + 2?", "answer": 4, "topic": "sums"}\r\n\n{"question": "Why?"}\n');
    const dataset = await readDataset(path);
    expect(dataset.samples).toEqual([
      { id: "a", question: "2 + 2?", answer: "4", topic: "sums" },
      { id: "3", question: "Why?", answer: null, topic: null },
    ]);
    expect(dataset.name).toBe("data");
    expect(dataset.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ["broken JSON", '{"question": "a"}\n{"question": ', /data\.jsonl:2: not valid JSON/],
    ["a missing question", '{"answer": "x"}', /data\.jsonl:1: question/],
    ["an empty question", '{"question": "  "}', /data\.jsonl:1: question/],
    ["an array", "[1]", /data\.jsonl:1: row/],
    ["a repeated id", '{"id": 1, "question": "a"}\n{"id": "1", "question": "b"}', /data\.jsonl:2: the id "1" was already used in line 1/],
  ])("refuses %s naming the line", async (_, content, message) => {
    const path = file(content);
    const error = await errorOf(() => readDataset(path));
    expect(error.code).toBe("DATASET_INVALID");
    expect(error.message).toMatch(message);
    expect(error.hint).toBeDefined();
  });

  it("refuses an empty file and a missing one", async () => {
    const empty = file("\n \n");
    expect((await errorOf(() => readDataset(empty))).code).toBe("DATASET_INVALID");
    const error = await errorOf(() => readDataset("/no/such/file.jsonl"));
    expect(error).toMatchObject({ code: "DATASET_NOT_FOUND", exitCode: 2 });
    expect(error.message).toContain("/no/such/file.jsonl does not exist");
  });
});

describe("takeSamples", () => {
  const samples = Array.from({ length: 100 }, (_, i) => ({ id: String(i), question: "q", answer: null, topic: null }));

  it("takes the same random subset for the same seed, in file order", () => {
    const taken = takeSamples(samples, 10, 1);
    expect(taken).toHaveLength(10);
    expect(takeSamples(samples, 10, 1)).toEqual(taken);
    expect(takeSamples(samples, 10, 2)).not.toEqual(taken);
    expect(taken.map((s) => Number(s.id))).toEqual(taken.map((s) => Number(s.id)).sort((a, b) => a - b));
  });

  it("takes all when the limit is not below their number", () => {
    expect(takeSamples(samples, 100, 1)).toEqual(samples);
  });
});
