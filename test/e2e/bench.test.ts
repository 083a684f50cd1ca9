import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { runCli, startCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const QUICK = ["--warmup", "0", "-c", "2", "--requests", "4", "--timeout", "1"];

interface BenchDocument {
  levels: { requests: { done: number; failed: number }; errors: { code: string; message: string; requests: number }[] }[];
}

/** A server that lists a model, and does with the i-th question what a test says; nothing at all where that is "hang". */
async function scriptedServer(
  reply: "hang" | ((response: ServerResponse, index: number) => void),
  { lists = true }: { lists?: boolean } = {},
): Promise<string> {
  let asked = 0;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    if (lists && request.url?.endsWith("/models")) response.end(JSON.stringify({ data: [{ id: "scripted" }] }));
    else if (reply !== "hang") request.on("end", () => reply(response, asked++));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it("an endpoint that accepts and does not answer fails every request by its deadline", async () => {
  const url = await scriptedServer("hang");
  const { stdout, stderr } = await runCli(["bench", url, ...QUICK, "--json"], temporaryFolder());
  const [level] = (JSON.parse(stdout) as BenchDocument).levels;
  expect(level?.requests, stderr).toEqual({ done: 4, failed: 4 });
  expect(level?.errors).toMatchObject([{ code: "REQUEST_TIMEOUT", requests: 4 }]);
});

it("Ctrl+C gives what was measured until then, with its errors", async () => {
  let interrupt = () => false;
  const url = await scriptedServer((response, index) => {
    if (index === 0) response.writeHead(500).end("{}");
    else interrupt();
  });
  const cli = startCli(["bench", url, "--warmup", "0", "-c", "1", "--requests", "4", "--json"], temporaryFolder());
  interrupt = () => cli.process.kill("SIGINT");
  const { code, stdout } = await cli.finished;
  const [level] = (JSON.parse(stdout) as BenchDocument).levels;
  expect([code, level?.requests]).toEqual([130, { done: 1, failed: 1 }]);
  expect(level?.errors).toMatchObject([{ code: "ENDPOINT_ERROR", requests: 1 }]);
});

it("an endpoint that does not even list its models is given up after the same time", async () => {
  const url = await scriptedServer("hang", { lists: false });
  const { code, stderr } = await runCli(["bench", url, ...QUICK], temporaryFolder());
  expect([code, stderr]).toEqual([3, expect.stringMatching(/REQUEST_TIMEOUT.*did not list its models within 1 s/) as string]);
});

it.each([
  ["check", "--timeout", "1"],
  ["--once", "--timeout", "1"],
  ["canary", "--bless", "--timeout", "1"],
])("monitor gives up a server that hangs after --timeout: %j %j", async (...args) => {
  const url = await scriptedServer("hang", { lists: false });
  const started = performance.now();
  const { code, stderr } = await runCli(["monitor", ...args, url], temporaryFolder());
  expect(code, stderr).toBe(3);
  expect(performance.now() - started).toBeLessThan(30_000);
});

it.each([
  ["a server that is down", 3, ["--model", "m"], undefined],
  ["every request refused", 3, [], () => 429],
  ["more than half refused", 3, [], (index: number) => (index < 3 ? 500 : 200)],
  ["a failure that nothing depends on", 0, [], (index: number) => (index < 1 ? 500 : 200)],
  ["a failure with an objective", 3, ["--slo", "e2e<60s@50%"], (index: number) => (index < 1 ? 500 : 200)],
  ["a failure that may be", 0, ["--slo", "e2e<60s@50%", "--max-failed", "1"], (index: number) => (index < 1 ? 500 : 200)],
  ["a missed objective", 1, ["--slo", "e2e<0.001ms"], () => 200],
] as const)("%s ends with %i", async (_, exit, more, status) => {
  const url = status === undefined ? "http://127.0.0.1:1" : await scriptedServer((response, index) => answer(response, status(index)));
  const { code, stdout, stderr } = await runCli(["bench", url, ...QUICK, ...more], temporaryFolder());
  expect(code, stdout + stderr).toBe(exit);
  if (exit === 3) expect(stdout).toMatch(/\d of 4 requests failed: [A-Z_]+: /);
});

function answer(response: ServerResponse, status: number): void {
  const body = { choices: [{ index: 0, message: { role: "assistant", content: "yes" }, finish_reason: "stop" }] };
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(status === 200 ? body : { error: { message: "no" } }));
}
