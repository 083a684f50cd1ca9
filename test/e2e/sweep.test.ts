import { copyFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { studyData } from "../helpers/page-data.js";
import { runCli, startCli } from "../helpers/run-cli.js";
import { keptCells } from "../helpers/study-files.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const DEMO = fileURLToPath(new URL("../../models/demo/demo-q8_0.gguf", import.meta.url));

interface Document {
  schema: string;
  command: string;
  study: {
    id: string;
    status: string;
    run_id: string;
    experiment_id: string;
    cells: { done: number; failed: number; planned: number; resumed: number };
    dataset: { samples: number };
  };
  settings: {
    params: Record<string, number>;
    repeats: number;
    metrics: Record<string, { mean: number; low: number; high: number; n: number }>;
    run_id: string;
  }[];
  best: { params: Record<string, number>; value: number; run_id: string; tied_with: unknown[] } | null;
}

describe("llmops sweep", () => {
  it("prints one JSON document on stdout and records every setting under a parent run", async () => {
    const folder = temporaryFolder();
    const { code, stdout, stderr } = await runCli(["sweep", "temperature", "0,2", "--limit", "20", "--json"], folder);
    expect(code, stderr).toBe(0);
    const result = JSON.parse(stdout) as Document;
    expect(result).toMatchObject({ schema: "llmops.sweep/3", command: "llmops sweep temperature 0,2 --limit 20 --json" });
    expect(result.study).toMatchObject({ status: "finished", cells: { done: 80, failed: 0, planned: 80 }, dataset: { samples: 20 } });
    const [cold, hot] = result.settings;
    expect([cold?.repeats, hot?.repeats]).toEqual([1, 3]);
    for (const name of ["accuracy", "exact", "contains", "response_length", "latency_seconds", "tokens_per_second"]) {
      expect(cold?.metrics[name]?.n, name).toBe(20);
    }
    expect(cold!.metrics["accuracy"]!.mean).toBeGreaterThan(hot!.metrics["accuracy"]!.mean);
    expect(cold!.metrics["accuracy"]!.low).toBeLessThanOrEqual(cold!.metrics["accuracy"]!.mean);
    expect(result.best).toMatchObject({ params: { temperature: 0 }, run_id: cold?.run_id });

    const runs = JSON.parse((await runCli(["mlflow", "runs", "--json"], folder)).stdout) as {
      runs: {
        run_id: string;
        status: string;
        params: Record<string, string>;
        metrics: Record<string, number>;
        tags: Record<string, string>;
      }[];
    };
    expect(runs.runs).toHaveLength(3);
    const child = runs.runs.find((run) => run.run_id === cold?.run_id);
    expect(child).toMatchObject({
      status: "FINISHED",
      params: { temperature: "0", max_tokens: "64" },
      tags: { "mlflow.parentRunId": result.study.run_id, "llmops.best": "true" },
    });
    expect(child?.metrics["accuracy"]).toBe(cold?.metrics["accuracy"]?.mean);
    const artifact = join(folder, "mlartifacts", result.study.experiment_id, child!.run_id, "artifacts", "eval_results_table.json");
    const table = JSON.parse(readFileSync(artifact, "utf8")) as { columns: string[]; data: unknown[][] };
    expect(table.data).toHaveLength(20);
    expect(table.columns).toContain("outputs");
  });

  it("gives the same answers and accuracy for the same seed", async () => {
    const run = async () => {
      const { stdout } = await runCli(["sweep", "temperature", "1", "--limit", "10", "-c", "1", "--json"], temporaryFolder());
      const { metrics } = (JSON.parse(stdout) as Document).settings[0]!;
      return [metrics["accuracy"], metrics["response_length"]];
    };
    expect(await run()).toEqual(await run());
  });

  it("prints a table, the best setting and where it is recorded, plainly when piped", async () => {
    const folder = temporaryFolder();
    const { code, stdout, stderr } = await runCli(
      ["sweep", "temperature", "0.1..0.9", "top_p=0.9,1", "--grid", "--limit", "4", "--repeats", "1"],
      folder,
    );
    expect(code).toBe(0);
    expect(stderr).toBe("Sweeping demo: 4 of 240 rows, 10 settings, 40 completions.\n");
    expect(stdout).toMatch(/temperature .* top_p .* accuracy .* 95 % interval .* ties .* diff .* latency .* tokens\/s/);
    expect(stdout).toMatch(/(Best|Highest): temperature 0\.1, top_p 0\.9 with 100\.0 % accuracy \(contains\)/);
    expect(stdout).toContain(`Recorded in sqlite:///${folder}/mlflow.db, experiment "sweep"`);
    expect(stdout).not.toContain("\u001b");
    const experiments = await runCli(["mlflow", "experiments"], folder);
    expect(experiments.stdout).toMatch(/sweep/);
  });

  it("writes Markdown, CSV and the step summary, and notices before the work where it cannot", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "summary.md"), "before\n");
    const env = { GITHUB_STEP_SUMMARY: join(folder, "summary.md") };
    const args = ["sweep", "temperature", "0,1", "--limit", "4", "--repeats", "1"];
    expect((await runCli([...args, "--markdown", "out.md", "--csv", "out.csv"], folder, env)).code).toBe(0);
    const markdown = readFileSync(join(folder, "out.md"), "utf8");
    expect(markdown).toMatch(
      /^### sweep temperature: demo\n\n(Best|No setting is shown to be better than another\. Highest): \*\*temperature/,
    );
    expect(readFileSync(join(folder, "summary.md"), "utf8")).toBe(`before\n${markdown}`);
    expect(readFileSync(join(folder, "out.csv"), "utf8")).toMatch(/^temperature,accuracy,accuracy_ci_low/);
    const refused = await runCli([...args, "--csv", "none/out.csv"], temporaryFolder());
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^Error \[INVALID_ARGUMENT\] none\/out\.csv cannot be written/);
  });

  it("keeps what is done on Ctrl+C", async () => {
    const folder = temporaryFolder();
    const cli = startCli(["sweep", "temperature", "0..2", "--limit", "0", "--repeats", "20", "--json"], folder);
    await cli.seen(/Sweeping demo/);
    await expect.poll(() => keptCells(folder)).toBeGreaterThan(30);
    cli.process.kill("SIGINT");
    const { code, stdout } = await cli.finished;
    expect(code).toBe(130);
    const { study } = JSON.parse(stdout) as Document;
    expect(study.status).toBe("interrupted");
    expect(study.cells.done).toBeGreaterThan(10);
    expect(study.cells.done).toBeLessThan(study.cells.planned);
    const { runs } = JSON.parse((await runCli(["mlflow", "runs", "--json"], folder)).stdout) as {
      runs: { status: string; metrics: Record<string, number> }[];
    };
    expect(runs).toHaveLength(6);
    expect(new Set(runs.map((run) => run.status))).toEqual(new Set(["KILLED"]));
    expect(runs.some((run) => run.metrics["accuracy"] !== undefined)).toBe(true);
  });

  it("goes on after Ctrl+C and kill -9, repeats nothing, and keeps to one parent run", async () => {
    const folder = temporaryFolder();
    const args = ["sweep", "temperature", "0.5,1", "--limit", "0", "--repeats", "2", "--json"];
    for (const signal of ["SIGINT", "SIGKILL"] as const) {
      const cli = startCli(signal === "SIGINT" ? args : ["sweep", "--resume", "last", "--json"], folder);
      await cli.seen(signal === "SIGINT" ? /Sweeping demo/ : /Resuming demo/);
      const before = keptCells(folder);
      await expect.poll(() => keptCells(folder)).toBeGreaterThan(before + 30);
      cli.process.kill(signal);
      await cli.finished;
    }
    const { code, stdout, stderr } = await runCli(["sweep", "--resume", "last", "--json"], temporaryFolder(), {
      LLMOPS_STATE_DIR: join(folder, ".state"),
    });
    expect(code, stderr).toBe(0);
    const { study, settings } = JSON.parse(stdout) as Document;
    expect(study).toMatchObject({ status: "finished", cells: { done: 960, failed: 0, planned: 960 } });
    expect(study.cells.resumed).toBeGreaterThan(50);
    const lines = readFileSync(join(folder, ".state", "studies", study.id, "cells.jsonl"), "utf8")
      .trim()
      .split("\n");
    expect(lines).toHaveLength(960);
    expect(new Set(lines.map((line) => (JSON.parse(line) as { seed: number }).seed)).size).toBe(960);
    const { runs } = JSON.parse((await runCli(["mlflow", "runs", "--json"], folder)).stdout) as {
      runs: { run_id: string; status: string; metrics: Record<string, number> }[];
    };
    expect(runs.map(({ status }) => status)).toEqual(["FINISHED", "FINISHED", "FINISHED"]);
    expect(runs.find(({ run_id: id }) => id === settings[0]?.run_id)?.metrics["cells_done"]).toBe(480);
  });

  it("refuses to resume a study whose dataset changed, or that does not exist", async () => {
    const folder = temporaryFolder();
    const data = join(folder, "data.jsonl");
    writeFileSync(data, '{"question": "What is the capital of France?", "answer": "Paris"}\n');
    expect((await runCli(["sweep", "temperature", "0", "--dataset", "data.jsonl"], folder)).code).toBe(0);
    writeFileSync(data, '{"question": "What is the capital of Italy?", "answer": "Rome"}\n');
    const changed = await runCli(["sweep", "--resume", "last"], folder);
    expect(changed.code).toBe(2);
    expect(changed.stderr).toMatch(/^Error \[STUDY_CHANGED\] The study \S+ had other dataset/m);
    const missing = await runCli(["sweep", "--resume", "1999"], folder);
    expect(missing.stderr).toMatch(/^Error \[STUDY_NOT_FOUND\] No study "1999" was found/);
  });

  it("varies prompts, has strategies, several scorers and a page with every answer", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "brief.txt"), "Answer in one word.\n");
    writeFileSync(join(folder, "mine.mjs"), "export default { kind: 'rate', score: (s, c) => c.text.length < 30 }");
    const prompts = await runCli(
      [
        "sweep",
        "system=",
        "system=@brief.txt",
        "--limit",
        "10",
        "--set",
        "temperature=0",
        "--scorer",
        "mix=0.5*contains+0.5*rouge_l",
        "--scorer",
        "./mine.mjs",
        "--html",
        "r.html",
        "--charts",
        "charts",
        "--junit",
        "j.xml",
        "--json",
      ],
      folder,
    );
    expect(prompts.code, prompts.stderr).toBe(0);
    const result = JSON.parse(prompts.stdout) as Document & { study: { metric: string } };
    expect(result.study.metric).toBe("mix");
    for (const name of ["mix", "contains", "rouge_l", "mine"]) expect(result.settings[0]?.metrics[name]?.n, name).toBe(10);
    const page = studyData(join(folder, "r.html"));
    expect(page.study.result).toMatchObject({ schema: "llmops.sweep/3", study: { metric: "mix" } });
    expect(page.answers?.rows).toHaveLength(10);
    expect(page.answers?.answers.map((rows) => rows.filter(([answer]) => answer?.text).length)).toEqual([10, 10]);
    expect(readFileSync(join(folder, "j.xml"), "utf8")).toContain('tests="2" failures="0"');
    expect(readdirSync(join(folder, "charts"))).toContain("scores.png");
    const strategies = await runCli(["sweep", "--scorer", "exact", "--strategies", "default", "--limit", "5"], folder);
    expect(strategies.stdout).toMatch(/pure-temperature .*\n.*pure-top-p .*\n.*combined /);
  });

  it("plans without running, ends within a budget, and fails under a threshold", async () => {
    const folder = temporaryFolder();
    const args = ["sweep", "temperature", "1.5", "--limit", "20"];
    const plan = await runCli([...args, "--dry-run", "--json"], folder);
    expect(JSON.parse(plan.stdout)).toMatchObject({
      schema: "llmops.plan/1",
      calls: 60,
      samples: 20,
      promptTokens: expect.any(Number) as number,
    });
    expect(existsSync(join(folder, "mlflow.db"))).toBe(false);
    const budget = await runCli([...args, "--budget", "7calls", "-c", "1"], folder);
    expect(budget.code).toBe(4);
    expect(budget.stdout).toMatch(/The budget was spent after 7 of 60 cells; continue with: llmops sweep --resume \S+/);
    const under = await runCli([...args, "--fail-under", "accuracy<0.99"], folder);
    expect(under.code).toBe(1);
    expect(under.stdout).toMatch(/gate accuracy >= 0\.99 by the mean: not met: accuracy of temperature=1\.5 is \d/);
  });

  it("drives another llmops serve over HTTP", async () => {
    const folder = temporaryFolder();
    const server = startCli(["serve", "--port", "0"], folder);
    const [, url] = await server.seen(/Listening on (http:\S+)/);
    const { code, stdout, stderr } = await runCli(["sweep", "temperature", "0,1", "--limit", "5", "--endpoint", url!, "--json"], folder);
    expect(code, stderr).toBe(0);
    expect(stderr).toBe("Sweeping demo: 5 of 240 rows, 2 settings, 20 completions.\n");
    const result = JSON.parse(stdout) as Document & { study: { target: string } };
    expect(result.study.target).toBe(`${url}/v1`);
    expect(result.settings[0]?.metrics["accuracy"]?.mean).toBeGreaterThan(0.5);
    server.process.kill("SIGTERM");
    expect((await server.finished).code).toBe(0);
  });
});

