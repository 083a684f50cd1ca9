import { appendFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { JudgementResult } from "../../src/lib/experiments/evaluation/judgement-result.js";
import type { OptimizationResult } from "../../src/lib/experiments/optimize/optimization-result.js";
import type { SweepResult } from "../../src/lib/experiments/study/sweep-result.js";
import { runCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const EXAMPLE = fileURLToPath(new URL("../../examples/plugin.mjs", import.meta.url));

/** A project whose llmops.yaml names the example plugin, and a folder of it. */
function project(): { folder: string; below: string } {
  const folder = temporaryFolder();
  const below = join(folder, "sub");
  mkdirSync(join(folder, ".git"));
  mkdirSync(below);
  cpSync(EXAMPLE, join(folder, "mine.mjs"));
  writeFileSync(join(folder, "llmops.yaml"), "plugins: [./mine.mjs]\n");
  return { folder, below };
}

async function json<T>(args: string[], folder: string, code = 0): Promise<T> {
  const result = await runCli([...args, "--json"], folder);
  expect(result.code, result.stderr).toBe(code);
  return JSON.parse(result.stdout) as T;
}

describe("the plugin of a project", () => {
  it("scores a sweep, from a folder of the project, and can be resumed", async () => {
    const { below } = project();
    const result = await json<SweepResult>(
      ["sweep", "temperature", "0,1", "--limit", "6", "--repeats", "1", "--scorer", "brief:words=5"],
      below,
    );
    expect(result.study).toMatchObject({ status: "finished", metric: "brief" });
    for (const { metrics } of result.settings) expect(metrics["brief"]?.mean).toBeLessThanOrEqual(1);
    const again = await json<SweepResult>(["sweep", "--resume", "last"], below);
    expect(again.settings.map(({ metrics }) => metrics["brief"]?.mean)).toEqual(
      result.settings.map(({ metrics }) => metrics["brief"]?.mean),
    );
  }, 60_000);

  it("is not resumed with another scorer in its file", async () => {
    const { folder } = project();
    const words = ["sweep", "temperature", "0,1", "--limit", "6", "--repeats", "1", "--scorer", "brief", "--budget", "2calls", "-c", "1"];
    await runCli(words, folder);
    appendFileSync(join(folder, "mine.mjs"), "\n// other rules\n");
    const { code, stderr } = await runCli(["sweep", "--resume", "last"], folder);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/STUDY_CHANGED.*had other scorers.*\n.*llmops score/)]);
  });

  it("is not resumed with other plugins", async () => {
    const { folder } = project();
    writeFileSync(join(folder, "other.mjs"), "export default { api: 1, scorers: { one: () => 1 } };");
    const words = ["sweep", "temperature", "0,1", "--limit", "6", "--repeats", "1", "--scorer", "exact", "--plugin", "./mine.mjs"];
    await runCli([...words, "--budget", "2calls", "-c", "1"], folder);
    const { code, stderr } = await runCli(["sweep", "--resume", "last", "--plugin", "./other.mjs"], folder);
    expect(code).toBe(2);
    expect(stderr.replace(/\s+/g, " ")).toMatch(
      /STUDY_CHANGED.*had other plugins: \["\.\/mine\.mjs"\]; now it would have \["\.\/mine\.mjs","\.\/other\.mjs"\]/,
    );
    const same = await runCli(["sweep", "--resume", "last", "--plugin", "./mine.mjs", "--budget", "100calls"], folder);
    expect(same.code, same.stderr).toBe(0);
  }, 60_000);

  it("chooses the settings of a search", async () => {
    const { folder } = project();
    const words = [
      "optimize",
      "temperature=0..1",
      "--limit",
      "4",
      "--trials",
      "3",
      "--proof",
      "0",
      "--sampler",
      "halton",
      "--objective",
      "brief",
    ];
    const { study, trials } = await json<OptimizationResult>(words, folder);
    expect(study).toMatchObject({ sampler: "halton", status: "finished" });
    const places = trials.map(({ params }) => Number(params["temperature"]));
    // van der Corput's sequence in base 2, from 20 + 42, with the digits of settings
    expect(places).toEqual([0.4844, 0.9844, 0.007813]);
  }, 60_000);

  it("judges, without a model", async () => {
    const { folder } = project();
    writeFileSync(
      join(folder, "given.jsonl"),
      ["Paris", "I do not know"]
        .map((output, i) => JSON.stringify({ id: String(i), question: "Capital of France?", reference: "Paris", answer: output }))
        .join("\n"),
    );
    const words = ["judge", "--dataset", "given.jsonl", "--judge-method", "overlap", "--rubric", "accuracy"];
    const result = await json<JudgementResult>([...words, "--answers", "given"], folder);
    expect(result).toMatchObject({ judge: { method: "overlap" } });
    expect(result.rows.map((row) => row.score)).toEqual([1, 5]);
    const refused = await runCli([...words, "--judge-model_path", "x.gguf"], folder);
    expect(refused.stderr).toContain('The judge "overlap" asks no model');
    cpSync(join(folder, "given.jsonl"), join(folder, "other.jsonl"));
    const pairwise = await runCli(["judge", "--pairwise", "given.jsonl", "other.jsonl", "--judge-method", "overlap"], folder);
    expect(pairwise.stderr).toContain("it cannot compare them");
  }, 60_000);
});

