import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { pageData } from "../helpers/page-data.js";
import { runCli, startCli, type CliResult } from "../helpers/run-cli.js";
import { queryStore } from "../helpers/query-store.js";
import { keptCells } from "../helpers/study-files.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

type Json = Record<string, any>;

/** Runs `llmops mlflow ... --json` and gives its document. */
async function mlflow(folder: string, args: string[], env: Record<string, string> = {}): Promise<Json & { code: number | null }> {
  const { code, stdout, stderr } = await runCli(["mlflow", ...args, "--json"], folder, env);
  try {
    return { ...(JSON.parse(stdout) as Json), code };
  } catch {
    throw new Error(`no JSON (exit ${code}): ${stdout}\n${stderr}`);
  }
}

async function train(folder: string, name: string, losses: number[], more: string[] = []): Promise<string> {
  const path = join(folder, `${name}.jsonl`);
  writeFileSync(path, losses.map((loss, i) => `${JSON.stringify({ step: i, loss, timestamp: 1_700_000_000 + i })}\n`).join(""));
  const { run_id: id } = await mlflow(folder, ["log-training", path, "--name", name, ...more]);
  return id as string;
}

/** Two runs with a table of scores: the second is right on more samples, or on the same. */
async function evaluate(folder: string, name: string, right: number): Promise<string> {
  const table = { columns: ["id", "exact"], data: Array.from({ length: 40 }, (_, i) => [`q${i}`, i < right ? 1 : 0]) };
  const id = await train(folder, name, [1]);
  writeFileSync(join(folder, "eval_results_table.json"), JSON.stringify(table));
  await mlflow(folder, ["artifacts", "put", id, "eval_results_table.json"]);
  const server = startCli(["mlflow", "server", "--port", "0"], folder);
  const [, url] = await server.seen(/Listening on (\S+)/);
  const body = JSON.stringify({ run_id: id, key: "exact", value: right / 40, timestamp: 1, step: 0 });
  await fetch(`${url}/api/2.0/mlflow/runs/log-metric`, { method: "POST", body, headers: { "content-type": "application/json" } });
  server.process.kill("SIGTERM");
  await server.finished;
  return id;
}

describe("llmops mlflow server", () => {
  it("serves the store of its folder to the other commands, has its application, and stops on SIGTERM", async () => {
    const folder = temporaryFolder();
    const server = startCli(["mlflow", "ui", "--port", "0"], folder);
    const [, url] = await server.seen(/Listening on (http:\S+)/);
    const elsewhere = temporaryFolder();
    const env = { MLFLOW_TRACKING_URI: url! };
    writeFileSync(join(elsewhere, "train.csv"), "step,loss\n1,2\n2,1\n");
    const { run_id: id } = await mlflow(elsewhere, ["log-training", "train.csv", "--name", "<b>bold</b>"], env);
    const { runs, tracking_uri: uri } = await mlflow(elsewhere, ["runs"], env);
    expect(uri).toBe(url);
    expect(runs).toMatchObject([{ run_id: id, metrics: { train_loss: 1, final_train_loss: 1 } }]);
    for (const path of ["/", "/app/", "/app/experiments/1", `/app/runs/${id}`]) {
      const page = await fetch(`${url}${path}`);
      expect(page.status).toBe(200);
      expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(await page.text()).not.toContain("<b>bold</b>");
    }
    server.process.kill("SIGTERM");
    expect(await server.finished).toMatchObject({ code: 0 });
    expect((await mlflow(folder, ["runs"]))["runs"]).toHaveLength(1);
  });

  it("asks for LLMOPS_MLFLOW_TOKEN, and clients send MLFLOW_TRACKING_TOKEN", async () => {
    const folder = temporaryFolder();
    const server = startCli(["mlflow", "server", "--port", "0"], folder, { LLMOPS_MLFLOW_TOKEN: "s3cret" });
    const [, url] = await server.seen(/Listening on (http:\S+)/);
    const refused = await mlflow(folder, ["experiments", "--tracking-uri", url!]);
    expect(refused).toMatchObject({ code: 3, error: { code: "STORE_FORBIDDEN", hint: expect.stringContaining("MLFLOW_TRACKING_TOKEN") } });
    const allowed = await mlflow(folder, ["experiments", "--tracking-uri", url!], { MLFLOW_TRACKING_TOKEN: "s3cret" });
    expect(allowed["experiments"]).toHaveLength(1);
    server.process.kill("SIGINT");
    expect((await server.finished).code).toBe(0);
  });

  it("says so when the port is taken", async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void blocker.close());
    const { port } = blocker.address() as AddressInfo;
    const { code, stderr } = await runCli(["mlflow", "server", "--port", String(port)], temporaryFolder());
    expect(code).toBe(3);
    expect(stderr).toMatch(/^Error \[PORT_IN_USE\]/);
  });
});