describe("bad input to sweep", () => {
  const rows = (text: string) => (folder: string) => {
    writeFileSync(join(folder, "data.jsonl"), text);
    return ["temperature", "0.5", "--dataset", "data.jsonl"];
  };
  const model = (text: string) => (folder: string) => {
    writeFileSync(join(folder, "m.gguf"), text);
    return ["temperature", "0.5", "-m", "m.gguf"];
  };
  it.each<[string, (folder: string) => string[], number, string]>([
    ["nothing to sweep", () => [], 2, "INVALID_ARGUMENT"],
    ["a downward range", () => ["temperature", "0.9..0.1:0.2"], 2, "INVALID_RANGE"],
    ["a word for a range", () => ["temperature", "abc"], 2, "INVALID_RANGE"],
    ["an unknown parameter", () => ["temprature", "0.1..0.9"], 2, "UNKNOWN_PARAMETER"],
    ["an unknown parameter that is set", () => ["temperature", "0.5", "--set", "topp=0.9"], 2, "UNKNOWN_PARAMETER"],
    ["a parameter set and swept", () => ["max_tokens", "4,8", "--set", "max_tokens=5"], 2, "INVALID_ARGUMENT"],
    ["one limit under two names", () => ["max_tokens", "4,8", "--set", "max_completion_tokens=5"], 2, "INVALID_ARGUMENT"],
    ["a format that is none", () => ["temperature", "0.5", "--set", "response_format=xml"], 2, "INVALID_ARGUMENT"],
    ["an unknown flag", () => ["temperature", "0.5", "--nonsense"], 2, "INVALID_ARGUMENT"],
    ["an empty dataset", rows(""), 2, "DATASET_INVALID"],
    ["a malformed dataset", rows('{"question": "a"}\nnot json\n'), 2, "DATASET_INVALID"],
    ["a missing dataset", () => ["temperature", "0.5", "--dataset", "no.jsonl"], 2, "DATASET_NOT_FOUND"],
    ["a missing model", () => ["temperature", "0.5", "-m", "no.gguf"], 2, "MODEL_NOT_FOUND"],
    ["an empty model", model(""), 2, "MODEL_INVALID"],
    ["a model that is none", model("hello, this is text"), 2, "MODEL_INVALID"],
    ["an unreachable endpoint", () => ["temperature", "0.5", "--endpoint", "http://127.0.0.1:1"], 3, "ENDPOINT_UNREACHABLE"],
    ["both a model and an endpoint", () => ["temperature", "0.5", "-m", "demo", "--endpoint", "http://127.0.0.1:1"], 2, "INVALID_ARGUMENT"],
    [
      "a missing key variable",
      () => ["temperature", "0.5", "--endpoint", "http://127.0.0.1:1", "--api-key-env", "NO_SUCH_KEY"],
      2,
      "INVALID_ARGUMENT",
    ],
  ])("%s gives one clear message with a hint", async (_, prepare, exitCode, errorCode) => {
    const folder = temporaryFolder();
    const args = prepare(folder);
    const before = readdirSync(folder);
    const { code, stdout, stderr } = await runCli(["sweep", ...args], folder);
    expect(code, stderr).toBe(exitCode);
    expect(stdout).toBe("");
    expect(stderr).toMatch(new RegExp(`^Error \\[${errorCode}\\] .+\nHint: .+\n$`));
    expect(stderr).not.toMatch(/\n\s+at /);
    const left = readdirSync(folder).filter((name) => !before.includes(name) && !/^mlflow\.db|^mlartifacts$/.test(name));
    expect(left).toEqual([]);
  });

  it("names the line of a malformed dataset", async () => {
    const folder = temporaryFolder();
    const { stderr } = await runCli(["sweep", ...rows('{"question": "a"}\nnot json\n')(folder)], folder);
    expect(stderr).toContain("data.jsonl:2: not valid JSON");
  });

  it("says so when the store cannot be written, before any work", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const { code, stderr } = await runCli(["sweep", "temperature", "0.5", "--tracking-uri", "file/store"], folder);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^Error \[STORE_UNWRITABLE\]/);
    expect(existsSync(join(folder, "mlflow.db"))).toBe(false);
    expect(existsSync(join(folder, ".state", "studies")) ? readdirSync(join(folder, ".state", "studies")) : []).toEqual([]);
  });

  it("notices gates that could not be checked, before any work", async () => {
    const folder = temporaryFolder();
    const { code, stderr } = await runCli(["sweep", "temperature", "0", "--fail-under", "speed<1"], folder);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^Error \[INVALID_ARGUMENT\] The study will have no metric "speed"/)]);
    expect((await runCli(["sweep", "temperature", "0", "--budget", "much"], folder)).stderr).toMatch(/^Error \[INVALID_ARGUMENT\] "much"/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("answers errors as JSON too", async () => {
    const { code, stdout, stderr } = await runCli(["sweep", "temperature", "abc", "--json"], temporaryFolder());
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: "llmops.error/1",
      error: { code: "INVALID_RANGE", hint: expect.stringContaining("0.1..0.9") },
    });
    expect(stderr).toBe("");
  });

  it("leaves no store behind when the model or the dataset is wrong", async () => {
    const folder = temporaryFolder();
    await runCli(["sweep", "temperature", "0.5", "-m", "no.gguf"], folder);
    await runCli(["sweep", "temperature", "0.5", "--dataset", "no.jsonl"], folder);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("results", () => {
  it("are blessed, compared with, and gate: 0 as good, 1 worse, 2 without a baseline", async () => {
    const folder = temporaryFolder();
    const sweep = (...args: string[]) => runCli(["sweep", "temperature", ...args, "--limit", "40"], folder);
    expect((await sweep("0.2")).code).toBe(0);
    const blessed = await runCli(["baseline", "bless", "main", "--json"], folder);
    expect(JSON.parse(blessed.stdout)).toMatchObject({
      path: ".llmops/baselines/main.json",
      metrics: { accuracy: expect.any(Number) as number },
    });
    const bytes = readFileSync(join(folder, ".llmops/baselines/main.json"), "utf8");
    const same = await sweep("0.2", "--baseline", "main");
    expect([same.code, same.stdout]).toEqual([0, expect.stringContaining("gate not worse than baseline main: met")]);
    await runCli(["baseline", "bless", "main"], folder);
    expect(readFileSync(join(folder, ".llmops/baselines/main.json"), "utf8")).toBe(bytes);
    const worse = await sweep("1.5", "--baseline", "main");
    expect([worse.code, worse.stdout]).toEqual([
      1,
      expect.stringMatching(/gate not worse than baseline main: not met: temperature=1\.5 is worse/),
    ]);
    expect((await sweep("0.2", "--baseline", "none")).stderr).toMatch(/^Error \[BASELINE_NOT_FOUND\].*\nHint: Available: main\./);
    expect((await runCli(["baseline", "list"], folder)).stdout).toContain("main");
    const gated = await runCli(["compare", ".llmops/baselines/main.json", "temperature=1.5", "--gate", "accuracy", "--json"], folder);
    expect(gated.code).toBe(1);
    expect((await runCli(["compare", ".llmops/baselines/main.json", "last", "--gate", "accuracy"], folder)).code).toBe(1);
    const { comparisons } = JSON.parse(gated.stdout) as { comparisons: { score: string; verdict: string; samples: number }[] };
    expect(comparisons.find(({ score }) => score === "accuracy")).toMatchObject({ verdict: "worse", samples: 40 });
  });

  it("of files are compared, and what cannot be is refused", async () => {
    const folder = temporaryFolder();
    const rows = (name: string, value: (i: number) => number) => {
      writeFileSync(join(folder, name), Array.from({ length: 60 }, (_, i) => JSON.stringify({ id: i, quality: value(i) })).join("\n"));
      return name;
    };
    const files = [rows("a.jsonl", (i) => i % 5), rows("b.jsonl", (i) => (i % 5) + (i % 3))];
    const { stdout, code } = await runCli(["compare", ...files, "--json"], folder);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      comparisons: [{ source: "b.jsonl", score: "quality", verdict: "better", difference: 1, test: "paired t" }],
    });
    expect(readdirSync(folder).filter((name) => name.startsWith("mlflow"))).toEqual([]);
    writeFileSync(join(folder, "c.txt"), "hello");
    expect((await runCli(["compare", "a.jsonl", "c.txt"], folder)).stderr).toMatch(/^Error \[INVALID_ARGUMENT\] c\.txt has no scores/);
    expect((await runCli(["compare", "a.jsonl", "b.jsonl", "--gate", "speed"], folder)).stderr).toContain('no score "speed" in common');
    expect((await runCli(["compare", "a.jsonl"], folder)).code).toBe(2);
  });

  it("of two models come with a verdict", async () => {
    const folder = temporaryFolder();
    copyFileSync(DEMO, join(folder, "copy.gguf"));
    const { stdout, code, stderr } = await runCli(["ab", "demo", "copy.gguf", "--limit", "20", "--set", "temperature=0", "--json"], folder);
    expect(code, stderr).toBe(0);
    const { settings, reference } = JSON.parse(stdout) as { settings: { comparison: unknown }[]; reference: unknown };
    expect(reference).toEqual({ model: "demo" });
    expect(settings[0]?.comparison).toBeNull();
    expect(settings[1]?.comparison).toMatchObject({ samples: 20, difference: 0 });
    expect((await runCli(["ab", "demo", "http://127.0.0.1:1"], folder)).stderr).toMatch(/timed in the same way/);
    expect((await runCli(["ab", "demo"], folder)).stderr).toMatch(/Two different models/);
  });
});

