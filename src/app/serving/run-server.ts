import { describeThreads } from "../../lib/inference/engine/step-threads.js";
import { aborted } from "../host/aborted.js";
import type { Host } from "../host/host.js";
import { requestLimits } from "../../lib/base/config/request-limits.js";
import type { Settings } from "../../lib/base/config/settings.js";
import type { KeysByScope } from "../../lib/serving/access/api-keys.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { ModelPool } from "../../lib/serving/server/model-pool.js";
import { describeDefaults, type RequestDefaults } from "../../lib/serving/server/request-defaults.js";
import { isLoopbackHost } from "../../lib/base/http/addresses.js";
import { createServeLog } from "../../cli/terminal/serve-log.js";
import { buildService, type BuiltService } from "./build-service.js";
import { planProviders } from "./build-providers.js";
import { findModels, followReferences, serveModels, type FoundModels } from "./serve-models.js";
import { withoutUrlCredentials } from "../../lib/base/errors/url-credentials.js";
import { counted } from "../../lib/base/errors/counted.js";

const BYTES_OF_MB = 1_000_000;

export interface RunOptions {
  settings: Settings;
  apiKeys: KeysByScope;
  host: Host;
  /** For people, on standard output. */
  say: (line: string) => void;
  /** A command they may copy. */
  sayCommand: (line: string) => void;
}

/**
 * Serves until the signal aborts: listens first, loads the model, and says when it is ready. Throws STORE_UNWRITABLE in the end where
 * requests are lost that were to be recorded.
 */
export async function runServer({ settings, apiKeys, host, say, sayCommand }: RunOptions): Promise<void> {
  refuseOwnUpstream(settings);
  const found = await findModels(settings, host);
  const logger = await createServeLog(settings["server.log_level"]);
  const note = (message: string) => logger.info(message);
  const built = await buildService(settings, { model: nameOf(settings, found), apiKeys, log: (message) => logger.warn(message) });
  let pool: ModelPool | undefined;
  let loss: LlmopsError | undefined;
  try {
    const { startServer } = await import("../../lib/serving/server/start-server.js");
    const server = await startServer(built.service, {
      host: settings["server.host"],
      port: settings["server.port"],
      logger,
      bodyLimitBytes: Math.round(settings["server.body_limit_mb"] * BYTES_OF_MB),
      limits: requestLimits(settings),
      apiKeyHeader: settings["security.api_key_header"],
      allowedHosts: settings["security.allowed_hosts"],
      corsOrigins: settings["security.cors_origins"],
      prometheus: settings["monitoring.prometheus_enabled"],
      metricsPath: settings["monitoring.metrics_path"],
      mlflow: built.tracking?.change,
    });
    try {
      if (found) {
        pool = await serveModels(found, settings, { service: built.service, signal: host.signal, log: note });
        followReferences(found, pool, { settings, host, log: note });
      }
      announce(say, { settings, built, url: server.url });
      sayHowToAsk({ say, sayCommand }, { url: server.url, locked: built.service.keys?.areNeeded ?? false });
      say("Press Ctrl+C to stop.");
      await aborted(host.signal);
      say("Stopping: waiting for running requests (Ctrl+C again to stop at once).");
    } finally {
      built.service.drain();
      await server.close();
    }
  } finally {
    loss = await built.close();
    await pool?.close();
  }
  if (loss) throw loss;
}

function nameOf(settings: Settings, found: FoundModels | undefined): string {
  if (found) return found.sources[0].name;
  return settings["server.replay"] === undefined ? (settings["providers.upstream_model"] ?? "upstream") : "recording";
}

function announce(say: RunOptions["say"], { settings, built, url }: { settings: Settings; built: BuiltService; url: string }): void {
  const { service } = built;
  const { local, pool } = service;
  if (local && pool) {
    const { slots, threads, gpu, contextSize } = local.state;
    say(`Serving ${local.model} (${local.location})`);
    const others = pool.models.slice(1).map(({ source }) => source.id);
    if (others.length > 0) say(`When asked for: ${others.join(", ")} (up to ${settings["models.cache_size"]} loaded at a time)`);
    say(`${counted(slots, "slot")} of ${contextSize} tokens, ${gpu === "off" ? "CPU" : gpu}, threads: ${describeThreads(threads)}`);
  } else if (settings["server.replay"] !== undefined) say(`Replaying ${settings["server.replay"]}`);
  const order = planProviders(settings).links.map(({ name, urls }) =>
    urls.length === 0 ? "the local model" : `${name} (${urls.map(withoutUrlCredentials).join(", ")})`,
  );
  if (settings["server.replay"] === undefined && order.join() !== "the local model") say(`Asks ${order.join(", then ")}`);
  announceDefaults(say, service.requestDefaults);
  say(`Listening on ${url}  (OpenAI API: ${url}/v1, documentation: ${url}/docs)`);
  if (isLoopbackHost(settings["server.host"])) return;
  if (settings["security.allowed_hosts"].length === 0) {
    say("Answers to this machine's names and private addresses: name others, such as that of a proxy, with --allowed-hosts.");
  }
  if (service.keys?.areNeeded !== true) {
    say(`Warning: anyone who can reach ${settings["server.host"]} can use this model: there is no API key (llmops keys create NAME).`);
  }
}

function announceDefaults(say: RunOptions["say"], { all, models }: RequestDefaults): void {
  const defaults = describeDefaults(all);
  if (defaults !== undefined) say(`Requests that do not say themselves get: ${defaults}`);
  for (const [name, values] of Object.entries(models)) say(`Those for ${name} get: ${describeDefaults(values) ?? "the same"}`);
}

function sayHowToAsk({ say, sayCommand }: Pick<RunOptions, "say" | "sayCommand">, { url, locked }: { url: string; locked: boolean }): void {
  if (locked)
    say("Requests need an API key (authorization: Bearer KEY): llmops keys list shows those made here, llmops keys revoke undoes one.");
  sayCommand(`Try: ${curlLine(url, locked)}`);
}

function curlLine(url: string, locked: boolean): string {
  const body = JSON.stringify({ messages: [{ role: "user", content: "What is the capital of France?" }] });
  const key = locked ? " -H 'authorization: Bearer YOUR_KEY'" : "";
  return `curl ${url}/v1/chat/completions${key} -H 'content-type: application/json' -d '${body}'`;
}

/** A server that passes on to itself would never answer. */
function refuseOwnUpstream(settings: Settings): void {
  const port = settings["server.port"];
  const own = settings["providers.upstream"].find((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    return url && isLoopbackHost(url.hostname) && Number(url.port || 80) === port;
  });
  if (own === undefined) return;
  throw new LlmopsError("CONFIG_INVALID", `The upstream ${own} is this server itself.`, {
    hint: "Choose another --port, or leave the upstream out (SELF_HOSTED_LLM_URL names one too).",
  });
}
