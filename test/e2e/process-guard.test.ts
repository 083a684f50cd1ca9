import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chatAnswer, fakeUpstream, sendJson } from "../helpers/fake-upstream.js";
import { runCli, startCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

/** The evaluation of two rows by a module of the user's. */
async function evaluateWith(module: string, ...more: string[]) {
  const { args, folder } = await evaluation(module);
  return startCli([...args, ...more], folder).finished;
}

/** The same as a process to interrupt. */
async function startWith(module: string) {
  const { args, folder } = await evaluation(module);
  return startCli(args, folder);
}

async function evaluation(module: string): Promise<{ args: string[]; folder: string }> {
  const folder = temporaryFolder();
  const { url } = await fakeUpstream((_, response) => sendJson(response, chatAnswer("yes")));
  writeFileSync(join(folder, "mine.mjs"), module);
  writeFileSync(join(folder, "qa.jsonl"), ["q0", "q1"].map((question) => `${JSON.stringify({ question, answer: "yes" })}\n`).join(""));
  const target = ["--endpoint", url, "--model", "big", "--dataset", "qa.jsonl", "--repeats", "1"];
  return { args: ["eval", ...target, "--scorer", "./mine.mjs"], folder };
}

const WAITS = "new Promise((resolve) => setTimeout(() => resolve(1), 2000))";

describe("a command that is not done cannot end the process in silence", () => {
  it.each([
    ["waits for what never comes", "await new Promise(() => {}); export default () => 1;", 70, "INTERNAL", /never settles/],
    [
      "runs a module that ends itself",
      "export default () => process.exit(0);",
      3,
      "SCORER_FAILED",
      /row "\d": it ended its thread with exit code 0/,
    ],
    [
      "runs a module that throws in a timer",
      `export default () => { setTimeout(() => { throw new Error("boom"); }); return ${WAITS}; };`,
      3,
      "SCORER_FAILED",
      /mine\.mjs threw an error .*boom/,
    ],
    [
      "runs a module that throws after an await nobody waits for",
      `export default () => { void (async () => { await null; throw new Error("boom"); })(); return ${WAITS}; };`,
      3,
      "SCORER_FAILED",
      /mine\.mjs threw an error .*boom/,
    ],
    [
      "is left with a reason that cannot be read",
      `export default () => { void Promise.reject(Object.create(null)); return ${WAITS}; };`,
      3,
      "SCORER_FAILED",
      /an object that cannot be read/,
    ],
  ])("when it %s", async (_, module, exitCode, code, message) => {
    const { code: ended, stdout, stderr } = await evaluateWith(module, "--json");
    expect(ended, stderr).toBe(exitCode);
    const { schema, error } = JSON.parse(stdout) as { schema: string; error: { code: string; message: string; hint: string } };
    expect(schema).toBe("llmops.error/1");
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    if (exitCode === 70) expect(error.hint).toMatch(/mine\.mjs/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("and its run does not look as if it went on", async () => {
    const module = `export default () => { setTimeout(() => { throw new Error("boom"); }); return ${WAITS}; };`;
    const { args, folder } = await evaluation(module);
    expect((await startCli(args, folder).finished).code).toBe(3);
    const { runs } = JSON.parse((await runCli(["mlflow", "runs", "--json"], folder)).stdout) as { runs: { status: string }[] };
    expect(runs.map(({ status }) => status)).toEqual(["FAILED", "FAILED"]);
  });

  it("tells it on standard error without --json", async () => {
    const { code, stdout, stderr } = await evaluateWith("await new Promise(() => {}); export default () => 1;");
    expect([code, stdout]).toEqual([70, ""]);
    expect(stderr).toMatch(/Error \[INTERNAL\] The command cannot finish/);
  });

  it("a scorer that never settles is over with --timeout", async () => {
    const { code, stdout, stderr } = await evaluateWith("export default () => new Promise(() => {});", "--timeout", "1", "--json");
    expect(code, stderr).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: "SCORER_FAILED", message: expect.stringMatching(/longer than 1 s/) as string },
    });
  });
});

const LOOPS = "for (;;);";

describe("a module that scores is ended where it never lets go", () => {
  it("after the time of --timeout, and only the row it looped on is unscored", async () => {
    const module = `export default ({ question }) => { if (question === "q0") ${LOOPS} return 1; };`;
    const { code, stdout, stderr } = await evaluateWith(module, "--timeout", "1", "--json");
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      study: { cells: { done: 2, unscored: 1 } },
      errors: [
        { code: "SCORER_FAILED", message: expect.stringMatching(/scorer mine failed on the row "1": it took longer than 1 s/) as string },
      ],
    });
  });

  it("when it loops after an await, among others that are on their way", async () => {
    const module = `export default async ({ question }) => { await new Promise((resolve) => setTimeout(resolve, 50)); if (question === "q1") ${LOOPS} return 1; };`;
    const { code, stdout, stderr } = await evaluateWith(module, "--timeout", "1", "--json");
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      study: { cells: { done: 2, unscored: 1 } },
      errors: [{ code: "SCORER_FAILED", message: expect.stringContaining('on the row "2"') as string }],
    });
  });

  it.each(["SIGINT", "SIGTERM"] as const)("by %s, in a loop", async (signal) => {
    const module = `export default () => { console.error("looping"); setTimeout(() => { ${LOOPS} }); return new Promise(() => {}); };`;
    const cli = await startWith(module);
    await cli.seen(/looping/);
    cli.process.kill(signal);
    expect(await cli.finished).toMatchObject({ code: 130 });
  });

  it("by Ctrl+C, while it is loaded", async () => {
    const cli = await startWith(`console.error("loading"); ${LOOPS}`);
    await cli.seen(/loading/);
    cli.process.kill("SIGINT");
    expect(await cli.finished).toMatchObject({ code: 130 });
  });

  it("when the command is done and it still has timers and connections open", async () => {
    const module =
      'import { createServer } from "node:http"; createServer().listen(0); setInterval(() => {}, 1000); setTimeout(() => { throw new Error("late") }, 600_000); export default () => 1;';
    const { code, stderr } = await evaluateWith(module);
    expect(code, stderr).toBe(0);
  });

  it("and what it prints is not in the document of --json", async () => {
    const { code, stdout, stderr } = await evaluateWith(
      'console.log("hello"); export default () => { console.log("there"); return 1; };',
      "--json",
    );
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schema: "llmops.sweep/3" });
    expect(stderr).toMatch(/hello[^]*there/);
  });
});