describe("llmops bench", () => {
  it("loads an endpoint, judges objectives and records every level", async () => {
    const folder = temporaryFolder();
    const server = startCli(["serve", "--port", "0"], folder);
    const [, url] = await server.seen(/Listening on (http:\S+)/);
    const args = ["bench", url!, "--concurrency", "1,4", "--requests", "20", "--max_tokens", "8", "--slo", "e2e<60s", "--json"];
    const { code, stdout, stderr } = await runCli(args, folder);
    expect(code, stderr).toBe(0);
    const result = JSON.parse(stdout) as {
      run_id: string;
      levels: { value: number; requests: object; goodput: number; ttft_ms: { p99: number } }[];
    };
    expect(result.levels.map(({ value, requests }) => [value, requests])).toEqual([
      [1, { done: 20, failed: 0 }],
      [4, { done: 20, failed: 0 }],
    ]);
    expect(result.levels[0]?.goodput).toBeGreaterThan(0);
    const shown = await runCli(["mlflow", "run", "show", result.run_id, "--json"], folder);
    expect(shown.stdout).toContain("ttft_ms_p99");
    const missed = await runCli(["bench", "--rate", "20", "--requests", "5", "--slo", "e2e<0.001ms", url!], folder); // a flag takes one value
    expect(missed.code).toBe(1);
    expect(missed.stdout).toContain("e2e<0.001ms: 0.0 %");
    server.process.kill("SIGTERM");
    await server.finished;
    expect((await runCli(["bench", "http://127.0.0.1:1"], folder)).stderr).toMatch(/^Error \[ENDPOINT_UNREACHABLE\]/);
    expect((await runCli(["bench", "--find-rate"], folder)).code).toBe(2);
    expect((await runCli(["bench", "--concurrency", "1.5"], folder)).stderr).toContain('"1.5" is not a valid concurrency');
  });
});