describe("a project that names what there is none of", () => {
  it("is told so by config check, with the place, and by doctor", async () => {
    const { folder } = project();
    appendFileSync(join(folder, "llmops.yaml"), "scorers: [breif]\njudge: {method: voets}\n");
    const { code, stderr } = await runCli(["config", "check"], folder);
    expect(code).toBe(2);
    expect(stderr).toMatch(/llmops\.yaml:2: scorers: Unknown scorer "breif"\. Did you mean brief\?/);
    expect(stderr).toMatch(/llmops\.yaml:3: judge\.method: Unknown judge "voets"\. Did you mean votes\?/);
    expect((await runCli(["doctor"], folder)).stdout).toContain('Unknown scorer "breif"');
    writeFileSync(join(folder, "llmops.yaml"), "plugins: [./mine.mjs]\nscorers: [brief:words=5]\njudge: {method: overlap}\n");
    expect(await json(["config", "check"], folder)).toMatchObject({ warnings: [] });
    expect((await runCli(["doctor"], folder)).stdout).toContain("brief:words=5, overlap");
  }, 60_000);
});

describe("a project whose plugin", () => {
  it.each([
    ["is not there", "plugins: [./none.mjs]", "PLUGIN_NOT_FOUND", "none.mjs does not exist"],
    ["has a syntax error", "plugins: [./broken.mjs]", "PLUGIN_INVALID", "has a syntax error"],
    ["is of another API version", "plugins: [./later.mjs]", "PLUGIN_INVALID", "version 2 of the plugin API"],
  ])(
    "%s is told so, and no stack",
    async (_, yaml, code, message) => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, "broken.mjs"), "export default {");
      writeFileSync(join(folder, "later.mjs"), "export default { api: 2 };");
      writeFileSync(join(folder, "llmops.yaml"), yaml);
      const result = await runCli(["eval", "--limit", "2"], folder);
      expect(result.code).toBe(2);
      expect(result.stderr).toContain(`[${code}]`);
      expect(result.stderr).toContain(message);
      expect(result.stderr).not.toContain("    at ");
      const { stdout } = await runCli(["doctor"], folder);
      expect(stdout).toContain(message);
    },
    60_000,
  );

  it("prints keeps --json one document", async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, "loud.mjs"),
      "console.log('loaded'); export default { api: 1, scorers: { one: () => (console.log('scored'), 1) } };",
    );
    const result = await runCli(["eval", "--limit", "2", "--plugin", "./loud.mjs", "--scorer", "one", "--json"], folder);
    expect(JSON.parse(result.stdout)).toMatchObject({ schema: "llmops.sweep/3" });
    expect(result.stderr).toContain("loaded");
  }, 60_000);

  it("is fine is listed by doctor", async () => {
    const { stdout } = await runCli(["doctor"], project().folder);
    expect(stdout).toContain("scorers brief; samplers halton; judges overlap");
  }, 60_000);
});
