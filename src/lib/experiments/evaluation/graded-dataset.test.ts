import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { readGradedDataset, type AnswerSource } from "./graded-dataset.js";

async function read(rows: object[], { answers, hasModel = false }: { answers?: AnswerSource; hasModel?: boolean } = {}) {
  const path = join(temporaryFolder(), "rows.jsonl");
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join("\n"));
  const { dataset, responses, reading } = await readGradedDataset(path, { answers, hasModel, limit: 0, seed: 1 });
  return { references: dataset.samples.map(({ answer }) => answer), responses: Object.fromEntries(responses), reading };
}

describe("what is graded, and what it is compared with", () => {
  it("is the answer, beside a reference", async () => {
    const got = await read([{ id: "a", question: "q", answer: "mine", reference: "right" }]);
    expect(got).toMatchObject({ references: ["right"], responses: { a: "mine" } });
    expect(got.reading).toContain('"answer" is graded; "reference" is the reference');
  });

  it.each(["response", "output", "prediction", "completion"])("is the column %s, and the answer is then the reference", async (column) => {
    expect(await read([{ id: "a", question: "q", answer: "right", [column]: "mine" }])).toMatchObject({
      references: ["right"],
      responses: { a: "mine" },
    });
  });

  it("is a lone answer, unless a model was named, whose answers are graded then", async () => {
    const rows = [{ id: "a", question: "q", answer: "x" }];
    expect(await read(rows)).toMatchObject({ references: [null], responses: { a: "x" } });
    expect(await read(rows, { hasModel: true })).toMatchObject({ references: ["x"], responses: {} });
    expect(await read(rows, { answers: "generate" })).toMatchObject({ references: ["x"], responses: {} });
    expect(await read(rows, { answers: "given", hasModel: true })).toMatchObject({ references: [null], responses: { a: "x" } });
  });

  it("is generated where rows have none, also only some of them", async () => {
    expect(await read([{ id: "a", question: "q" }])).toMatchObject({ responses: {} });
    const some = await read([
      { id: "a", question: "q", reference: "r", answer: "x" },
      { id: "b", question: "p", reference: "s" },
    ]);
    expect(some).toMatchObject({ references: ["r", "s"], responses: { a: "x" } });
    expect(some.reading).toContain("1 row without it is answered by the model");
  });

  it("cannot be given where there is none", async () => {
    const error = await errorOf(() => read([{ question: "q" }], { answers: "given" }));
    expect(error.code).toBe("DATASET_INVALID");
    expect(error.hint).toContain("--answers generate");
  });
});
