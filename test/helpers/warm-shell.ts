import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { commandEnvironment } from "./run-cli.js";
import { temporaryFolder } from "./temporary-folder.js";
import { runWarm } from "./warm-cli.js";

const CLIENT = fileURLToPath(new URL("warm-shell.mjs", import.meta.url));

/** Runs a shell script in which `llmops` is the built command line, in processes that run one command after another; ends at the first that fails. */
export async function runScript(script: string, cwd: string): Promise<{ code: number | null; output: string }> {
  const path = join(temporaryFolder(), "llmops.sock");
  const server = createServer({ allowHalfOpen: true }, (socket) => void answer(socket));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  try {
    return await runShell(`set -e\nllmops() { "${process.execPath}" "${CLIENT}" "${path}" "$@"; }\n${script}`, cwd);
  } finally {
    server.close();
  }
}

async function answer(socket: Socket): Promise<void> {
  const [line] = (await once(createInterface({ input: socket }), "line")) as [string];
  socket.end(JSON.stringify(await runWarm(JSON.parse(line) as Parameters<typeof runWarm>[0])));
}

function runShell(script: string, cwd: string): Promise<{ code: number | null; output: string }> {
  const child = spawn("bash", ["-c", script], { cwd, env: commandEnvironment(cwd), stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += data.toString("utf8")));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, output })));
}
