// Servers to measure, each in a process of its own.
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** `llmops serve` on a model. */
export function startLlmops(model, { slots, context, flags = [], within }) {
  const bin = fileURLToPath(new URL("../bin/run.cjs", import.meta.url));
  return start(
    process.execPath,
    (port) => [
      bin,
      ...["serve", "--model_path", model, "--port", port, "--slots", String(slots), "--ctx-size", String(context)],
      ...["--log-level", "warn", "--timeout", "300", ...flags],
    ],
    within,
  );
}

/** llama.cpp's own server, by the path of its binary, with the flags that suit it best. */
export function startLlamaServer(binary, model, { slots, context, threads, flags = [], within }) {
  return start(
    binary,
    (port) => [
      ...["-m", model, "--port", port, "--host", "127.0.0.1", "-np", String(slots), "-c", String(slots * context)],
      ...["-t", String(threads), "--no-webui", "-lv", "0", ...flags],
    ],
    within,
  );
}

/** node-llama-cpp's public classes behind the same API. */
export function startPlain(model, { slots, context, threads }) {
  const script = fileURLToPath(new URL("./plain-server.mjs", import.meta.url));
  return start(process.execPath, (port) => [script, model, port, String(slots), String(context), String(threads)]);
}

/** `within` is a command that runs the command that follows it, such as one that puts it into a control group. */
async function start(command, argumentsOf, within = []) {
  const port = await freePort();
  // without the keys and limits of whoever measures
  const env = { ...process.env, LLMOPS_STATE_DIR: mkdtempSync(join(tmpdir(), "bench-state-")) };
  const stdio = ["ignore", "ignore", process.env.BENCH_DEBUG ? "inherit" : "ignore"];
  const [program, ...words] = [...within, command, ...argumentsOf(String(port))];
  const child = spawn(program, words, { env, stdio });
  process.once("exit", () => child.kill("SIGKILL"));
  const origin = `http://127.0.0.1:${port}`;
  let exited = false;
  child.once("exit", () => (exited = true));
  for (let tries = 0; tries < 600; tries++) {
    if (exited) throw new Error(`${command} ended`);
    const response = await fetch(`${origin}/health`).catch(() => undefined);
    if (response?.ok) return { url: `${origin}/v1`, pid: child.pid, stop: () => stop(child) };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${command} did not start`);
}

function stop(child) {
  if (child.exitCode !== null) return Promise.resolve();
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  setTimeout(() => child.kill("SIGKILL"), 3000).unref();
  return ended;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
