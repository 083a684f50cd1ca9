import { setMaxListeners } from "node:events";
import type { FastifyBaseLogger } from "fastify";
import { completeSettings } from "../../lib/base/config/load-settings.js";
import { requestLimits } from "../../lib/base/config/request-limits.js";
import type { Settings } from "../../lib/base/config/settings.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { isLoopbackHost } from "../../lib/base/http/addresses.js";
import type { RunningServer } from "../../lib/base/http/listen.js";
import type { KeysByScope } from "../../lib/serving/access/api-keys.js";
import type { ModelPool } from "../../lib/serving/server/model-pool.js";
import type { Host } from "../host/host.js";
import { buildService, checkSettings, type BuiltService } from "./build-service.js";
import { describeServer, type ServerFacts } from "./server-facts.js";
import { findModels, followReferences, serveModels, type FoundModels } from "./serve-models.js";

const BYTES_OF_MB = 1_000_000;

/** What is served, and how. */
export interface ServeOptions {
  /** A GGUF file, a Hugging Face folder, a runs:/ or models:/ reference; the demo model when neither this nor a provider is named. */
  modelPath?: string;
  /** 0 takes any free port. */
  port?: number;
  /** Everything else a server can be told, by its name in llmops.yaml. What is absent has its default: no file and no variable is read for it. */
  settings?: Partial<Settings>;
  /** Keys that open the server, besides those of the environment, of files, and of `llmops keys`. */
  apiKeys?: KeysByScope;
  /** Gets a line for every request and what happens to the server; without one the host is told of the latter. */
  logger?: FastifyBaseLogger;
}

/** A server that answers until it is closed, or its host's signal aborts. */
export interface ModelServer extends ServerFacts {
  readonly url: string;
  /** Waits for running requests and frees everything. Throws STORE_UNWRITABLE where requests are lost that were to be recorded. */
  close(): Promise<void>;
}

/**
 * Serves models, or passes requests on: listens first, loads the default model, and resolves when that answers. Throws CONFIG_INVALID,
 * PORT_IN_USE, ADDRESS_UNAVAILABLE, and what opening and loading models throws.
 */
export async function serve(options: ServeOptions, host: Host): Promise<ModelServer> {
  const settings = settingsOf(options);
  checkSettings(settings); // before a model is fetched or opened
  refuseOwnUpstream(settings);
  const stopping = new AbortController();
  const signal = AbortSignal.any([host.signal, stopping.signal]);
  setMaxListeners(0, signal); // everything that is running listens
  const inside = { ...host, signal };
  const found = await findModels(settings, inside);
  const { apiKeys = {}, logger } = options;
  const log = (message: string) => (logger ? logger.info(message) : host.note(message));
  const warn = (message: string) => (logger ? logger.warn(message) : host.note(message));
  const built = await buildService(settings, { model: nameOf(settings, found), apiKeys, log: warn });
  const parts: Parts = { built };
  let closing: Promise<void> | undefined;
  const close = () => {
    host.signal.removeEventListener("abort", onAbort);
    stopping.abort();
    return (closing ??= closeAll(parts));
  };
  const onAbort = () => void close().catch(() => undefined); // whoever closes it is told
  try {
    parts.server = await listen(built, settings, logger);
    if (found) {
      parts.pool = await serveModels(found, settings, { service: built.service, signal, log });
      followReferences(found, parts.pool, { settings, host: inside, log });
    }
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  if (host.signal.aborted) onAbort();
  else host.signal.addEventListener("abort", onAbort, { once: true });
  return { url: parts.server.url, close, ...describeServer(built.service, settings) };
}

interface Parts {
  built: BuiltService;
  server?: RunningServer;
  pool?: ModelPool;
}

async function closeAll({ built, server, pool }: Parts): Promise<void> {
  built.service.drain();
  let loss: LlmopsError | undefined;
  try {
    await server?.close();
  } finally {
    loss = await built.close();
    await pool?.close();
  }
  if (loss) throw loss;
}

function settingsOf({ modelPath, port, settings = {} }: ServeOptions): Settings {
  return completeSettings({
    ...settings,
    ...(modelPath !== undefined && { "models.default_model": modelPath }),
    ...(port !== undefined && { "server.port": port }),
  });
}

async function listen(
  { service, tracking }: BuiltService,
  settings: Settings,
  logger: FastifyBaseLogger | undefined,
): Promise<RunningServer> {
  const { startServer } = await import("../../lib/serving/server/start-server.js");
  return startServer(service, {
    host: settings["server.host"],
    port: settings["server.port"],
    logger,
    bodyLimitBytes: Math.round(settings["server.body_limit_mb"] * BYTES_OF_MB),
    limits: requestLimits(settings),
    apiKeyHeader: settings["security.api_key_header"],
    allowedHosts: settings["security.allowed_hosts"],
    strictFields: settings["server.strict_fields"],
    corsOrigins: settings["security.cors_origins"],
    prometheus: settings["monitoring.prometheus_enabled"],
    metricsPath: settings["monitoring.metrics_path"],
    mlflow: tracking?.change,
  });
}

function nameOf(settings: Settings, found: FoundModels | undefined): string {
  if (found) return found.sources[0].name;
  return settings["server.replay"] === undefined ? (settings["providers.upstream_model"] ?? "upstream") : "recording";
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
    hint: "Choose another --port, or leave out the upstream (which SELF_HOSTED_LLM_URL may also set).",
  });
}
