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
