import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { fakeUpstream, sendStream } from "../helpers/fake-upstream.js";
import { runCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

/** Writes to the clipboard, names the window, clears the screen, turns text around, hides text. */
const HOSTILE = "a\u001b]52;c;ZXZpbA==\u0007\u001b]0;title\u001b\\\u001b[2J\u009b31m\u0085\u202egpj.exe\u2066\u200f\u2028\u{e0041}b";
const ANY = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\u{e0041}]/u;

interface Expected {
  code?: number;
  /** Whether the hostile text is to be seen, written out. */
  shows?: boolean;
}

async function run(args: string[], folder: string, { code = 0, shows = true }: Expected = {}): Promise<string> {
  const result = await runCli(args, folder);
  const printed = result.stdout + result.stderr;
  expect(result.code, printed).toBe(code);
  expect(printed, args.join(" ")).not.toMatch(ANY);
  if (shows) expect(printed, args.join(" ")).toMatch(/\\x1b\]52|\\u001b\]52/);
  return result.stdout;
}

it("what datasets, models, stores and files say is printed as text: nothing of it reaches a terminal as what it obeys", async () => {
  const folder = temporaryFolder();
  const upstream = await fakeUpstream((_, response) => sendStream(response, [HOSTILE]));
  const rows = [1, 2, 3].map((i) => JSON.stringify({ id: `${HOSTILE}${i}`, question: `${HOSTILE} ${i}?`, answer: "x", topic: HOSTILE }));
  writeFileSync(join(folder, "d.jsonl"), rows.join("\n"));
  const asked = ["--dataset", "d.jsonl", "--endpoint", upstream.url, "--model", HOSTILE, "--experiment", HOSTILE];
  await run(["eval", ...asked, "--markdown", "r.md"], folder);
  expect(readFileSync(join(folder, "r.md"), "utf8")).not.toMatch(ANY);
  await run(["show", "last", "--limit", "0"], folder);
  await run(["show", "last", "--by", "topic"], folder);
  await run(["show", "last", "--json"], folder);
  const list = await run(["mlflow", "runs", "--experiment", HOSTILE, "--json"], folder, { shows: false });
  const id = (JSON.parse(list) as { runs: { run_id: string }[] }).runs[0]?.run_id ?? "";
  await run(["mlflow", "runs", "--experiment", HOSTILE], folder, { shows: false });
  await run(["mlflow", "experiments"], folder);
  await run(["mlflow", "run", "show", id], folder, { shows: false });
  const name = HOSTILE.replaceAll("/", "");
  writeFileSync(join(folder, name), "x");
  await run(["mlflow", "artifacts", "put", id, name], folder, { shows: false });
  await run(["mlflow", "artifacts", "list", id], folder);
});

it("so are names of keys and models, and what errors name", async () => {
  const folder = temporaryFolder();
  const key = { id: "k1", name: HOSTILE, hash: "0".repeat(64), created_at: HOSTILE, revoked_at: null, limits: [], max_parallel: null };
  mkdirSync(join(folder, ".state"));
  writeFileSync(join(folder, ".state", "keys.json"), JSON.stringify({ schema: "llmops.keys/1", keys: [key] }));
  await run(["keys", "list"], folder);
  await run(["keys", "list", "--json"], folder);
  mkdirSync(join(folder, ".cache", "prepared"), { recursive: true });
  writeFileSync(join(folder, ".cache", "prepared", `${HOSTILE.replaceAll("/", "")}.gguf`), "GGUF");
  await run(["models", "list"], folder);
  await run(["models", "list", "--json"], folder);
  mkdirSync(join(folder, "models"));
  writeFileSync(join(folder, "models", `${HOSTILE}.gguf`), "GGUF");
  for (const json of [[], ["--json"]]) {
    await run(["models", "inspect", join("models", `${HOSTILE}.gguf`), ...json], folder, { code: 2 });
    await run(["sweep", "--limit", HOSTILE, ...json], folder, { code: 2 });
    await run(["sweep", "--dataset", `${HOSTILE}.jsonl`, ...json], folder, { code: 2 });
    await run([HOSTILE, ...json], folder, { code: 2 });
  }
  await run(["help", HOSTILE], folder, { code: 2 });
  await run(["mlflow", "exec", "--", process.execPath, "-e", "0"], folder, { shows: false });
});