describe("runs from the command line", () => {
  it("are filtered, sorted, shown with the columns asked for, and found by parts of their ids", async () => {
    const folder = temporaryFolder();
    const slow = await train(folder, "slow", [3, 2], ["-p", "lr=0.1", "-p", "model=a"]);
    const quick = await train(folder, "quick", [3, 1], ["-p", "lr=0.2", "-p", "model=a"]);
    const filtered = await mlflow(folder, ["runs", "--filter", "metrics.train_loss < 1.5 AND params.lr = '0.2'"]);
    expect(filtered["runs"].map((run: Json) => run["run_id"])).toEqual([quick]);
    const sorted = await mlflow(folder, ["runs", "--sort", "metrics.train_loss ASC", "--experiment", "training"]);
    expect(sorted["runs"].map((run: Json) => run["run_id"])).toEqual([quick, slow]);
    const { stdout } = await runCli(["mlflow", "runs"], folder);
    expect(stdout).toContain("│ lr ");
    expect(stdout).not.toContain("│ model ");
    const chosen = await runCli(["mlflow", "runs", "--columns", "params.model,duration"], folder);
    expect(chosen.stdout).toContain("│ model │ duration │");
    expect((await mlflow(folder, ["run", "show", quick.slice(0, 8)]))["run"]).toMatchObject({
      run_id: quick,
      params: { lr: "0.2", model: "a" },
    });
    expect((await mlflow(folder, ["run", "show", "slow"]))["run"]["run_id"]).toBe(slow);
    const best = await mlflow(folder, ["best", "--metric", "train_loss"]);
    expect(best).toMatchObject({ direction: "min", value: 1, considered: 2, run: { run_id: quick } });
    expect(await mlflow(folder, ["best", "--metric", "train_loss", "--where", "train_loss>1.5"])).toMatchObject({
      value: 2,
      run: { run_id: slow },
    });
    expect(await mlflow(folder, ["summary"])).toMatchObject({ best_model_loss: 1, total_experiments: 2, cache_hit_rate: null });
  });

  it("are compared sample by sample", async () => {
    const folder = temporaryFolder();
    const base = await evaluate(folder, "base", 10);
    const better = await evaluate(folder, "better", 30);
    const same = await evaluate(folder, "same", 11);
    const { paired, differing_params: params } = await mlflow(folder, ["compare", base, better, same]);
    expect(params).toEqual([]);
    expect(paired).toMatchObject([
      { run_id: better, score: "exact", samples: 40, difference: 0.5, verdict: "better" },
      { run_id: same, score: "exact", difference: 0.025, verdict: "cannot tell" },
    ]);
    const { stdout } = await runCli(["mlflow", "compare", base, better], folder);
    expect(stdout).toMatch(/better .* exact .* \+0\.5 .* 40 .* better/);
  });

  it("that never ended are found and settled", async () => {
    const folder = temporaryFolder();
    const server = startCli(["mlflow", "server", "--port", "0"], folder);
    const [, url] = await server.seen(/Listening on (http:\S+)/);
    const create = (startTime: number) =>
      fetch(`${url}/api/2.0/mlflow/runs/create`, {
        method: "POST",
        body: JSON.stringify({ experiment_id: "0", start_time: startTime }),
        headers: { "content-type": "application/json" },
      });
    await create(1000);
    await create(Date.now());
    const { runs } = await mlflow(folder, ["stale", "--tracking-uri", url!]);
    expect(runs).toMatchObject([{ start_time: 1000, last_activity: 1000 }]);
    expect(await mlflow(folder, ["stale", "--kill", "--tracking-uri", url!])).toMatchObject({
      action: "kill",
      runs: [{ start_time: 1000 }],
    });
    expect((await mlflow(folder, ["stale", "--tracking-uri", url!]))["runs"]).toEqual([]);
    const [, killed] = (await mlflow(folder, ["runs", "--tracking-uri", url!]))["runs"] as Json[];
    expect(killed).toMatchObject({ status: "KILLED", end_time: 1000 });
    server.process.kill("SIGTERM");
    await server.finished;
  });
});

