import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { servingDefaults, type ServingDefaults } from "../../lib/base/config/serving.js";
import type { Settings } from "../../lib/base/config/settings.js";
import { CassetteWriter } from "../../lib/inference/cassette/cassette-writer.js";
import { readCassette } from "../../lib/inference/cassette/cassette-file.js";
import { ReplayProvider } from "../../lib/inference/cassette/replay-provider.js";
import type { KeysByScope } from "../../lib/serving/access/api-keys.js";
import { MemoryStore } from "../../lib/inference/gateway/cache/memory-store.js";
import { RedisStore } from "../../lib/inference/gateway/cache/redis-store.js";
import { ResponseCache } from "../../lib/inference/gateway/cache/response-cache.js";
import type { Provider } from "../../lib/inference/gateway/call.js";
import { MetricRegistry } from "../../lib/base/metrics/metric-registry.js";
import { RedisConnection } from "../../lib/base/redis/redis-connection.js";
import { DEFAULT_SHARING, type CacheSharing } from "../../lib/serving/server/cache-audience.js";
import type { RequestDefaults } from "../../lib/serving/server/request-defaults.js";
import { OwnModels, type OwnModel } from "../../lib/serving/server/own-models.js";
import { Service } from "../../lib/serving/server/service.js";
import { readPromptText } from "../../lib/experiments/study/prompt-template.js";
import { parseSlo } from "../../lib/operations/slo/slo.js";
import { buildAccess, buildKeys, toPrices } from "./build-access.js";
import { buildProvider, planProviders, type ProviderContext } from "./build-providers.js";
import { allowedStores, parseTrackingPolicy, TrackingConnection } from "./tracking-connection.js";

const BYTES_OF_MB = 1_000_000;

export interface BuiltService {
  service: Service;
  tracking: TrackingConnection | undefined;
  /** Gives why requests are lost that were to be recorded, if any are. */
  close(): Promise<LlmopsError | undefined>;
}

/** Puts the parts of a server together as the settings say; nothing listens and no model is loaded yet. */
export async function buildService(
  settings: Settings,
  { model, apiKeys, log }: { model: string; apiKeys: KeysByScope; log: (message: string) => void },
): Promise<BuiltService> {
  const metrics = new MetricRegistry({
    vllm: settings["monitoring.metrics_compat"] === "vllm",
    custom: settings["monitoring.custom_metrics"],
  });
  const redisUrl = settings["cache.redis_url"];
  const redis = redisUrl === undefined ? undefined : new RedisConnection(redisUrl, log);
  const cache = buildCache(settings, redis);
  const access = buildAccess(settings, { metrics, redis, log });
  const keys = buildKeys(settings, apiKeys, log);
  const policy = parseTrackingPolicy(settings["tracking.track"]);
  const recording = settings["server.record"];
  const recorder = recording === undefined ? undefined : new CassetteWriter(recording);
  const plan = planAnswers(settings);
  const models = new OwnModels(model, plan.ownModel);
  const provider = await plan.open({ settings, metrics, models, model, log });
  await redis?.open();
  const service = new Service({
    model,
    models,
    anyModel: plan.ownModel === "none" && settings["providers.upstream_model"] === undefined,
    version: settings["models.default_version"],
    provider,
    cache,
    metrics,
    keys,
    access,
    recorder,
    prices: toPrices(settings),
    budgetFields: settings["security.budget_fields"],
    slos: settings["monitoring.slo"].map(parseSlo),
    deadlines: toDeadlines(settings),
    routes: settings["cache.routes"],
    sharing: toSharing(settings),
    defaultMaxTokens: settings["providers.max_tokens"],
    defaultTemperature: settings["providers.temperature"],
    requestDefaults: toRequestDefaults(settings),
  });
  // what was left to be sent is sent as soon as the store is open: only now is there a service to ask whether it is busy
  const isBusy = () => service.callMetrics.underWay > 0;
  const connection = policy && new TrackingConnection(policy, { note: log, isBusy, stores: allowedStores(settings) });
  const store = { uri: settings["tracking.uri"], trusted: true };
  await connection?.openOrNote(store, settings["tracking.experiment"], (tracking) => (service.tracking = tracking));
  const close = async () => {
    await provider.close();
    const loss = await connection?.close();
    await access.close();
    recorder?.close();
    await redis?.close();
    return loss;
  };
  return { service, tracking: connection, close };
}

interface AnswerPlan {
  ownModel: OwnModel;
  open(context: ProviderContext): Promise<Provider>;
}

/** Who answers: a recording, or the providers of the settings. Throws CONFIG_INVALID. */
function planAnswers(settings: Settings): AnswerPlan {
  const replay = settings["server.replay"];
  if (replay !== undefined) {
    const atOnce = settings["server.replay_speed"] === "fast";
    return { ownModel: "none", open: async () => new ReplayProvider(replay, await readCassette(replay), { atOnce }) };
  }
  const plan = planProviders(settings);
  if (settings["cache.routes"].length > 0 && plan.links.every(({ urls }) => urls.length === 0)) {
    throw new LlmopsError("CONFIG_INVALID", "--cache-route passes routes on to an upstream, but no upstream is configured.", {
      hint: "Name one with --upstream URL.",
    });
  }
  const ownModel = !plan.needsModel ? "none" : plan.links.length === 1 ? "awaited" : "optional";
  return { ownModel, open: async (context) => buildProvider(plan, context) };
}

function buildCache(settings: Settings, redis: RedisConnection | undefined): ResponseCache | undefined {
  if (!settings["cache.enabled"]) return undefined;
  const limits = {
    ttlSeconds: settings["cache.ttl"],
    maxItems: settings["cache.max_items"],
    maxBytes: Math.round(settings["cache.max_mb"] * BYTES_OF_MB),
  };
  const store = redis ? new RedisStore(redis, limits) : new MemoryStore(limits);
  return new ResponseCache(store, { nondeterministic: settings["cache.nondeterministic"], routes: settings["cache.routes"] });
}

function toSharing(settings: Settings): CacheSharing {
  const vary = settings["cache.vary"];
  return {
    vary: vary.length > 0 ? vary : DEFAULT_SHARING.vary,
    keyHeader: settings["security.api_key_header"],
    sharedRoutes: settings["cache.shared"],
    sharedCompletions: settings["cache.shared_completions"],
  };
}

/** The defaults of requests with their texts read. Throws INVALID_ARGUMENT for a file that cannot be read. */
function toRequestDefaults(settings: Settings): RequestDefaults {
  const withText = ({ system, ...values }: ServingDefaults) => ({
    ...values,
    ...(system !== undefined && { system: readPromptText(String(system)) }),
  });
  const models = Object.entries(settings["serving.models"]).map(([name, values]) => [name, withText(values)] as const);
  return { all: withText(servingDefaults(settings)), models: Object.fromEntries(models) };
}

function toDeadlines(settings: Settings): { totalMs: number; firstTokenMs: number | undefined; stallMs: number | undefined } {
  const toMs = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1000);
  return {
    totalMs: settings["server.timeout"] * 1000,
    firstTokenMs: toMs(settings["server.first_token_timeout"]),
    stallMs: toMs(settings["server.stall_timeout"]),
  };
}
