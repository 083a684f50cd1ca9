import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { startCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

/** As tracers do it: files are read, and the event loop is kept turning, before and while the program runs. */
const PRELOADED = `
import { readFile } from "node:fs/promises";
await Promise.all(Array.from({ length: 8 }, () => readFile(new URL(import.meta.url))));
const turn = () => setImmediate(turn).unref();
turn();
`;

it("answers the same with a module that NODE_OPTIONS loads first, whose reads have made the workers that steps run in", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "first.mjs"), PRELOADED);
  const bias = Object.fromEntries(Array.from({ length: 1000 }, (_, token) => [token, 1]));
  const body = JSON.stringify({ messages: [{ role: "user", content: "Hello" }], max_tokens: 4, temperature: 0, logit_bias: bias });
  const answers = async (env: Record<string, string>) => {
    const server = startCli(["serve", "--model_path", "demo", "--port", "0", "--no-cache", "--track", "off"], folder, env);
    onTestFinished(() => void server.process.kill("SIGKILL"));
    const [, url = ""] = await server.seen(/Listening on (http:\/\/127\.0\.0\.1:\d+)/);
    await server.seen(/Press Ctrl\+C/);
    const texts: unknown[] = [];
    for (let i = 0; i < 20; i++) {
      const response = await fetch(`${url}/v1/chat/completions`, { method: "POST", headers: { "content-type": "application/json" }, body });
      const { choices, error } = (await response.json()) as { choices?: { message: { content: string } }[]; error?: unknown };
      texts.push(choices?.[0]?.message.content ?? error);
    }
    server.process.kill("SIGTERM");
    await server.finished;
    return texts;
  };
  const [expected] = await answers({});
  expect(await answers({ NODE_OPTIONS: "--import ./first.mjs" })).toEqual(Array.from({ length: 20 }, () => expected));
});

it("does not count on a pool of one worker where another module loads the program", () => {
  const folder = temporaryFolder();
  const program = fileURLToPath(new URL("../../bin/run.cjs", import.meta.url));
  const loader = `process.argv[2] = "--version";
await import(${JSON.stringify(pathToFileURL(program).href)});
console.log(process.env.UV_THREADPOOL_SIZE ?? "as Node has it");`;
  writeFileSync(join(folder, "loader.mjs"), loader);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== "UV_THREADPOOL_SIZE"));
  expect(execFileSync(process.execPath, [join(folder, "loader.mjs")], { env, encoding: "utf8" })).toContain("as Node has it");
});