describe("artifacts and models from the command line", () => {
  it("go in and out", async () => {
    const folder = temporaryFolder();
    const id = await train(folder, "r", [1]);
    mkdirSync(join(folder, "adapter/sub"), { recursive: true });
    writeFileSync(join(folder, "adapter/a.bin"), "one");
    writeFileSync(join(folder, "adapter/sub/b.bin"), "two");
    expect((await mlflow(folder, ["artifacts", "put", id, "adapter"]))["files"].sort()).toEqual(["adapter/a.bin", "adapter/sub/b.bin"]);
    expect((await mlflow(folder, ["artifacts", "list", id, "-r"]))["files"].map((file: Json) => file["path"])).toEqual([
      "adapter/a.bin",
      "adapter/sub/b.bin",
    ]);
    await mlflow(folder, ["artifacts", "get", id, "adapter/sub", "--out", "got"]);
    expect(readFileSync(join(folder, "got/sub/b.bin"), "utf8")).toBe("two");
    expect(await mlflow(folder, ["artifacts", "get", id, "nothing"])).toMatchObject({ code: 3, error: { code: "STORE_NOT_FOUND" } });
    expect(await mlflow(folder, ["artifacts", "put", id, "nothing"])).toMatchObject({ code: 2, error: { code: "INVALID_ARGUMENT" } });
  });

  it("are registered, promoted when they have earned it, and served by their alias", async () => {
    const folder = temporaryFolder();
    const [base, better, worse] = [
      await evaluate(folder, "base", 20),
      await evaluate(folder, "better", 38),
      await evaluate(folder, "worse", 5),
    ];
    const demo = join(import.meta.dirname, "../../models/demo/demo-q8_0.gguf");
    expect((await mlflow(folder, ["register", "qa", demo, "--run", base]))["version"]).toMatchObject({ version: "1", run_id: base });
    await mlflow(folder, ["register", "qa", `runs:/${base}/model/demo-q8_0.gguf`, "--run", better]);
    const promote = (version: string, requirement: string) =>
      mlflow(folder, ["promote", "qa", version, "--alias", "champion", "--require", requirement]);
    expect(await promote("1", "exact>=champion")).toMatchObject({
      code: 0,
      promoted: true,
      requirements: [{ evidence: "qa has no champion yet" }],
    });
    for (const [run, wanted] of [
      [better, true],
      [worse, false],
    ] as const) {
      await mlflow(folder, ["artifacts", "put", run, demo, "--into", "model"]);
      const { version } = await mlflow(folder, ["register", "qa", `runs:/${run}/model/demo-q8_0.gguf`]);
      const result = await promote(version["version"] as string, "exact>champion");
      expect(result, JSON.stringify(result)).toMatchObject({ promoted: wanted, code: wanted ? 0 : 1 });
      expect(result["requirements"][0].state).toBe(wanted ? "met" : "not met");
      expect(result["requirements"][0].evidence).toMatch(/over the 40 samples both scored, .* p = (0|\d.*e-)/);
    }
    const alias = async (version: string) =>
      (await mlflow(folder, ["versions", "qa"]))["versions"].find((item: Json) => item["version"] === version).aliases as string[];
    const near = await evaluate(folder, "near", 37);
    await mlflow(folder, ["register", "qa", demo, "--run", near]);
    expect(await promote("5", "exact>=champion")).toMatchObject({
      ...{ code: 5, promoted: false },
      requirements: [
        { requirement: "exact >= champion", state: "cannot tell", passed: false, hint: expect.stringContaining("--min-effect") },
      ],
    });
    expect(await promote("5", "train_loss<2")).toMatchObject({ code: 5, promoted: false, requirements: [{ state: "cannot tell" }] });
    expect(await alias("5")).toEqual([]);
    const told = await runCli(
      ["mlflow", "promote", "qa", "5", "--alias", "champion", "--require", "exact>=champion", "--min-effect", "0.2"],
      folder,
    );
    expect(told.stdout.replace(/\s+/g, " ")).toMatch(
      /^gate exact >= champion: met: exact of version 5 minus that of champion .*: -0.025 .* qa version 5 is now champion. $/,
    );
    expect(await alias("5")).toEqual(["champion"]);
    expect(await promote("1", "exact<0.9")).toMatchObject({ promoted: true });
    expect(await alias("1")).toEqual(["champion"]);
    const asked = await runCli(["sweep", "temperature", "0", "--limit", "2", "-m", "models:/qa@champion", "--json"], folder);
    expect(asked.code, asked.stderr).toBe(0);
    expect(JSON.parse(asked.stdout).study.target).toContain(join("mlartifacts", "1", base));
    const server = startCli(["mlflow", "server", "--port", "0"], folder);
    const [, url] = await server.seen(/Listening on (http:\S+)/);
    const away = temporaryFolder();
    const remote = await runCli(
      ["sweep", "temperature", "0", "--limit", "2", "-m", `runs:/${base}/model`, "--tracking-uri", url!, "--json"],
      away,
    );
    expect(remote.code, remote.stderr).toBe(0);
    expect(JSON.parse(remote.stdout).study.target).toContain(join(away, ".cache"));
    server.process.kill("SIGTERM");
    await server.finished;
  });
});

