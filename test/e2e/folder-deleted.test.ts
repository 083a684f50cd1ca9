import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chatAnswer, fakeUpstream, sendJson, sendStream } from "../helpers/fake-upstream.js";
import { runCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const ROWS = 6;

/** A folder with rows, and a model that answers; as it is asked for the last time but one, what is named is deleted. */
async function folderThatLoses(names: RegExp, { after = ROWS - 1 } = {}) {
  const folder = temporaryFolder();
  const rows = Array.from({ length: ROWS }, (_, i) => ({ id: `r${i}`, question: `q${i}`, answer: "yes", reference: "yes" }));
  writeFileSync(join(folder, "rows.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  const { url } = await fakeUpstream(async ({ method, body }, response) => {
    const content = '{"score": 4}';
    if (method === "POST" && (after -= 1) === 0) remove(folder, names);
    if (body["stream"] === true) return sendStream(response, [content]);
    sendJson(response, method === "POST" ? chatAnswer(content) : { object: "list", data: [{ id: "big" }] });
  });
  return { folder, target: ["--endpoint", url, "--model", "big"], judge: ["--judge-endpoint", url, "--judge-model", "big"] };
}

function remove(folder: string, names: RegExp): void {
  for (const name of readdirSync(folder)) if (names.test(name)) rmSync(join(folder, name), { recursive: true, force: true });
}

const STORE = /^mlflow\.db|^mlartifacts$/;
const WHAT: Record<string, RegExp> = { "the store": STORE, "its artifacts": /^mlartifacts$/, "what it keeps its answers in": /^\.state$/ };
const STUDY = ["-d", "rows.jsonl", "-c", "1", "--repeats", "1"];

type Place = Awaited<ReturnType<typeof folderThatLoses>>;
const COMMANDS: Record<string, (place: Place) => string[]> = {
  sweep: ({ target }) => ["sweep", "temperature", "0,1", ...target, ...STUDY],
  judge: ({ judge }) => ["judge", "-d", "rows.jsonl", "--rubric", "accuracy", "--method", "generate", "-c", "1", ...judge],
  optimize: ({ target }) => ["optimize", "temperature=0..1", "--trials", "2", "--proof", "0", ...target, ...STUDY],
  bench: ({ target }) => ["bench", ...target, "--requests", "6", "-c", "1", "--warmup", "0"],
  "mlflow exec": () => ["mlflow", "exec", "--", process.execPath, "-e", "fs.rmSync('mlflow.db')"],
};

describe("a command whose files are deleted while it works", () => {
  it.each(Object.keys(WHAT))("does not say that it recorded anything: eval without %s", async (what) => {
    const { folder, target } = await folderThatLoses(WHAT[what] as RegExp);
    const { code, stdout, stderr } = await runCli(["eval", ...target, ...STUDY], folder);
    expect(stderr).toMatch(/\[STORE_UNWRITABLE\].*was deleted while it was in use/);
    expect(stdout).not.toContain("Recorded in");
    expect(code).toBe(3);
  });

  it.each(Object.keys(COMMANDS))("does not say that it recorded anything: %s without the store", async (name) => {
    const place = await folderThatLoses(STORE);
    const { code, stdout, stderr } = await runCli(COMMANDS[name]?.(place) ?? [], place.folder);
    expect(stderr).toMatch(/\[STORE_UNWRITABLE\].*was deleted while it was in use/);
    expect(stdout + stderr).not.toContain("Recorded in");
    expect(code).toBe(3);
  });

  it("is recorded whole when it is resumed", async () => {
    const { folder, target } = await folderThatLoses(STORE);
    await runCli(["eval", ...target, ...STUDY], folder);
    const resumed = await runCli(["eval", "--resume", "last", "--json"], folder);
    expect(resumed.code, resumed.stderr).toBe(0);
    const listed = await runCli(["mlflow", "runs", "--json"], folder);
    expect(listed.stdout).toContain((JSON.parse(resumed.stdout) as { study: { run_id: string } }).study.run_id);
  });
});
