import { execFile } from "node:child_process";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { chatAnswer, fakeUpstream, sendJson } from "../helpers/fake-upstream.js";
import { startCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const BIN = fileURLToPath(new URL("../../bin/run.cjs", import.meta.url));

/** Runs a command of this program under a umask. */
async function underUmask(umask: string, args: readonly string[], cwd: string): Promise<{ code: unknown; stderr: string }> {
  const env = { ...process.env, NO_COLOR: "1", LLMOPS_STATE_DIR: join(cwd, ".state"), LLMOPS_CACHE_DIR: join(cwd, ".cache") };
  return new Promise((resolve) => {
    execFile("sh", ["-c", `umask ${umask}; exec "$0" "$@"`, process.execPath, BIN, ...args], { cwd, env }, (error, _, stderr) =>
      resolve({ code: error?.code ?? 0, stderr }),
    );
  });
}

/** Has a server record a call, in a file and for a store that is away, and ends it. */
async function recordCall(upstream: string, folder: string, umask: string): Promise<void> {
  const args = ["serve", "--port", "0", "--upstream", upstream, "--model", "big", "--record", "calls.jsonl"];
  const before = process.umask(Number.parseInt(umask, 8));
  const server = startCli([...args, "--track", "all", "--mlflow_tracking_uri", "http://127.0.0.1:1"], folder);
  process.umask(before);
  const [, url] = await server.seen(/Listening on (http:\S+)/);
  // too long for a line of the journal: it is kept beside it
  const body = JSON.stringify({ messages: [{ role: "user", content: "a".repeat(200_000) }] });
  const answer = await fetch(`${url}/v1/chat/completions`, { method: "POST", headers: { "content-type": "application/json" }, body });
  expect(answer.status, await answer.text()).toBe(200);
  server.process.kill("SIGTERM");
  await server.finished;
}

/** Files below a folder with their modes. */
function modesIn(folder: string): { path: string; mode: string; isFile: boolean }[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => {
    const info = statSync(join(folder, path));
    return { path, mode: (info.mode & 0o777).toString(8), isFile: info.isFile() };
  });
}

it.runIf(process.platform !== "win32").each(["022", "077"])(
  "what has prompts, answers or keys in it is readable by its owner only, under umask %s",
  async (umask) => {
    const folder = temporaryFolder();
    const { url } = await fakeUpstream(({ method }, response) =>
      sendJson(response, method === "POST" ? chatAnswer("yes") : { object: "list", data: [{ id: "big" }] }),
    );
    const rows = ["a", "b", "c"].map((question) => `${JSON.stringify({ id: question, question, answer: "yes" })}\n`);
    writeFileSync(join(folder, "rows.jsonl"), rows.join(""));
    const target = ["--endpoint", url, "--model", "big", "-d", "rows.jsonl", "--repeats", "1"];
    const commands = [
      ["eval", ...target],
      ["optimize", "temperature=0..1", "--trials", "2", "--proof", "0", ...target],
      ["keys", "create", "someone"],
    ];
    await recordCall(url, folder, umask); // before there are keys: then it would want one
    for (const args of commands) expect(await underUmask(umask, args, folder)).toMatchObject({ code: 0 });
    const files = modesIn(join(folder, ".state")).filter(({ isFile }) => isFile);
    const names = files.map(({ path }) => path).join("\n");
    const ofStudies = [/cells\.jsonl/, /metrics\.jsonl/, /study\.json/, /trials\.jsonl/];
    const waiting = [/\.blob$/m, /journal\/\d+\.[0-9a-f]{16}-[0-9a-f-]+\.jsonl/];
    for (const kind of [...ofStudies, ...waiting, /keys\.json/]) expect(names).toMatch(kind);
    const beside = modesIn(folder).filter(({ path, isFile }) => isFile && /^(mlflow\.db|mlartifacts\/|calls\.jsonl)/.test(path));
    expect(beside.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["mlflow.db", "calls.jsonl", expect.stringMatching(/artifacts\//)]),
    );
    expect([...files, ...beside].filter(({ mode }) => mode !== "600")).toEqual([]);
  },
);
