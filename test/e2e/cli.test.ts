import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Config } from "@oclif/core";
import { describe, expect, it } from "vitest";
import { GGML_TYPE } from "../../src/lib/inference/models/ggml-types.js";
import { writeGguf, type GgufEntry } from "../../src/lib/inference/models/gguf-writer.js";
import { runCli, startCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

describe("llmops", () => {
  it("prints its version and its commands", async () => {
    const folder = temporaryFolder();
    expect((await runCli(["--version"], folder)).stdout).toMatch(/^llmops\/\d+\.\d+\.\d+ /);
    const { stdout } = await runCli(["--help"], folder);
    for (const command of ["serve", "sweep", "mlflow"]) expect(stdout).toContain(command);
  });

  it.each(["--version", "-v", "version"])("prints its version as oclif does, without it: %s", async (word) => {
    const { userAgent } = await Config.load(fileURLToPath(new URL("../..", import.meta.url)));
    const { code, stdout } = await startCli([word], temporaryFolder()).finished;
    expect([code, stdout]).toEqual([0, `${userAgent}\n`]);
  });

  it("refuses an unknown command without a stack trace", async () => {
    const { code, stderr } = await runCli(["swep"], temporaryFolder());
    expect(code).toBe(2);
    expect(stderr).toContain("swep");
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it("says where to look when there is no store", async () => {
    const { code, stderr } = await runCli(["mlflow", "runs"], temporaryFolder());
    expect(code).toBe(3);
    expect(stderr).toMatch(/^Error \[STORE_NOT_FOUND\] .*mlflow\.db\.\nHint: /);
  });
});

/** The header of a model with a context that fits no machine. */
const HUGE = new Map<string, GgufEntry>([
  ["general.architecture", { type: "string", value: "llama" }],
  ["llama.context_length", { type: "uint32", value: 1_000_000 }],
  ["llama.block_count", { type: "uint32", value: 80 }],
  ["llama.embedding_length", { type: "uint32", value: 8192 }],
  ["llama.attention.head_count", { type: "uint32", value: 64 }],
]);

describe("llmops serve", () => {
  it("prints where it listens and a curl line, and answers; SIGTERM ends it with 0", async () => {
    const server = startCli(["serve", "--port", "0"], temporaryFolder());
    const [, url] = await server.seen(/Listening on (http:\/\/127\.0\.0\.1:\d+)/);
    await server.seen(/Press Ctrl\+C/);
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"messages": [{"role": "user", "content": "What is the capital of France?"}], "temperature": 0}',
    });
    expect(JSON.stringify(await response.json())).toContain("Paris");
    server.process.kill("SIGTERM");
    const { code, stdout, stderr } = await server.finished;
    expect(code).toBe(0);
    expect(stdout).toContain(`curl ${url}/v1/chat/completions`);
    const lines = stderr.trim().split("\n");
    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries.find((entry) => entry["path"] === "/v1/chat/completions")).toMatchObject({ status: 200, reqId: expect.any(String) });
  });

  it("gives the same text for the same seed with --deterministic, whatever was asked before", async () => {
    const server = startCli(["serve", "--port", "0", "--deterministic", "--log-level", "silent"], temporaryFolder());
    const [, url] = await server.seen(/Listening on (http:\/\/127\.0\.0\.1:\d+)/);
    const ask = async (content: string, seed: number) => {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ messages: [{ role: "user", content }], temperature: 1.5, seed, max_tokens: 40 }),
      });
      return ((await response.json()) as { choices: { message: { content: string } }[] }).choices[0]?.message.content;
    };
    const first = await ask("Tell me something.", 3);
    await Promise.all([ask("Tell me something.", 4), ask("Something else.", 5)]);
    expect(await ask("Tell me something.", 3)).toBe(first);
    server.process.kill("SIGTERM");
    expect((await server.finished).stderr).toBe("");
  });

  it("ends at once on a second signal although an answer is running", async () => {
    const server = startCli(["serve", "--port", "0"], temporaryFolder());
    const [, url] = await server.seen(/Listening on (http:\/\/127\.0\.0\.1:\d+)/);
    const body = JSON.stringify({ prompt: "a", ignore_eos: true, max_tokens: 900, n: 64, stream: true, timeout: 300 });
    const response = await fetch(`${url}/v1/completions`, { method: "POST", headers: { "content-type": "application/json" }, body });
    server.process.kill("SIGTERM");
    await server.seen(/Stopping/);
    server.process.kill("SIGTERM");
    expect((await server.finished).code).toBe(130);
    await response.body?.cancel().catch(() => undefined);
  });

  it("refuses what the machine cannot do: too much memory, a GPU that is not there", async () => {
    const folder = temporaryFolder();
    await writeGguf(join(folder, "huge.gguf"), HUGE, [
      { name: "t", dimensions: [32], type: GGML_TYPE.Q8_0, data: () => [new Uint8Array(34)] },
    ]);
    const big = await runCli(["serve", "--model_path", "huge.gguf", "--port", "0", "--ctx-size", "1000000"], folder);
    expect(big).toMatchObject({ code: 3, stdout: "" });
    expect(big.stderr).toMatch(/\[OUT_OF_MEMORY\].*needs .* GiB of memory[\s\S]*It fits with --ctx-size \d+/);
    const metal = await runCli(["serve", "--port", "0", "--gpu", process.platform === "darwin" ? "cuda" : "metal"], temporaryFolder());
    expect(metal).toMatchObject({ code: 3, stdout: "" });
    expect(metal.stderr).toContain("[GPU_UNAVAILABLE]");
  });

  it("finishes a running answer before it ends", async () => {
    const server = startCli(["serve", "--port", "0"], temporaryFolder());
    const [, url] = await server.seen(/Listening on (http:\S+)/);
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"messages": [{"role": "user", "content": "What is the capital of France?"}], "temperature": 2, "seed": 2, "max_tokens": 300, "stream": true}',
    });
    server.process.kill("SIGINT");
    const text = await response.text();
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
    expect(text).toMatch(/"finish_reason":"(stop|length)"/);
    expect((await server.finished).code).toBe(0);
  });

  it("says when the port is taken and suggests another", async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
    const { port } = blocker.address() as { port: number };
    const { code, stderr } = await runCli(["serve", "--port", String(port)], temporaryFolder());
    blocker.close();
    expect(code).toBe(3);
    expect(stderr).toMatch(new RegExp(`^Error \\[PORT_IN_USE\\] Port ${port} .*\nHint: .*--port ${port === 65535 ? 8080 : port + 1}`));
  });

  it("refuses a model that is not there", async () => {
    const { code, stderr } = await runCli(["serve", "--model-path", "nothing.gguf"], temporaryFolder());
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Error \[MODEL_NOT_FOUND\] The model file .*nothing\.gguf does not exist\.\nHint: /);
  });
});
