import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import type { AuditResult } from "../../src/lib/experiments/evaluation/audit.js";
import type { CalibrationCard } from "../../src/lib/experiments/evaluation/calibration-card.js";
import type { JudgementResult } from "../../src/lib/experiments/evaluation/judgement-result.js";
import type { PairwiseResult } from "../../src/lib/experiments/evaluation/pairwise-result.js";
import { studyData } from "../helpers/page-data.js";
import { queryStore } from "../helpers/query-store.js";
import { runCli, startCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const GRADED = fileURLToPath(new URL("../../models/demo/tests/graded.jsonl", import.meta.url));
const QA = fileURLToPath(new URL("../../examples/qa.jsonl", import.meta.url));

const readRows = (path: string) =>
  readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, string | number>);

/** Held-out rows of one criterion, with their gold grades as labels. */
function labeled(folder: string, criterion: string): string {
  const path = join(folder, "labeled.jsonl");
  const rows = readRows(GRADED).filter((row) => row["criterion"] === criterion);
  writeFileSync(
    path,
    rows
      .map(({ id, question, answer, reference, context, gold }) =>
        JSON.stringify({ id, question, answer, reference, context, label: gold }),
      )
      .join("\n"),
  );
  return path;
}

/** Right answers of the example questions, and wrong ones, as files. */
function answers(folder: string, count: number): { right: string; wrong: string } {
  const rows = readRows(QA).slice(0, count);
  const write = (name: string, answerOf: (i: number) => unknown) => {
    const path = join(folder, `${name}.jsonl`);
    writeFileSync(
      path,
      rows
        .map(({ id, question, answer }, i) => JSON.stringify({ id, question, reference: answer, answer: `It is ${String(answerOf(i))}.` }))
        .join("\n"),
    );
    return path;
  };
  return {
    right: write("right", (i) => rows[i]?.["answer"]),
    wrong: write("wrong", (i) => rows[(i + 7) % rows.length]?.["answer"]),
  };
}

async function json<T>(args: string[], folder: string, code = 0): Promise<T> {
  const result = await runCli([...args, "--json"], folder);
  expect(result.code, result.stderr).toBe(code);
  return JSON.parse(result.stdout) as T;
}

