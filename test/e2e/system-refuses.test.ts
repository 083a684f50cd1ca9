import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const BIN = fileURLToPath(new URL("../../bin/run.cjs", import.meta.url));

/** Runs a command under a limit of the shell's ulimit. */
async function underLimit(limit: string, args: readonly string[], folder: string) {
  const script = `ulimit ${limit} || exit 99; exec "${process.execPath}" "${BIN}" ${args.join(" ")}`;
  const env = { ...process.env, NO_COLOR: "1", LLMOPS_STATE_DIR: join(folder, ".state"), LLMOPS_CACHE_DIR: join(folder, ".cache") };
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile("bash", ["-c", script], { cwd: folder, env }, (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }));
  });
}

it.runIf(process.platform === "linux").each([
  ["-n 24", "SYSTEM_REFUSED", "ulimit -n"],
  ["-n 40", "SYSTEM_REFUSED", "ulimit -n"],
  ["-n 64", "SYSTEM_REFUSED", "ulimit -n"],
  ["-v 4000000", "OUT_OF_MEMORY", "ulimit -v"],
])("under ulimit %s a command says what it lacks, and is not a bug", async (limit, code, hint) => {
  const folder = temporaryFolder();
  const text = await underLimit(limit, ["sweep", "temperature", "0,1", "--limit", "2"], folder);
  expect([text.code, text.stderr]).toEqual([3, expect.stringContaining(`[${code}]`) as string]);
  expect(text.stderr).toContain(hint);
  expect(text.stderr).not.toMatch(/bug in llmops|at async|node:internal/);
  const json = await underLimit(limit, ["sweep", "temperature", "0,1", "--limit", "2", "--json"], folder);
  expect(JSON.parse(json.stdout)).toMatchObject({ schema: "llmops.error/1", error: { code } });
});
