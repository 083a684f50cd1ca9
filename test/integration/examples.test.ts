import { execFile } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { readDataset } from "../../src/lib/experiments/dataset/read-dataset.js";
import type { Completion } from "../../src/lib/inference/openai/completion.js";
import { loadPlugins } from "../../src/lib/experiments/plugins/load-plugins.js";
import { checkJudge, checkSampler, checkScorer } from "../../src/lib/experiments/plugins/testing/index.js";
import { resolveScorers } from "../../src/lib/experiments/scoring/scorers.js";
import { commandEnvironment } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const path = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const SCORER = path("examples/facts-scorer.mjs");

/** What the compiler says against a program of ours, whose imports of this package are these files. */
function typeProblems(program: string, packages: Record<string, string>): string[] {
  const options: ts.CompilerOptions = {
    ...{ allowJs: true, checkJs: true, noEmit: true, strict: true, skipLibCheck: true, types: ["node"] },
    ...{ target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
    paths: Object.fromEntries(Object.entries(packages).map(([name, file]) => [name, [path(file)]])),
  };
  const problems = ts.getPreEmitDiagnostics(ts.createProgram([path(program)], options));
  return problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

describe("the example of a scorer of one's own", () => {
  it("fits the types of llmops/scorer", () => {
    expect(typeProblems("examples/facts-scorer.mjs", { "llmops/scorer": "src/lib/experiments/scoring/module-types.ts" })).toEqual([]);
  });

  it("scores the rows of its dataset, and leaves a row without facts unscored", async () => {
    const { primary } = await resolveScorers([SCORER]);
    const { samples } = await readDataset(path("examples/facts.jsonl"));
    const scores = samples.map(async (sample) => {
      const completion = { text: "Paris, Madrid!", finishReason: "stop", usage: {}, timing: {} } as unknown as Completion;
      return primary.score(sample, completion);
    });
    expect([primary.name, primary.kind]).toEqual(["facts", "mean"]);
    expect(await Promise.all(scores)).toEqual([
      { value: 1 },
      { value: 0, explanation: "without: Rome" },
      { value: 0.5, explanation: "without: Tokyo" },
      { value: null, explanation: "the row has no facts" },
    ]);
  });
});

describe("the example of a plugin", () => {
  it("fits the types of llmops/plugin", () => {
    expect(typeProblems("examples/plugin.mjs", { "llmops/plugin": "dist/lib/experiments/plugins/index.d.ts" })).toEqual([]);
  }, 60_000);

  it("keeps the contracts of llmops/testing", async () => {
    const { loaded } = await loadPlugins([path("examples/plugin.mjs")]);
    const { scorers = {}, samplers = {}, judges = {} } = loaded[0]?.plugin ?? {};
    for (const scorer of Object.values(scorers)) await checkScorer(scorer);
    for (const sampler of Object.values(samplers)) await checkSampler(sampler);
    for (const judge of Object.values(judges)) await checkJudge(judge);
    expect([scorers, samplers, judges].map((part) => Object.keys(part))).toEqual([["brief"], ["halton"], ["overlap"]]);
  });
});

describe("the examples of programs", () => {
  const run = (name: string, folder: string) =>
    promisify(execFile)(process.execPath, [path(`examples/${name}`)], { cwd: folder, env: commandEnvironment(folder) });

  it("fit the types of the package", () => {
    expect(typeProblems("examples/sweep-program.mjs", { llmops: "dist/index.d.ts" })).toEqual([]);
    expect(typeProblems("examples/study-program.mjs", { "llmops/study": "dist/lib/experiments/study/index.d.ts" })).toEqual([]);
  }, 60_000);

  it("sweep the demo model, whose study is then kept and recorded as those of the command line are", async () => {
    const folder = temporaryFolder();
    const { stdout, stderr } = await run("sweep-program.mjs", folder);
    expect(stderr).toContain("Sweeping demo");
    expect(stdout).toMatch(/^temperature=0: accuracy [\d.]+ \(95 % interval [\d.]+ to [\d.]+\)\ntemperature=1: /);
    const [, id] = /study (\S+)/.exec(stdout) ?? [];
    const kept: unknown = JSON.parse(readFileSync(join(folder, ".state", "studies", id ?? "", "study.json"), "utf8"));
    expect(kept).toMatchObject({
      command: "runSweep",
      status: "finished",
      folder: realpathSync(folder),
      runId: expect.any(String) as string,
    });
  }, 60_000);

  it("search a function of their own with the sampler of optimize", async () => {
    const { stdout } = await run("study-program.mjs", temporaryFolder());
    const [, x, y] = /^best: x = ([\d.]+), y = (\d+)\n/.exec(stdout) ?? [];
    expect(Math.abs(Number(x) - 0.3)).toBeLessThan(0.2);
    expect(Math.abs(Number(y) - 40)).toBeLessThan(20);
  });
});