describe("training", () => {
  it("is followed as its log grows, until nothing comes any more", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "train.jsonl");
    const follower = startCli(["mlflow", "log-training", path, "--follow", "--idle", "4s", "--json"], folder);
    await follower.seen(/Following/);
    writeFileSync(path, '{"step": 1, "loss": 3}\n{"step": 2, "lo');
    // it reads the half line too before the rest comes
    await expect.poll(() => queryStore(folder, "SELECT 1 FROM metrics").length).toBeGreaterThan(0);
    appendFileSync(path, 'ss": 2}\n{"step": 3, "loss": NaN, "eval_loss": 1.5}\n');
    const { code, stdout } = await follower.finished;
    expect(code).toBe(0);
    const { run_id: id, ...result } = JSON.parse(stdout) as Json;
    expect(result).toMatchObject({ points: 3, last_step: 3, ended: "idle" });
    expect((await mlflow(folder, ["run", "show", id as string]))["run"]).toMatchObject({
      status: "FINISHED",
      metrics: { train_loss: "NaN", eval_loss: 1.5, final_eval_loss: 1.5, global_step: 3 },
    });
  });

  it.each([
    { how: "once", follow: [] },
    { how: "with --follow", follow: ["--follow", "--idle", "10ms"] },
  ])("read $how is read to its last byte, or the line that is cut off is named", async ({ follow }) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "whole.csv"), "step,loss\n1,3\n2,2");
    expect(await mlflow(folder, ["log-training", "whole.csv", ...follow])).toMatchObject({
      points: 2,
      last_step: 2,
      final: { train_loss: 2 },
    });
    writeFileSync(join(folder, "cut.jsonl"), '{"step": 1, "loss": 5}\n{"step": 2, "lo');
    const cut = await mlflow(folder, ["log-training", "cut.jsonl", "--name", "cut", ...follow]);
    expect(cut).toMatchObject({
      code: 2,
      error: { code: "DATASET_INVALID", message: expect.stringMatching(/cut\.jsonl:2: not valid JSON/) },
    });
    const metrics = follow.length > 0 ? { train_loss: 5 } : {}; // followed lines are recorded as they come
    expect((await mlflow(folder, ["run", "show", "cut"]))["run"]).toMatchObject({ status: "FAILED", metrics });
    const missing = await mlflow(folder, ["log-training", "missing.csv", ...follow]);
    expect(missing).toMatchObject({ code: 2, error: { code: "DATASET_NOT_FOUND" } });
  });

  it("says which line was not whole when Ctrl+C ended the following", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "train.csv"), "step,loss\n1,3\n2,2");
    const follower = startCli(["mlflow", "log-training", "train.csv", "--follow"], folder);
    await expect.poll(() => queryStore(folder, "SELECT 1 FROM metrics").length).toBeGreaterThan(0);
    follower.process.kill("SIGINT");
    const { stdout, stderr } = await follower.finished;
    expect(stdout).toMatch(/^Recorded 1 point up to step 1 /);
    expect(stderr).toContain("Line 3 of train.csv was not whole yet and is not recorded.");
  });

  it("of any command is a run: params, output, exit status, and a client in it finds the store", async () => {
    const folder = temporaryFolder();
    const told: Json[] = [];
    const hook = createServer((request, response) => {
      let body = "";
      request.on("data", (data: Buffer) => (body += data.toString()));
      request.on("end", () => {
        told.push(JSON.parse(body) as Json);
        response.end();
      });
    });
    await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void hook.close());
    const webhook = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
    const child = `
      const { MLFLOW_TRACKING_URI: uri, MLFLOW_RUN_ID: run } = process.env;
      console.log("working");
      await fetch(uri + "/api/2.0/mlflow/runs/log-metric", { method: "POST", headers: { "content-type": "application/json" },
        body: JSON.stringify({ run_id: run, key: "inner", value: 7, timestamp: 1 }) });
      process.exit(Number(process.argv[1] ?? 0));`;
    const exec = (args: string[]): Promise<CliResult> =>
      runCli(
        [
          "mlflow",
          "exec",
          "--system-metrics",
          "1s",
          "--webhook",
          webhook,
          ...args,
          "--",
          process.execPath,
          "--input-type=module",
          "-e",
          child,
        ],
        folder,
      );
    const good = await exec(["-p", "lr=0.5", "--name", "good"]);
    expect([good.code, good.stdout]).toEqual([0, "working\n"]);
    expect((await mlflow(folder, ["run", "show", "good"]))["run"]).toMatchObject({
      status: "FINISHED",
      params: { lr: "0.5" },
      metrics: { inner: 7 },
    });
    const bad = await runCli(
      ["mlflow", "exec", "--name", "bad", "--webhook", webhook, "--", process.execPath, "-e", "console.error('oh no'); process.exit(4)"],
      folder,
    );
    expect(bad.code).toBe(4);
    expect((await mlflow(folder, ["run", "show", "bad"]))["run"]).toMatchObject({ status: "FAILED", tags: { "llmops.exit_code": "4" } });
    await mlflow(folder, ["artifacts", "get", "bad", "logs/output.log"]);
    expect(readFileSync(join(folder, "output.log"), "utf8")).toBe("oh no\n");
    expect(told).toMatchObject([
      { status: "FAILED", exit_code: 4, output_tail: "oh no\n", text: expect.stringContaining("failed (exit code 4)") },
    ]);
    const none = await runCli(["mlflow", "exec", "--json", "--", "no-such-command"], folder);
    expect(JSON.parse(none.stdout)).toMatchObject({ error: { code: "INVALID_ARGUMENT" } });
  });
});

