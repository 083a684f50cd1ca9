import { Flags } from "@oclif/core";
import { BaseCommand, aborted } from "../base-command.js";
import { isLocalHost } from "../lib/http/listen.js";
import { resolveModelReference } from "../model-reference.js";
import { trackingUriFlag } from "../store-flags.js";
import { engineFlags, loadEngine, modelPathFlag, toEngineOptions } from "../target-flags.js";

/** `llmops serve`: a local model behind an OpenAI-compatible API. */
export default class Serve extends BaseCommand {
  static override summary = "Serve a local model behind an OpenAI-compatible API.";
  static override description =
    "Answers at /v1/chat/completions, /v1/completions, /v1/embeddings and more: see /docs of the running server. " +
    "Log lines go to standard error, as JSON when that is not a terminal.";
  static override enableJsonFlag = false;
  static override examples = [
    "<%= config.bin %> serve --model_path model.gguf",
    "<%= config.bin %> serve --port 8000 --slots 8 --ctx-size 4096",
    "<%= config.bin %> serve --deterministic",
  ];
  static override flags = {
    model_path: modelPathFlag,
    host: Flags.string({ default: "127.0.0.1", description: "address to listen on" }),
    port: Flags.integer({ char: "p", default: 8080, min: 0, max: 65535, description: "port to listen on; 0 takes any free one" }),
    slots: Flags.integer({ default: 4, min: 1, max: 256, description: "requests answered at the same time" }),
    queue: Flags.integer({ default: 128, min: 0, description: "requests that may wait for a slot; more are refused with 429" }),
    timeout: Flags.integer({ default: 60, min: 1, max: 300, description: "seconds a request may take when it does not say itself" }),
    "first-token-timeout": Flags.integer({ min: 1, max: 300, description: "seconds until the first token has to be there" }),
    "stall-timeout": Flags.integer({ min: 1, max: 300, description: "longest pause between two tokens, in seconds" }),
    "log-level": Flags.option({
      options: ["debug", "info", "warn", "error", "silent"] as const,
      default: "info",
      description: "what is logged",
    })(),
    "tracking-uri": trackingUriFlag,
    ...engineFlags,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Serve);
    const signal = this.listenForInterrupt();
    const reference = await resolveModelReference(flags.model_path, flags["tracking-uri"]);
    const model = await loadEngine(reference, { ...toEngineOptions(flags, flags.slots), queueLimit: flags.queue }, signal);
    const [{ startServer }, { createServeLog }] = await Promise.all([import("../lib/server/start-server.js"), import("../serve-log.js")]);
    try {
      const server = await startServer(model, {
        host: flags.host,
        port: flags.port,
        logger: await createServeLog(flags["log-level"]),
        deadlines: {
          totalMs: flags.timeout * 1000,
          firstTokenMs: toMs(flags["first-token-timeout"]),
          stallMs: toMs(flags["stall-timeout"]),
        },
      });
      const { slots, threads, gpu, contextSize } = model.state;
      this.log(`Serving ${model.model} (${model.location})`);
      this.log(`${slots} ${slots === 1 ? "slot" : "slots"} of ${contextSize} tokens, ${describeCompute(gpu, threads)}`);
      this.log(`Listening on ${server.url}  (OpenAI API: ${server.url}/v1, documentation: ${server.url}/docs)`);
      if (!isLocalHost(flags.host)) this.warn(`Anyone who can reach ${flags.host} can use this model: there is no API key.`);
      this.log(`Try: ${curlLine(server.url)}`);
      this.log("Press Ctrl+C to stop.");
      await aborted(signal);
      this.log("Stopping: waiting for running requests (Ctrl+C again to stop at once).");
      await server.close();
    } finally {
      await model.close();
    }
  }
}

function describeCompute(gpu: string, { single, several, prompt }: { single: number; several: number; prompt: number }): string {
  const threads =
    single === prompt && several === prompt ? `${prompt}` : `${single} (one answer), ${several} (several), ${prompt} (prompts)`;
  return `${gpu === "off" ? "CPU" : gpu}, threads: ${threads}`;
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

function curlLine(url: string): string {
  const body = JSON.stringify({ messages: [{ role: "user", content: "What is the capital of France?" }] });
  return `curl ${url}/v1/chat/completions -H 'content-type: application/json' -d '${body}'`;
}
