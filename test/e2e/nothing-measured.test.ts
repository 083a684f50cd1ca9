import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { runCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

/** An endpoint that lists a model, and answers nothing else. */
async function brokenEndpoint(): Promise<string> {
  const server = createServer((request, response) => {
    const models = request.url?.endsWith("/models") === true;
    response.writeHead(models ? 200 : 400, { "content-type": "application/json" });
    response.end(JSON.stringify(models ? { object: "list", data: [{ id: "m" }] } : { error: { message: "out of order" } }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

// what is printed is held to its JSON Schema wherever the command line is run
it.each([
  ["sweep", "temperature", "0.1,0.9", "--limit", "3", "--retries", "0"],
  ["eval", "--limit", "3", "--retries", "0"],
  ["optimize", "temperature=0..1", "--trials", "2", "--limit", "3", "--retries", "0"],
  ["judge", "--limit", "3", "--rubric", "accuracy", "--retries", "0"],
  ["bench", "--requests", "2", "--concurrency", "1", "--warmup", "0"],
])("%s of an endpoint that answers nothing prints a document that follows its schema, and ends with an error", async (...words) => {
  const { code, stdout } = await runCli([...words, "--endpoint", await brokenEndpoint(), "--json"], temporaryFolder());
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toHaveProperty("schema");
});
