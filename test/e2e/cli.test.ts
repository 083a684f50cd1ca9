import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { runCli, startCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

describe("llmops", () => {
  it("prints its version and its commands", async () => {
    const folder = temporaryFolder();
    expect((await runCli(["--version"], folder)).stdout).toMatch(/^llmops\/\d+\.\d+\.\d+ /);
    const { stdout } = await runCli(["--help"], folder);
    for (const command of ["serve", "sweep", "mlflow"]) expect(stdout).toContain(command);
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
    expect(stderr).toBe("");
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
