import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chatAnswer, fakeUpstream, sendJson } from "../helpers/fake-upstream.js";
import { runCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

/** The evaluation of two rows by a module of the user's. */
async function evaluateWith(module: string, ...more: string[]) {
  const folder = temporaryFolder();
  const { url } = await fakeUpstream((_, response) => sendJson(response, chatAnswer("yes")));
  writeFileSync(join(folder, "mine.mjs"), module);
  writeFileSync(join(folder, "qa.jsonl"), ["q0", "q1"].map((question) => `${JSON.stringify({ question, answer: "yes" })}\n`).join(""));
  const target = ["--endpoint", url, "--model", "big", "--dataset", "qa.jsonl", "--repeats", "1"];
  return runCli(["eval", ...target, "--scorer", "./mine.mjs", ...more], folder);
}

const WAITS = "new Promise((resolve) => setTimeout(() => resolve(1), 2000))";

describe("a command that is not done cannot end the process in silence", () => {
  it.each([
    ["waits for what never comes", "await new Promise(() => {}); export default () => 1;", 70, "INTERNAL", /never settles/],
    ["is ended by a module", "export default () => process.exit(0);", 70, "INTERNAL", /ended with exit code 0 before/],
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
      70,
      "INTERNAL",
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

  it("tells it on standard error without --json", async () => {
    const { code, stdout, stderr } = await evaluateWith("await new Promise(() => {}); export default () => 1;");
    expect([code, stdout]).toEqual([70, ""]);
    expect(stderr).toMatch(/Error \[INTERNAL\] The command is not done/);
  });

  it("leaves the one document of a command that is done alone, and still fails", async () => {
    const module = 'export default () => 1; process.once("beforeExit", () => { throw new Error("late"); });';
    const { code, stdout, stderr } = await evaluateWith(module, "--json");
    expect(code, stderr).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ schema: "llmops.sweep/3" });
    expect(stderr).toMatch(/SCORER_FAILED.*mine\.mjs/s);
  });

  it("a scorer that never settles is over with --timeout", async () => {
    const { code, stdout, stderr } = await evaluateWith("export default () => new Promise(() => {});", "--timeout", "1", "--json");
    expect(code, stderr).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: "SCORER_FAILED", message: expect.stringMatching(/longer than 1 s/) as string },
    });
  });
});