describe("llmops judge", () => {
  it("grades answers by several criteria, and records what MLflow shows as an evaluation", async () => {
    const folder = temporaryFolder();
    const { right } = answers(folder, 5);
    const files = ["--html", "r.html", "--markdown", "r.md", "--junit", "r.xml", "--csv", "r.csv"];
    const result = await json<JudgementResult>(["judge", "-d", right, ...files], folder);
    expect(result).toMatchObject({
      schema: "llmops.judge/2",
      study: { status: "finished", rows: { scored: 5, unscored: 0, failed: 0 } },
      target: { model: "given answers", answers: "given" },
      judge: { method: "probability", reason: "none", self: false },
    });
    expect(Object.keys(result.metrics)).toEqual(["relevance", "accuracy", "clarity", "overall"]);
    expect(result.rows).toHaveLength(15);
    for (const { distribution, score, state, method } of result.rows) {
      expect(distribution?.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 6);
      expect(score).toBeCloseTo(distribution?.reduce((sum, p, i) => sum + p * (i + 1), 0) ?? 0, 6);
      expect([state, method]).toEqual(["scored", "probability"]);
    }
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(["r.md", "r.xml", "r.csv", "mlflow.db"]));
    expect(studyData(join(folder, "r.html"))).toMatchObject({
      study: { kind: "judge", status: "finished", result: { rows: result.rows } },
    });
    const { runs } = await json<{ runs: { run_id: string; metrics: Record<string, number>; tags: Record<string, string> }[] }>(
      ["mlflow", "runs"],
      folder,
    );
    expect(runs).toHaveLength(1);
    expect(runs[0]?.metrics["accuracy/v1/mean"]).toBeCloseTo(result.metrics["accuracy"]?.mean ?? 0, 9);
    expect(Object.keys(runs[0]?.metrics ?? {})).toEqual(expect.arrayContaining(["clarity/v1/variance", "relevance/v1/p90", "rows_scored"]));
    expect(JSON.parse(runs[0]?.tags["mlflow.loggedArtifacts"] ?? "")).toEqual([{ path: "eval_results_table.json", type: "table" }]);
    const table = await runCli(["mlflow", "artifacts", "get", runs[0]?.run_id ?? "", "eval_results_table.json"], folder);
    expect(table.code, table.stderr).toBe(0);
  });

  it("has a model answer first where rows have none, says that it grades itself, and repeats itself", async () => {
    const folder = temporaryFolder();
    const args = ["judge", "--limit", "3", "--rubric", "accuracy", "--set", "temperature=0.5", "--deterministic", "--json"];
    const [one, two] = [await runCli(args, folder), await runCli(args, folder)];
    expect(one.code, one.stderr).toBe(0);
    expect(one.stderr).toContain("grades its own answers");
    const [first, second] = [one, two].map(({ stdout }) => JSON.parse(stdout) as JudgementResult);
    expect(first?.target).toMatchObject({ model: "demo", answers: "generated" });
    expect(second?.rows).toEqual(first?.rows);
    expect(second?.metrics).toEqual(first?.metrics);
  });

  it("reads written scores and votes of a model in this process, and ends cleanly", async () => {
    const folder = temporaryFolder();
    for (const method of ["generate", "votes"]) {
      const args = ["judge", "--limit", "3", "--rubric", "accuracy", "--rubric", "clarity", "--judge-method", method];
      const result = await json<JudgementResult>(args, folder);
      expect(result.judge).toMatchObject({ method, reason: "before" });
      expect(result.study.rows).toMatchObject({ scored: 3, unscored: 0 });
    }
    const plan = await json<{ schema: string; calls: number; prompt_tokens: number | null }>(
      ["judge", "-d", answers(folder, 6).right, "--dry-run", "--judge-votes", "3"],
      folder,
    );
    expect(plan).toMatchObject({ schema: "llmops.judge-plan/1", calls: 6 * 3 * 3 });
    expect(plan.prompt_tokens).toBeGreaterThan(1000);
  });

  it("fails by --min-score and against a baseline, and knows what it was not told", async () => {
    const folder = temporaryFolder();
    const { right, wrong } = answers(folder, 12);
    const judge = ["judge", "--rubric", "correctness", "-d"];
    expect((await runCli([...judge, wrong, "--min-score", "4.5"], folder)).code).toBe(1);
    const passing = await runCli([...judge, right, "--min-score", "correctness=1"], folder);
    expect([passing.code, passing.stdout]).toEqual([0, expect.stringContaining("gate correctness >= 1 by the mean: met")]);
    expect((await runCli(["baseline", "bless", "main"], folder)).code).toBe(0);
    const worse = await runCli([...judge, wrong, "--baseline", "main"], folder);
    expect([worse.code, worse.stdout]).toEqual([
      1,
      expect.stringContaining("gate correctness not worse than baseline main: not met: worse"),
    ]);
    for (const [flags, message] of [
      [["--min-score", "nine"], "--min-score nine is not a score of correctness"],
      [["--rubric", "corectness"], 'Rubric "corectness" was not found'],
      [["--rubric", "faithfulness"], "has no context, which the rubric faithfulness requires"],
    ] as const) {
      const refused = await runCli([...judge, right, ...flags], folder);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  });

  it("is calibrated by people's labels, and a card is asked for", async () => {
    const folder = temporaryFolder();
    const labels = labeled(folder, "correctness");
    const judge = ["--rubric", "correctness"];
    const refused = await runCli(["judge", "-d", labels, ...judge, "--require-kappa", "0.2"], folder);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("was never calibrated")]);
    const card = await json<CalibrationCard>(["judge", "calibrate", "--labels", labels, ...judge], folder);
    expect(card).toMatchObject({ criterion: "correctness", rows: 60, unscored: 0, raters: 1 });
    expect(card.anchors).toHaveLength(12);
    const known = await json<JudgementResult>(["judge", "-d", labels, "--answers", "given", ...judge], folder);
    expect(known.judge.criteria[0]?.card?.kappa).toBe(card.kappa.value);
    expect(known.judge.shift?.["correctness"]).toMatchObject({ anchors: 12, moved: false });
    expect((await runCli(["judge", "cards"], folder)).stdout).toContain("quadratic kappa");
    expect((await runCli(["judge", "-d", labels, ...judge, "--require-kappa", "0.9999"], folder)).code).toBe(1);
  });

  it("compares answers in pairs, in both orders", async () => {
    const folder = temporaryFolder();
    const { right, wrong } = answers(folder, 8);
    const result = await json<PairwiseResult>(["judge", "--pairwise", right, wrong, "--rubric", "correctness"], folder);
    expect(result).toMatchObject({ schema: "llmops.pairwise/2", contestants: ["right", "wrong"], study: { samples: 8, comparisons: 16 } });
    const pair = result.criteria["correctness"]?.pairs[0];
    expect((pair?.wins ?? 0) + (pair?.losses ?? 0) + (pair?.ties ?? 0)).toBe(8);
    expect(pair?.wins).toBeGreaterThan(pair?.losses ?? 0);
    const models = await json<PairwiseResult>(["judge", "--pairwise", "demo", wrong, "-d", right], folder);
    expect(models.contestants).toEqual(["demo", "wrong"]);
  });

  it("audits a judge with planted answers", async () => {
    const folder = temporaryFolder();
    const result = await runCli(["judge", "audit", "--limit", "4", "--rubric", "correctness", "--json"], folder);
    expect([0, 1]).toContain(result.code);
    const audit = JSON.parse(result.stdout) as AuditResult;
    expect(audit.shifts).toHaveLength(15);
    expect(audit.unscored).toBe(0);
    expect(audit.study.rows.scored).toBe(4 * 2 * 6);
    expect(readdirSync(join(folder, ".llmops", "judges"))).toHaveLength(1);
  });

  it("lists and makes rubrics, and grades by one of a sentence", async () => {
    const folder = temporaryFolder();
    expect((await runCli(["judge", "rubric", "list"], folder)).stdout).toContain("faithfulness");
    const made = await runCli(["judge", "rubric", "new", "politeness", "--criteria", "Is the answer polite?"], folder);
    expect([made.code, existsSync(join(folder, ".llmops/rubrics/politeness.yaml"))]).toEqual([0, true]);
    expect((await runCli(["judge", "rubric", "show", "politeness"], folder)).stdout).toContain("Is the answer polite?");
    const { right } = answers(folder, 4);
    const result = await json<JudgementResult>(
      ["judge", "-d", right, "--rubric", "politeness", "--criteria", "The answer is short."],
      folder,
    );
    expect(result.judge.criteria.map(({ name }) => name)).toEqual(["politeness", "criterion"]);
  });

  it("scores a sweep", async () => {
    const folder = temporaryFolder();
    const args = [
      "sweep",
      "temperature",
      "0,2",
      "--limit",
      "10",
      "--repeats",
      "1",
      "--scorer",
      "judge:correctness",
      "--scorer",
      "mix=0.5*judge_correctness+contains",
    ];
    const result = await json<{ settings: { metrics: Record<string, { mean: number; n: number }> }[]; best: { params: object } }>(
      args,
      folder,
    );
    const [cold, hot] = result.settings.map(({ metrics }) => metrics["judge_correctness"]);
    expect(cold?.n).toBe(10);
    expect(cold?.mean).toBeGreaterThan(hot?.mean ?? 5);
    expect(result.best.params).toEqual({ temperature: 0 });
    expect(result.settings[0]?.metrics["mix"]?.n).toBe(10);
  });
});

