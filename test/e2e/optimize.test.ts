import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { OptimizationResult } from "../../src/lib/experiments/optimize/optimization-result.js";
import type { SweepResult } from "../../src/lib/experiments/study/sweep-result.js";
import { chatAnswer, fakeUpstream, sendJson } from "../helpers/fake-upstream.js";
import { studyData } from "../helpers/page-data.js";
import { queryStore } from "../helpers/query-store.js";
import { runCli, startCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

async function json<T>(args: string[], folder: string, code = 0): Promise<T> {
  const result = await runCli([...args, "--json"], folder);
  expect(result.code, result.stderr).toBe(code);
  return JSON.parse(result.stdout) as T;
}

interface Runs {
  runs: { run_id: string; metrics: Record<string, number>; tags: Record<string, string> }[];
}

describe("llmops optimize", () => {
  it("refuses a search that cannot be made before anything is asked", async () => {
    const { url, seen } = await fakeUpstream((_, response) => sendJson(response, chatAnswer("yes")));
    const folder = temporaryFolder();
    const search = (...words: string[]) => runCli(["optimize", "temperature=0..1", "--endpoint", url, ...words], folder);
    for (const [words, message] of [
      [["--sampler", "gpp"], /Unknown sampler "gpp"[^]*Did you mean gp\?/],
      [["--sampler", "grid"], /temperature is a range without steps[^]*temperature=0\.\.1:0\.5/],
      [["--enqueue", "temperature=1.5"], /temperature = 1\.5, which is not in the space/],
    ] as const) {
      const { code, stderr } = await search(...words);
      expect(code, stderr).toBe(2);
      expect(stderr.replace(/\s+/g, " ")).toMatch(message);
    }
    expect(seen).toEqual([]);
  }, 60_000);

  it("tries every step of ranges as a grid, and says where a sampler repeats itself", async () => {
    const folder = temporaryFolder();
    const small = ["--limit", "4", "--proof", "0", "--no-race"];
    const result = await json<OptimizationResult>(["optimize", "temperature=0..1:0.5", "--sampler", "grid", ...small], folder);
    expect(result.trials.map(({ params }) => params["temperature"])).toEqual([0, 0.5, 1]);
    expect(result.study.stopped_by).toBe("every setting was tried");
    writeFileSync(
      join(folder, "same.mjs"),
      "export default { api: 1, samplers: { same: { create: () => ({ ask: () => ({ params: { temperature: 1 } }) }) } } };",
    );
    const same = ["optimize", "temperature=0..1", "--plugin", "./same.mjs", "--sampler", "same", "--trials", "4", ...small];
    const { code, stderr } = await runCli(same, folder);
    expect(code, stderr).toBe(0);
    expect(stderr.match(/The sampler same chose a setting again/g)).toHaveLength(1);
  }, 60_000);

  it("searches temperature for speed in ten trials and records them, as gp_minimize was used to", async () => {
    const folder = temporaryFolder();
    const words = [
      "optimize",
      "temperature=0.1..1.0",
      "--objective",
      "tokens_per_second",
      "--trials",
      "10",
      "--seed",
      "42",
      "--limit",
      "4",
    ];
    const result = await json<OptimizationResult>([...words, "--proof", "0"], folder);
    expect(result).toMatchObject({ schema: "llmops.optimize/1", proof: null, study: { status: "finished", stopped_by: "trials" } });
    expect(result.trials).toHaveLength(10);
    for (const { params, value, run_id: runId } of result.trials) {
      expect(params["temperature"]).toBeGreaterThanOrEqual(0.1);
      expect(params["temperature"]).toBeLessThanOrEqual(1);
      expect([value !== null, typeof runId]).toEqual([true, "string"]);
    }
    expect(result.best?.low).toBeLessThanOrEqual(result.best?.mean ?? 0);
    const { runs } = await json<Runs>(["mlflow", "runs"], folder);
    expect(runs).toHaveLength(11);
    const trial = runs.find(({ run_id: id }) => id === result.trials[3]?.run_id);
    expect(trial?.tags).toMatchObject({ "llmops.trial": "3", "mlflow.parentRunId": result.study.run_id ?? "" });
    expect(trial?.metrics["tokens_per_second"]).toBeGreaterThan(0);
  });

  it("proves the best against the default on rows no trial saw, draws it, and writes it for other commands", async () => {
    const folder = temporaryFolder();
    const files = ["--html", "o.html", "--charts", "charts", "--markdown", "o.md", "--apply", "best.yaml"];
    const result = await json<OptimizationResult>(
      ["optimize", "temperature=0..2", "top_p=0.1..1", "--trials", "6", "--limit", "20", "--proof", "80", ...files],
      folder,
    );
    expect(result.study.dataset).toMatchObject({ samples: 20, held_out: 80 });
    const [base, best] = result.proof?.settings ?? [];
    expect([base?.role, best?.role, best?.params]).toEqual(["default", "best", result.best?.params]);
    expect(result.proof?.winner).toEqual(best?.params);
    expect(best?.comparisons["accuracy"]).toMatchObject({ verdict: "better", n: 80 });
    expect(result.surface?.importance.map(({ name }) => name).sort()).toEqual(["temperature", "top_p"]);
    expect(readdirSync(join(folder, "charts"))).toEqual(
      expect.arrayContaining(["history.png", "slice-temperature.svg", "contour.png", "importance.png", "parallel.png"]),
    );
    expect(studyData(join(folder, "o.html")).study.verdict).toMatch(/is better than the default by accuracy/);
    expect(readFileSync(join(folder, "o.md"), "utf8")).toMatch(/\*\*Proven:\*\* .* is better than the default by accuracy/);
    const swept = await json<SweepResult>(["sweep", "max_tokens=32,64", "--set", "@best.yaml", "--limit", "10"], folder);
    expect(swept.study.fixed).toMatchObject(best?.params ?? {});
  });

  it("proves nothing where no trial keeps the conditions, and says so everywhere", async () => {
    const folder = temporaryFolder();
    const files = ["--html", "o.html", "--markdown", "o.md", "--apply", "best.yaml"];
    const words = ["optimize", "temperature=0..1", "--trials", "3", "--limit", "4", "--where", "latency_p95<0.0001", ...files];
    const shown = await runCli(words, folder);
    const story = /no trial satisfies latency_p95<0\.0001; nearest: temperature=\d/i;
    expect([shown.code, shown.stderr]).toEqual([1, expect.not.stringContaining("Proof:")]);
    const text = shown.stdout.replace(/\s+/g, " ");
    expect(text).toMatch(/No trial satisfies latency_p95<0\.0001; nearest: temperature=\d/);
    expect(text).toMatch(/gate apply best\.yaml: not met: best\.yaml was not written: no trial satisfies/);
    for (const word of ["Believed best", "better", "roven"]) expect(text).not.toContain(word);
    const said = studyData(join(folder, "o.html"));
    for (const page of [said.study.verdict, readFileSync(join(folder, "o.md"), "utf8")]) {
      expect(page).toMatch(story);
      expect(page).not.toMatch(/Believed best|Proven:|better than/);
    }
    expect(existsSync(join(folder, "best.yaml"))).toBe(false);
    const document = await json<OptimizationResult>(["optimize", "--resume", "last"], folder, 1);
    expect(document).toMatchObject({ best: null, proof: null, nearest: { broken: [{ condition: "latency_p95<0.0001" }] } });
    expect(document.checks).toMatchObject([{ state: "not met", evidence: expect.stringMatching(story) as string }]);
  });

  it("continues where its budget ended, and learns from the earlier study in a new one", async () => {
    const folder = temporaryFolder();
    const words = ["optimize", "temperature=0..1.5", "--trials", "6", "--limit", "8", "--proof", "8"];
    const spent = await runCli([...words, "--budget", "20calls"], folder);
    expect([spent.code, spent.stdout]).toEqual([
      4,
      expect.stringMatching(/The budget was spent after \d trials; continue with: llmops optimize --resume/),
    ]);
    const whole = await json<OptimizationResult>(["optimize", "--resume", "last", "--budget", "100000calls"], folder);
    expect(whole.study.trials.finished + whole.study.trials.stopped).toBe(6);
    expect(whole.proof?.settings[0]?.role).toBe("default");
    const more = await json<OptimizationResult>(["optimize", "--resume", "last", "--budget", "100000calls", "--trials", "8"], folder);
    expect(more.trials.map(({ params }) => params).slice(0, 6)).toEqual(whole.trials.map(({ params }) => params));
    expect(more.trials).toHaveLength(8);
    const warm = await runCli([...words, "--warm-start", whole.study.run_id ?? "", "--enqueue", "temperature=0.2", "--json"], folder);
    expect([warm.code, warm.stderr]).toEqual([0, expect.stringMatching(/Starts with what \d+ of \d+ earlier runs say/)]);
    expect((JSON.parse(warm.stdout) as OptimizationResult).trials[0]?.params).toEqual({ temperature: 0.2 });
  });

  it("searches engines for the speed of everything together, with a guard on quality", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "space.yaml"), "threads: 1..2\nslots: [2, 8]\n");
    const guard = ["--objective", "tokens_per_second", "--where", "accuracy>0.3", "--set", "temperature=0"];
    const result = await json<OptimizationResult>(
      ["optimize", "--space", "space.yaml", ...guard, "--trials", "9", "--limit", "12", "--proof", "24"],
      folder,
    );
    expect(result.objectives).toEqual([{ name: "total_tokens_per_second", direction: "max", kind: "mean" }]);
    expect(result.study.stopped_by).toBe("every setting was tried");
    expect(result.trials).toHaveLength(4);
    expect(result.trials.every(({ feasible }) => feasible === true)).toBe(true);
    expect(result.proof?.settings[0]?.metrics["total_tokens_per_second"]?.n).toBeGreaterThan(5);
  });

  it.each([
    [["temperature=1..0"], /starts above its end/],
    [["cache_type=f16"], /has one value only/],
    [[], /no parameter was named/],
    [["temperature=0..1", "--objective", "nonsense"], /Unknown scorer "nonsense"/],
    [["temperature=0..1", "--objective", "response_length"], /has no better direction/],
    [["temperature=0..1", "--where", "accuracy"], /is not a condition/],
    [["temperature=0..1", "--enqueue", "temperature=5"], /temperature = 5 is out of range/],
    [["temperature=0..1", "--enqueue", "top_p=0.5"], /not in the space/],
    [["temperature=0..1", "--penalty", "x"], /is not a number/],
    [["temperature=0..1", "--objective", "accuracy", "--objective", "latency", "--direction", "max"], /is ambiguous/],
    [["temperature=0..1", "--objective", "total_tokens_per_second", "--parallel", "2"], /while several trials run at the same time/],
    [["slots=1..4", "-o", "tokens_per_second", "--where", "judge:accuracy>4"], /while a judge grades/],
    [["temperature=0..1", "--warm-start", "nothing"], /Run "nothing" was not found/],
    [["temperature=0..1", "--html", "/nowhere/x.html"], /cannot be written/],
    [["--space", "missing.yaml"], /cannot be read/],
    [["model=/nope.gguf,/nada.gguf", "--proof", "0"], /All 2 trials failed[^]*does not exist/],
  ])("refuses %j", async (words, message) => {
    const folder = temporaryFolder();
    const result = await runCli(["optimize", ...words], folder);
    expect([result.code, result.stderr]).toEqual([expect.any(Number), expect.stringMatching(message)]);
    expect([2, 3]).toContain(result.code);
    expect(result.stderr).not.toContain("    at ");
    expect(existsSync(join(folder, "best.yaml"))).toBe(false);
  });

  it("claims nothing of a proof that was interrupted, in any output, and proves when it is resumed", async () => {
    const folder = temporaryFolder();
    const rows = Array.from({ length: 24 }, (_, i) => ({ id: `r${i}`, question: `q${i}`, answer: "yes" }));
    writeFileSync(join(folder, "rows.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const [trialCells, answered] = [10, 44];
    let isOpen = false;
    const { url, seen } = await fakeUpstream(({ body }, response) => {
      // the default, which names no temperature, is always wrong: what had ended would look like a proof
      if (isOpen || seen.length <= answered) sendJson(response, chatAnswer(body["temperature"] === undefined ? "no" : "yes"));
    });
    const small = ["--trials", "2", "--limit", "5", "--proof", "12", "--proof-repeats", "1", "--no-race", "-c", "4"];
    const files = ["--apply", "best.yaml", "--html", "page.html", "--markdown", "page.md", "--junit", "page.xml"];
    const target = ["--endpoint", url, "--model", "m", "-d", "rows.jsonl"];
    const search = startCli(["optimize", "temperature=0..1", ...target, ...small, ...files], folder);
    await expect.poll(() => seen.length, { interval: 5 }).toBe(answered + 2);
    search.process.kill("SIGINT");
    const { code, stdout, stderr } = await search.finished;
    expect(code, stderr).toBe(130);
    const cut = `the proof was interrupted after ${answered - trialCells} of 36 completions`;
    const said = stdout.replace(/\s+/g, " ");
    expect(said).toContain(`Not proven: ${cut}`);
    expect(said).toContain(
      `Interrupted after ${answered - trialCells} of 36 completions of the proof; continue with: llmops optimize --resume`,
    );
    expect(said).not.toMatch(/is proven|better:|after 2 trials/);
    expect(existsSync(join(folder, "best.yaml"))).toBe(false);
    const page = studyData(join(folder, "page.html"));
    for (const text of [JSON.stringify([page.study.verdict, page.notes]), readFileSync(join(folder, "page.md"), "utf8")]) {
      expect(text.toLowerCase()).toContain(cut);
      expect(text).not.toMatch(/is proven|better:/);
    }
    expect(readFileSync(join(folder, "page.xml"), "utf8")).not.toContain("better:");
    const tagsOf = () =>
      Object.fromEntries(
        queryStore<{ key: string; value: string }>(folder, "SELECT key, value FROM tags WHERE key LIKE 'llmops.%' ORDER BY rowid").map(
          ({ key, value }) => [key, value],
        ),
      );
    const tags = tagsOf();
    expect(tags["llmops.verdict"]).toBe(`T${cut.slice(1)}, which shows nothing in either direction.`);
    expect([tags["llmops.cells"], tags["llmops.proven"]]).toEqual([`${answered}/46`, undefined]);
    expect(tags["llmops.verdict.accuracy"]).toBe("cannot tell");

    isOpen = true;
    const resumed = await json<OptimizationResult>(["optimize", "--resume", "last", "--apply", "best.yaml"], folder);
    expect(resumed.proof?.winner).not.toBeNull();
    expect(tagsOf()).toMatchObject({ "llmops.proven": "true", "llmops.cells": "46/46", "llmops.eta_ms": "0" });
    expect(existsSync(join(folder, "best.yaml"))).toBe(true);
  });

  it("serves programs of one's own: ask, tell, best", () => {
    const program = `
      import { parseSearch, SearchStudy } from "llmops/study";
      const study = new SearchStudy({ dimensions: parseSearch(["temperature=0..1"]), direction: "max", seed: 1 });
      for (let i = 0; i < 12; i++) { const trial = study.ask(); study.tell(trial, { value: -((trial.params.temperature - 0.3) ** 2) }); }
      console.log(JSON.stringify(study.best()));`;
    const printed = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
    });
    const { trial } = JSON.parse(printed.toString()) as { trial: { params: { temperature: number } } };
    expect(trial.params.temperature).toBeCloseTo(0.3, 1);
    expect(existsSync(new URL("../../dist/lib/experiments/study/index.d.ts", import.meta.url))).toBe(true);
  });
});
