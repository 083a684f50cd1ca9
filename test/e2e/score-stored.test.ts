import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { chatEvent, fakeUpstream, sendJson, sendStream } from "../helpers/fake-upstream.js";
import { runCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

interface Document {
  study: { id: string; status: string; scored_from?: { id: string; resume: string }; cells: Record<string, number> };
  settings: { stopped: string | null; cells: Record<string, number>; metrics: Record<string, { mean: number; n: number }> }[];
}

const ROWS = Array.from({ length: 24 }, (_, i) => ({ id: `r${i}`, question: `row ${i}.`, answer: "right" }));
const JUDGE_REPLY = '{"score": 4}';

/** A model that thinks, refuses row 3, withholds row 4 and is wrong when it is hot; and a judge on the same address. */
async function service() {
  const asked = { model: 0, judge: 0 };
  const { url } = await fakeUpstream(async ({ body, path }, response) => {
    if (path.endsWith("/models")) return sendJson(response, { data: [{ id: "m" }] });
    const question = (body["messages"] as { content: string }[]).at(-1)?.content ?? "";
    if (body["model"] === "judge") {
      asked.judge++;
      return sendStream(response, [JUDGE_REPLY]);
    }
    asked.model++;
    if (question === "row 3.") return sendJson(response, { error: { message: "no row 3" } }, 400);
    if (question === "row 4.") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(`data: ${JSON.stringify(chatEvent({}, "content_filter"))}\n\ndata: [DONE]\n\n`);
      return;
    }
    await sendStream(response, ["<think>it may be wrong</think>", body["temperature"] === 2 ? "wrong" : "right"]);
  });
  return { url, asked };
}

it("a raced study with failed, withheld and thinking cells is scored by a judge, also in pieces, and the model is never asked again", async () => {
  const [folder, { url, asked }] = [temporaryFolder(), await service()];
  writeFileSync(join(folder, "qa.jsonl"), ROWS.map((row) => JSON.stringify(row)).join("\n"));
  const run = async (...argv: string[]) => {
    const result = await runCli([...argv, "--json"], folder);
    return { ...result, document: JSON.parse(result.stdout) as Document };
  };
  const endpoint = ["--endpoint", url, "--model", "m", "--dataset", "qa.jsonl", "--retries", "0", "-c", "2"];
  const swept = await run("sweep", "temperature", "0,2", "--race", "--repeats", "1", ...endpoint);
  expect(swept.code, swept.stderr).toBe(0);
  const calls = asked.model;
  expect(swept.document.settings[1]).toMatchObject({ stopped: expect.stringContaining("worse") as string });

  const judge = ["--scorer", "judge:accuracy", "--judge-endpoint", url, "--judge-model", "judge", "--judge-method", "generate"];
  const part = await run("score", swept.document.study.id, ...judge, "--budget", "5calls", "-c", "1");
  expect([part.code, part.document.study.status]).toEqual([4, "budget spent"]);
  const rest = await runCli(["score", "--resume", "last", "--budget", "1000calls", "--retry-failed"], folder);
  expect(rest.code, rest.stderr).toBe(0);
  const { study, settings } = JSON.parse(rest.stdout) as Document;
  expect(study).toMatchObject({ status: "finished", scored_from: { id: swept.document.study.id } });
  for (const [i, setting] of settings.entries()) {
    const before = swept.document.settings[i];
    for (const name of ["done", "failed", "filtered"]) expect(setting.cells[name], name).toBe(before?.cells[name]);
    expect(setting.metrics["judge_accuracy"]?.mean).toBe(4);
    expect(setting.metrics["contains"]).toEqual(before?.metrics["contains"]);
    expect(setting.stopped === null).toBe(before?.stopped === null);
  }
  const scored = settings.reduce((sum, { cells }) => sum + (cells["done"] ?? 0) - (cells["failed"] ?? 0) - (cells["filtered"] ?? 0), 0);
  expect(asked.judge).toBeGreaterThanOrEqual(scored);

  const text = await runCli(["score", swept.document.study.id, "--scorer", "exact"], folder, { COLUMNS: "80" });
  expect(text.stdout.replace(/\s+/g, " ")).toContain(
    `Ask them again with: llmops sweep --resume ${swept.document.study.id} --retry-failed; then score ${swept.document.study.id} anew.`,
  );
  expect(text.stdout).not.toContain("at a time");
  const thoughts = await run("score", swept.document.study.id, "--scorer", "contains", "--score-thinking");
  expect(thoughts.document.settings[0]?.metrics["exact"]?.mean).toBe(0);
  expect(asked.model).toBe(calls);
});

it("a study that added repeats for a narrow interval is scored with all of them, and plans what it asked", async () => {
  const [folder, { url, asked }] = [temporaryFolder(), await service()];
  writeFileSync(join(folder, "qa.jsonl"), ROWS.slice(5, 10).map((row) => JSON.stringify(row)).join("\n")); // prettier-ignore
  const endpoint = ["--endpoint", url, "--model", "m", "--dataset", "qa.jsonl", "--repeats", "1"];
  const first = await runCli(["eval", "--set", "temperature=1", "--until-ci", "0.05", ...endpoint, "--json"], folder);
  const asking = JSON.parse(first.stdout) as Document;
  expect(asking.study.cells).toMatchObject({ done: 50, planned: 50 });
  const again = await runCli(["score", "last", "--scorer", "exact", "--json"], folder);
  const scoring = JSON.parse(again.stdout) as Document;
  expect(scoring.study.cells).toMatchObject({ done: 50, planned: 50 });
  expect(scoring.settings[0]?.metrics["exact"]).toMatchObject({ mean: 1, n: 5 });
  expect(asked.model).toBe(50);
});