describe("llmops judge at an endpoint", () => {
  /** A server that answers every chat, without log-probabilities, as `reply` says. */
  async function endpoint(reply: (body: { messages: { content: string }[]; stream?: boolean }) => string | undefined): Promise<string> {
    const server = createServer((request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString()));
      request.on("end", () => {
        response.setHeader("content-type", request.method === "GET" ? "application/json" : "text/event-stream");
        if (request.method === "GET") return response.end(JSON.stringify({ object: "list", data: [{ id: "plain", object: "model" }] }));
        const content = reply(JSON.parse(text) as { messages: { content: string }[] });
        if (content === undefined)
          return response.writeHead(400, { "content-type": "application/json" }).end('{"error": {"message": "no"}}');
        const chunk = (delta: object, reason: string | null) =>
          `data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", created: 1, model: "plain", choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
        return response.end(`${chunk({ content }, null)}${chunk({}, "stop")}data: [DONE]\n\n`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it("votes where there are no log-probabilities and says so; what cannot be read is listed and asked for again", async () => {
    const folder = temporaryFolder();
    const { right } = answers(folder, 5);
    let healed = false;
    const url = await endpoint(({ messages }) => {
      const bad = messages.some(({ content }) => content.includes("opposite of new")) && !healed;
      return bad ? "I would rather not say." : '{"justification": "it fits", "score": 4}';
    });
    const args = ["judge", "-d", right, "--rubric", "accuracy", "--judge-endpoint", url, "--votes", "3"];
    const first = await runCli([...args, "--json"], folder);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toContain("by 3 votes");
    const result = JSON.parse(first.stdout) as JudgementResult;
    expect(result.study.rows).toMatchObject({ scored: 4, unscored: 1 });
    expect(result.rows.find(({ state }) => state === "unscored")).toMatchObject({
      id: "qa-001",
      score: null,
      problem: expect.stringContaining("no verdict") as string,
    });
    expect(result.metrics["accuracy"]).toMatchObject({ mean: 4, n: 4, unscored: 1 });
    healed = true;
    const retried = await runCli(["judge", "--resume", "last", "--retry-failed", "--json"], folder);
    expect(retried.code, retried.stderr).toBe(0);
    expect((JSON.parse(retried.stdout) as JudgementResult).study.rows).toMatchObject({ scored: 5, unscored: 0 });
    const repeated = await runCli([...args, "--resume", "last", "--json"], folder);
    expect(repeated.code, repeated.stderr).toBe(0);
    expect((JSON.parse(repeated.stdout) as JudgementResult).study.rows).toMatchObject({ scored: 5, resumed: 5 });
    const counts = queryStore(folder, "SELECT count(*) AS n, count(DISTINCT trace_id) AS traces FROM assessments");
    expect(counts).toMatchObject([{ n: 5, traces: 5 }]);
  });

  it("keeps what is done after Ctrl+C and continues with it", async () => {
    const folder = temporaryFolder();
    const { right } = answers(folder, 40);
    let calls = 0;
    const url = await endpoint(() => {
      calls++;
      return '{"score": 4}';
    });
    const running = startCli(
      ["judge", "-d", right, "--rubric", "accuracy", "--judge-endpoint", url, "--method", "generate", "-c", "1"],
      folder,
    );
    await expect.poll(() => calls, { interval: 5 }).toBeGreaterThanOrEqual(12);
    running.process.kill("SIGINT");
    const stopped = await running.finished;
    expect([stopped.code, stopped.stdout]).toEqual([130, expect.stringContaining("continue with: llmops judge --resume")]);
    const result = await json<JudgementResult>(["judge", "--resume", "last"], folder);
    expect(result.study.rows.scored).toBe(40);
    expect(result.study.rows.resumed).toBeGreaterThan(5);
    const { runs } = await json<{ runs: unknown[] }>(["mlflow", "runs"], folder);
    expect(runs).toHaveLength(1);
  });

  it("writes no card of half a calibration, and says how to go on", async () => {
    const folder = temporaryFolder();
    const labels = labeled(folder, "correctness");
    const url = await endpoint(() => '{"score": 4}');
    const calibrate = [
      "judge",
      "calibrate",
      "--labels",
      labels,
      "--rubric",
      "correctness",
      "--judge-endpoint",
      url,
      "--method",
      "generate",
    ];
    const spent = await runCli([...calibrate, "--budget", "20calls", "-c", "1"], folder);
    expect([spent.code, spent.stderr]).toEqual([
      4,
      expect.stringMatching(/budget was spent after \d+ of 60 rows[^]*judge calibrate --resume/),
    ]);
    expect(existsSync(join(folder, ".llmops", "judges"))).toBe(false);
    const card = await json<CalibrationCard>(["judge", "calibrate", "--resume", "last", "--budget", "1000calls"], folder);
    expect(card.rows).toBe(60);
    for (const flag of ["--junit", "--system", "--dry-run"]) {
      expect((await runCli(["judge", "calibrate", flag, "x"], folder)).stderr).toMatch(/Nonexistent flag|Unexpected argument/);
    }
  });

  it("keeps what models answered when a comparison is interrupted, and asks only for the rest", async () => {
    const folder = temporaryFolder();
    const { right } = answers(folder, 30);
    let questions = 0;
    const contestant = () => endpoint(() => `answer ${++questions}`);
    const judge = await endpoint(() => '{"winner": "A"}');
    const models = [await contestant(), await contestant()];
    const compare = ["judge", "--pairwise", ...models, "-d", right, "--judge-endpoint", judge, "--method", "generate", "-c", "2"];
    const spent = await runCli([...compare, "--budget", "25calls"], folder);
    expect([spent.code, spent.stderr]).toEqual([4, expect.stringContaining("the same command continues from them")]);
    const result = await json<PairwiseResult>(compare, folder);
    expect(questions).toBe(60);
    expect(result.study).toMatchObject({ status: "finished", comparisons: 60 });
    expect((await runCli(["judge", "--pairwise", "a.gguf", models[0] ?? ""], folder)).stderr).toContain("are model files and endpoints");
  });

  it("refuses a panel whose judges are read in different ways", async () => {
    const folder = temporaryFolder();
    const { right } = answers(folder, 3);
    const url = await endpoint(() => '{"score": 4}');
    const mixed = await runCli(["judge", "-d", right, "--judge-model_path", "demo", "--judge-endpoint", url], folder);
    expect([mixed.code, mixed.stderr]).toEqual([2, expect.stringMatching(/by probability[^]*by votes/)]);
  });
});
