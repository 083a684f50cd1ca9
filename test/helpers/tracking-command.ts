import { onTestFinished } from "vitest";
import { startCli } from "./run-cli.js";

/** Where `llmops mlflow server` serves a folder's own store, in a process that ends with the test. */
export async function trackingCommand(folder: string): Promise<string> {
  const server = startCli(["mlflow", "server", "--port", "0"], folder);
  onTestFinished(async () => {
    server.process.kill("SIGTERM");
    await server.finished;
  });
  const [url = ""] = await server.seen(/http:\/\/127\.0\.0\.1:\d+/);
  return url;
}
