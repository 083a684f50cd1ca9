import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { delimiter, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { runCli, startCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

/** A PATH on which what opens browsers writes down what it was given, an argument a line. */
function withOpener(folder: string): { env: Record<string, string>; opened: () => string } {
  const file = join(folder, "opened");
  for (const name of ["xdg-open", "open"])
    writeFileSync(join(folder, name), `#!/bin/sh\nprintf '%s\\n' "$@" >> '${file}.part'\nmv '${file}.part' '${file}'\n`, { mode: 0o755 });
  const read = () => (existsSync(file) ? readFileSync(file, "utf8") : "");
  return { env: { PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}` }, opened: read };
}

async function serveAt(folder: string, args: string[], env: Record<string, string> = {}) {
  const server = startCli(args, folder, env);
  onTestFinished(() => void server.process.kill("SIGKILL"));
  const [, url = ""] = await server.seen(/Listening on (http:\S+)/);
  await server.seen(/Press Ctrl\+C/);
  return { ...server, url, port: new URL(url).port };
}

/** The first row of a table in a file of a new run, which the server reads in a thread of its own. */
async function tableOf(url: string, folder: string): Promise<unknown> {
  writeFileSync(join(folder, "log.jsonl"), '{"step": 1, "loss": 2}\n');
  writeFileSync(join(folder, "t.csv"), "a,b\n1,x\n2,y\n");
  const trained = await runCli(["mlflow", "log-training", "log.jsonl", "--tracking-uri", url, "--json"], folder);
  const { run_id: runId } = JSON.parse(trained.stdout) as { run_id: string };
  await runCli(["mlflow", "artifacts", "put", runId, "t.csv", "--tracking-uri", url], folder);
  return (await fetch(`${url}/api/llmops/1/artifacts/table?run_id=${runId}&path=t.csv&limit=1`)).json();
}

describe("llmops ui", () => {
  it("serves the application and opens the browser with its URL alone; a second one opens the server that is there", async () => {
    const [folder, bin] = [temporaryFolder(), temporaryFolder()];
    const { env, opened } = withOpener(bin);
    const server = await serveAt(folder, ["ui", "--port", "0", "--open"], env);
    await expect.poll(opened).toBe(`${server.url}/app/\n`);
    expect((await fetch(`${server.url}/app/`)).status).toBe(200);
    expect(await tableOf(server.url, folder)).toMatchObject({ total: 2, rows: [[1, "x"]] });
    writeFileSync(join(bin, "opened"), "");
    const second = await runCli(["ui", "--port", server.port, "--open"], folder, { ...env, LLMOPS_MLFLOW_TOKEN: "secret" });
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining(`already listens on ${server.url}.`) as string });
    await expect.poll(opened).toBe(`${server.url}/app/\n`);
    server.process.kill("SIGINT");
    expect((await server.finished).code).toBe(0);
  });

  it("opens nothing where no terminal is, and says where the application is", async () => {
    const [folder, bin] = [temporaryFolder(), temporaryFolder()];
    const { env, opened } = withOpener(bin);
    const server = await serveAt(folder, ["mlflow", "ui", "--port", "0"], { ...env, DISPLAY: ":0" });
    server.process.kill("SIGTERM");
    const { code, stdout } = await server.finished;
    expect([code, opened()]).toEqual([0, ""]);
    expect(stdout).toContain(`Web application: ${server.url}/app/`);
  });

  it("is refused the port where the server of another store listens, and says what keeps a browser from opening", async () => {
    const folder = temporaryFolder();
    const server = await serveAt(folder, ["ui", "--port", "0", "--open"], { PATH: temporaryFolder() });
    await server.seen(/could not be opened \(.*ENOENT\)/);
    const other = await runCli(["ui", "--port", server.port, "--no-open"], temporaryFolder());
    expect(other).toMatchObject({ code: 3, stderr: expect.stringContaining("PORT_IN_USE") as string });
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });
});

describe("Ctrl+C", () => {
  it("says that a request is unfinished, and ends at once the second time", async () => {
    const server = await serveAt(temporaryFolder(), ["mlflow", "server", "--port", "0"]);
    const client = connect(Number(server.port), "127.0.0.1");
    onTestFinished(() => void client.destroy());
    client.on("error", () => undefined);
    const body = "content-type: application/json\r\ncontent-length: 100\r\nexpect: 100-continue\r\n\r\n";
    client.write(`POST /api/2.0/mlflow/runs/create HTTP/1.1\r\nhost: 127.0.0.1\r\n${body}`);
    await new Promise((resolve) => client.once("data", resolve)); // it has the request, and waits for its body
    server.process.kill("SIGINT");
    await server.seen(/Waiting for 1 unfinished request\. Press Ctrl\+C again to end at once\./);
    server.process.kill("SIGINT");
    expect((await server.finished).code).toBe(130);
  });
});
