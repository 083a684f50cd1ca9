import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

interface Document {
  study: { id: string; run_id: string; status: string; tokens: { completion: number } };
  settings: { metrics: Record<string, { mean: number; n: number }> }[];
}

const rows = ["France", "Italy", "Spain", "Japan", "Egypt", "Peru"].map((country, i) =>
  JSON.stringify({
    id: `c${i}`,
    question: `What is the capital of ${country}?`,
    answer: ["Paris", "Rome", "Madrid"][i] ?? "x",
    topic: "geo",
  }),
);

it("scores stored answers anew as asking again would, in a linked run, and refuses what has changed", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "qa.jsonl"), rows.join("\n"));
  const run = async (...argv: string[]) => {
    const { code, stdout, stderr } = await runCli([...argv, "--json"], folder);
    return { code, stderr, document: JSON.parse(stdout) as Document };
  };
  const asked = await run("eval", "--dataset", "qa.jsonl", "--set", "temperature=0");
  expect(asked.code, asked.stderr).toBe(0);
  const again = await run("score", asked.document.study.id, "--scorer", "rouge_l", "--require", "rouge_l>=0.99");
  expect(again.code, again.stderr).toBe(1);
  const fresh = await run("eval", "--dataset", "qa.jsonl", "--set", "temperature=0", "--scorer", "rouge_l");
  for (const name of ["rouge_l", "exact", "contains", "response_length"]) {
    expect(again.document.settings[0]?.metrics[name], name).toEqual(fresh.document.settings[0]?.metrics[name]);
  }
  const before = asked.document.settings[0]?.metrics["latency_seconds"]?.mean ?? Number.NaN;
  expect(again.document.settings[0]?.metrics["latency_seconds"]?.mean).toBeCloseTo(before, 5);
  expect(again.document.study.tokens.completion).toBe(0);
  const { runs } = JSON.parse((await runCli(["mlflow", "runs", "--experiment", "score", "--json"], folder)).stdout) as {
    runs: { run_id: string; tags: Record<string, string> }[];
  };
  expect(runs.find(({ run_id: id }) => id === again.document.study.run_id)?.tags).toMatchObject({
    "llmops.scored_from": asked.document.study.id,
    "llmops.scored_from_run": asked.document.study.run_id,
  });

  const resumed = await runCli(["eval", "--resume", "last", "--scorer", "exact"], folder);
  // the study was started with --json
  expect([resumed.code, resumed.stdout]).toEqual([
    2,
    expect.stringMatching(/STUDY_CHANGED.*llmops score \S+ --scorer rouge_l --scorer exact/s),
  ]);
  appendFileSync(join(folder, "qa.jsonl"), "\n");
  const changed = await runCli(["score", asked.document.study.id, "--scorer", "exact"], folder);
  expect([changed.code, changed.stderr]).toEqual([
    2,
    expect.stringMatching(/STUDY_CHANGED.*its digest is [0-9a-f]{16}, it was [0-9a-f]{16}/),
  ]);
});
