import { Flags } from "@oclif/core";
import { BaseCommand } from "../base-command.js";
import { DEMO_MODEL } from "../lib/models/model-file.js";
import { engineFlags, loadEngine, modelPathFlag } from "../target-flags.js";

/** `llmops serve`: a local model behind an OpenAI-compatible API. */
export default class Serve extends BaseCommand {
  static override summary = "Serve a local model behind an OpenAI-compatible API.";
  static override enableJsonFlag = false;
  static override examples = ["<%= config.bin %> serve --model_path model.gguf", "<%= config.bin %> serve --port 8000"];
  static override flags = {
    model_path: modelPathFlag,
    host: Flags.string({ default: "127.0.0.1", description: "address to listen on" }),
    port: Flags.integer({ char: "p", default: 8080, min: 0, max: 65535, description: "port to listen on; 0 takes any free one" }),
    slots: Flags.integer({ default: 4, min: 1, max: 64, description: "requests answered at the same time" }),
    ...engineFlags,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Serve);
    const signal = this.listenForInterrupt();
    const target = await loadEngine(flags.model_path ?? DEMO_MODEL, flags["ctx-size"], flags.slots, signal);
    const { startServer } = await import("../lib/server/start-server.js");
    try {
      const server = await startServer(target, { host: flags.host, port: flags.port, onError: (error) => this.warn(error.message) });
      this.log(`Serving ${target.model} (${target.location})`);
      this.log(`Listening on ${server.url}  (OpenAI API: ${server.url}/v1)`);
      if (!["127.0.0.1", "localhost", "::1"].includes(flags.host)) {
        this.warn(`Anyone who can reach ${flags.host} can use this model: there is no API key.`);
      }
      this.log(`Try: ${curlLine(server.url)}`);
      this.log("Press Ctrl+C to stop.");
      await aborted(signal);
      this.log("Stopping: waiting for running requests (Ctrl+C again to stop at once).");
      await server.close();
    } finally {
      await target.close();
    }
  }
}

function curlLine(url: string): string {
  const body = JSON.stringify({ messages: [{ role: "user", content: "What is the capital of France?" }] });
  return `curl ${url}/v1/chat/completions -H 'content-type: application/json' -d '${body}'`;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
