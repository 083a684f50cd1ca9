import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pageData } from "../helpers/page-data.js";
import { runCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

/** A folder with answers of two systems, each with scores, and with labels of people. */
function folderOfAnswers(): string {
  const folder = temporaryFolder();
  const lines = (row: (i: number) => object) =>
    Array.from({ length: 20 }, (_, i) => `${JSON.stringify({ id: `r${i}`, ...row(i) })}\n`).join("");
  const question = (i: number) => `What is ${i} plus ${i}?`;
  const answers = (right: number) => (i: number) => ({
    question: question(i),
    answer: String(i % right ? 2 * i : 0),
    accuracy: i % right ? 1 : 0,
  });
  writeFileSync(join(folder, "a.jsonl"), lines(answers(2)));
  writeFileSync(join(folder, "b.jsonl"), lines(answers(9)));
  writeFileSync(
    join(folder, "labels.jsonl"),
    lines((i) => ({ question: question(i), answer: String(2 * i), label: i % 2 ? 5 : 1 })),
  );
  return folder;
}

/** Runs a command that writes a page, and gives what the page shows; a verdict against what was measured is not a failure here. */
async function pageOf(folder: string, ...words: string[]): Promise<ReturnType<typeof pageData>> {
  const { code, stderr } = await runCli([...words, "--html", "page.html"], folder);
  expect([0, 1, 5], stderr).toContain(code);
  return pageData(join(folder, "page.html"));
}

describe("--html writes the page of", () => {
  it("a load test", async () => {
    const { view } = await pageOf(temporaryFolder(), "bench", "--concurrency", "1,2", "--requests", "3");
    expect(view).toMatchObject({
      kind: "study",
      study: { kind: "bench", status: "finished", result: { levels: [{ value: 1 }, { value: 2 }] } },
    });
  });

  it("pairs, a calibration, and an audit", async () => {
    const folder = folderOfAnswers();
    const pairs = await pageOf(folder, "judge", "--pairwise", "a.jsonl", "b.jsonl", "--limit", "4");
    expect(pairs).toMatchObject({ title: "a against b", view: { kind: "study", study: { kind: "pairwise" } } });
    const card = await pageOf(folder, "judge", "calibrate", "--labels", "labels.jsonl", "--rubric", "accuracy");
    expect(card.view).toMatchObject({ kind: "calibration", summary: { rows: 20 }, card: { criterion: "accuracy", raters: 1 } });
    const audit = await pageOf(folder, "judge", "audit", "--limit", "4", "--rubric", "accuracy");
    expect(audit.view).toMatchObject({
      kind: "audit",
      command: expect.stringContaining("judge audit"),
      audit: { shifts: expect.any(Array) },
    });
  });

  it("results and runs beside each other", async () => {
    const folder = folderOfAnswers();
    const { title, view } = await pageOf(folder, "compare", "a.jsonl", "b.jsonl", "--gate", "accuracy");
    expect(title).toBe("b.jsonl compared with a.jsonl");
    expect(view).toMatchObject({
      kind: "comparison",
      runs: [{ run_name: "a.jsonl" }, { run_name: "b.jsonl" }],
      checks: [{ state: "met" }],
    });
    expect(view.kind === "comparison" && view.pairs["accuracy"]).toMatchObject([{ run_id: "1", verdict: "better", samples: 20 }]);
    await runCli(["sweep", "temperature=0,1", "--limit", "4"], folder);
    const { stdout } = await runCli(["mlflow", "runs", "--experiment", "sweep", "--json"], folder);
    const { runs } = JSON.parse(stdout) as { runs: { run_id: string; params: Record<string, string> }[] };
    const ids = runs.filter(({ params }) => params["temperature"] !== undefined).map(({ run_id }) => run_id);
    const compared = await pageOf(folder, "mlflow", "compare", ...ids);
    expect(compared.view).toMatchObject({ kind: "comparison", runs: [{ run_id: ids[0] }, { run_id: ids[1] }] });
    expect(compared.view.kind === "comparison" && Object.keys(compared.view.pairs)).toContain("contains");
  });

  it("a canary", async () => {
    const folder = temporaryFolder();
    expect((await runCli(["monitor", "canary", "--bless", "--limit", "4"], folder)).code).toBe(0);
    const { title, view } = await pageOf(folder, "monitor", "canary", "--limit", "4");
    expect(title).toBe("canary: demo");
    expect(view).toMatchObject({ kind: "canary", rounds: [{ document: { comparison: { samples: 4 } } }] });
  });
});