describe("an interrupted llmops mlflow exec", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("passes %s on, waits for the command, and records it as killed", async (signal) => {
    const folder = temporaryFolder();
    const child = `process.on("${signal}", () => setTimeout(() => { console.log("saved"); process.exit(7); }, 200)); console.log("working"); setInterval(() => 0, 1000);`;
    const cli = startCli(["mlflow", "exec", "--name", "cut", "--system-metrics", "0s", "--", process.execPath, "-e", child], folder);
    await cli.seen(/working/);
    cli.process.kill(signal);
    expect(await cli.finished).toMatchObject({ code: 7, stdout: "working\nsaved\n" });
    expect((await mlflow(folder, ["run", "show", "cut"]))["run"]).toMatchObject({ status: "KILLED" });
  });
});

describe("stores", () => {
  it("are copied with their runs, files and models, once", async () => {
    const folder = temporaryFolder();
    const id = await train(folder, "r", [3, 2, 1], ["-p", "lr=1"]);
    writeFileSync(join(folder, "model.gguf"), "weights");
    await mlflow(folder, ["register", "m", "model.gguf", "--run", id]);
    await mlflow(folder, ["promote", "m", "1", "--alias", "champion", "--stage", "Production"]);
    expect(await mlflow(folder, ["export", "copy"])).toMatchObject({
      schema: "llmops.copy/1",
      runs: 1,
      skipped: 0,
      artifacts: 1,
      model_versions: 1,
    });
    expect(await mlflow(folder, ["export", "copy"])).toMatchObject({ runs: 0, skipped: 1, model_versions: 0 });
    const copy = join(folder, "copy");
    const { runs } = await mlflow(folder, ["runs", "--tracking-uri", copy]);
    expect(runs).toMatchObject([{ run_name: "r", status: "FINISHED", params: { lr: "1" }, metrics: { train_loss: 1 } }]);
    expect(runs[0].run_id).not.toBe(id);
    expect((await mlflow(folder, ["versions", "--tracking-uri", copy]))["versions"]).toMatchObject([
      { name: "m", current_stage: "Production", aliases: ["champion"], run_id: runs[0].run_id },
    ]);
  });

  it("of MLflow's old kind are read", async () => {
    const folder = temporaryFolder();
    writeMlruns(join(folder, "mlruns"));
    expect(await mlflow(folder, ["import", "mlruns"])).toMatchObject({ experiments: 1, runs: 1, artifacts: 1 });
    const { run, artifacts } = await mlflow(folder, ["run", "show", "old run"]);
    expect(run).toMatchObject({
      status: "FAILED",
      start_time: 1000,
      end_time: 2000,
      params: { "a/b": "x" },
      metrics: { loss: 0.5, bad: "NaN" },
      tags: { note: "two\nlines" },
    });
    expect(artifacts).toMatchObject([{ path: "out", is_dir: true }]);
    expect(await mlflow(folder, ["import", "mlruns"])).toMatchObject({ runs: 0, skipped: 1 });
  });

  it("hide archived experiments, give them back, and lose them for good with gc", async () => {
    const folder = temporaryFolder();
    await train(folder, "r", [1]);
    await mlflow(folder, ["experiments", "archive", "training"]);
    expect((await mlflow(folder, ["runs"]))["runs"]).toEqual([]);
    expect((await mlflow(folder, ["experiments", "--archived"]))["experiments"]).toMatchObject([{ name: "training" }]);
    expect(await mlflow(folder, ["log-training", "r.jsonl"])).toMatchObject({
      code: 2,
      error: { code: "STORE_CONFLICT", hint: expect.stringContaining("restore") },
    });
    await mlflow(folder, ["experiments", "restore", "training"]);
    expect((await mlflow(folder, ["runs"]))["runs"]).toHaveLength(1);
    await mlflow(folder, ["experiments", "archive", "training"]);
    expect(await mlflow(folder, ["gc", "--dry-run"])).toMatchObject({ dry_run: true, runs: [expect.any(String)], experiments: ["1"] });
    await mlflow(folder, ["gc"]);
    expect((await mlflow(folder, ["experiments", "--archived"]))["experiments"]).toEqual([]);
    expect(readdirSync(join(folder, "mlartifacts"))).toEqual([]);
    expect(await mlflow(folder, ["experiments", "delete", "Default"])).toMatchObject({ code: 2 });
  });

  it("that are away keep the runs of a sweep waiting for sync", async () => {
    const folder = temporaryFolder();
    const server = startCli(["mlflow", "server", "--port", "0"], folder);
    const [, url] = await server.seen(/Listening on (http:\S+)/);
    const env = { MLFLOW_TRACKING_URI: url!, MLFLOW_HTTP_REQUEST_MAX_RETRIES: "0" };
    const sweep = startCli(["sweep", "temperature", "0.5,1", "--limit", "100", "--repeats", "2", "--json"], folder, env);
    await sweep.seen(/Sweeping demo/);
    await expect.poll(() => keptCells(folder)).toBeGreaterThan(0);
    server.process.kill("SIGKILL");
    const { code, stderr, stdout } = await sweep.finished;
    expect(code).toBe(0);
    expect(stderr).toMatch(/\d+ entries are not in http:\S+ yet\. Send them with `llmops mlflow sync`/);
    expect(JSON.parse(stdout).settings[0].run_id).toMatch(/^[0-9a-f]{32}$/); // its run was started while the server was there
    expect(await mlflow(folder, ["sync"], env)).toMatchObject({
      code: 3,
      journals: [{ tracking_uri: url, error: expect.stringContaining("cannot be reached") }],
    });
    const again = startCli(["mlflow", "server", "--port", new URL(url!).port], folder);
    await again.seen(/Listening on/);
    expect(await mlflow(folder, ["sync"], env)).toMatchObject({ code: 0, journals: [{ left: 0, rejected: 0, error: null }] });
    const { runs } = await mlflow(folder, ["runs"], env);
    expect(runs).toHaveLength(3);
    expect(runs.every((run: Json) => run["status"] === "FINISHED")).toBe(true);
    expect(await mlflow(folder, ["sync"])).toMatchObject({ journals: [] });
    again.process.kill("SIGTERM");
    await again.finished;
  });

  it("write one HTML file about an experiment", async () => {
    const folder = temporaryFolder();
    await train(folder, "a", [3, 2, 1], ["-p", "lr=0.1"]);
    await train(folder, "b", [3, 1, 0.5], ["-p", "lr=0.2"]);
    const { path } = await mlflow(folder, ["report", "training", "--out", "out.html"]);
    const page = readFileSync(join(folder, path as string), "utf8");
    expect(page).not.toMatch(/(src|href)="http/);
    const { title, view } = pageData(join(folder, "out.html"));
    expect(title).toBe("training");
    expect(view).toMatchObject({ kind: "runs", runs: [{ run_name: "b", params: { lr: "0.2" } }, { run_name: "a" }], isWhole: true });
    expect(view.kind === "runs" && view.curves.map(({ points }) => points.map(([, , value]) => value))).toContainEqual([3, 2, 1]);
  });
});

describe("bad input to llmops mlflow", () => {
  it.each<[string[], number, string]>([
    [["runs"], 3, "STORE_NOT_FOUND"],
    [["runs", "--tracking-uri", "http://127.0.0.1:9"], 3, "STORE_UNREACHABLE"],
    [["runs", "--tracking-uri", "s3://x"], 2, "INVALID_ARGUMENT"],
    [["gc", "--older-than", "soon"], 2, "INVALID_ARGUMENT"],
    [["compare", "one"], 2, "INVALID_ARGUMENT"],
    [["promote", "m", "1"], 2, "INVALID_ARGUMENT"],
    [["promote", "m", "1", "--alias", "a", "--require", "accuracy is good"], 2, "INVALID_ARGUMENT"],
    [["runs", "--columns", "nonsense"], 2, "INVALID_ARGUMENT"],
    [["log-training", "none.jsonl"], 2, "DATASET_NOT_FOUND"],
    [["log-training", "x.jsonl", "-p", "novalue"], 2, "INVALID_ARGUMENT"],
    [["exec"], 2, "INVALID_ARGUMENT"],
    [["experiments", "archive"], 2, "INVALID_ARGUMENT"],
    [["best"], 2, "INVALID_ARGUMENT"],
  ])("%j is answered with one clear error and a hint", async (args, exitCode, errorCode) => {
    const { code, stdout, stderr } = await runCli(["mlflow", ...args], temporaryFolder(), { MLFLOW_HTTP_REQUEST_MAX_RETRIES: "0" });
    expect(code, stderr).toBe(exitCode);
    expect(stdout).toBe("");
    expect(stderr).toMatch(new RegExp(`^Error \\[${errorCode}\\] .+\nHint: .+\n$`));
  });
});

function writeMlruns(root: string): void {
  const run = join(root, "123456789012345678", "abcdefabcdefabcdefabcdefabcdefab");
  const write = (path: string, content: string) => {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, content);
  };
  write(
    join(root, "123456789012345678/meta.yaml"),
    "artifact_location: file:///gone\ncreation_time: 1\nexperiment_id: '123456789012345678'\nlast_update_time: 1\nlifecycle_stage: active\nname: old\n",
  );
  write(
    join(run, "meta.yaml"),
    "artifact_uri: file:///gone\nend_time: 2000\nentry_point_name: ''\nexperiment_id: '123456789012345678'\nlifecycle_stage: active\nrun_id: abcdefabcdefabcdefabcdefabcdefab\nrun_name: old run\nstart_time: 1000\nstatus: 4\nuser_id: me\n",
  );
  write(join(run, "params/a/b"), "x");
  write(join(run, "tags/note"), "two\nlines");
  write(join(run, "metrics/loss"), "1000 1.0 0\n1001 0.5 1\n");
  write(join(run, "metrics/bad"), "1000 nan 0\n");
  write(join(run, "artifacts/out/a.txt"), "hello");
}
