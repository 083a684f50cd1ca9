import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { Settings } from "../../lib/base/config/settings.js";
import { CassetteWriter } from "../../lib/inference/cassette/cassette-writer.js";
import type { KeysByScope } from "../../lib/serving/access/api-keys.js";
import { MetricRegistry } from "../../lib/base/metrics/metric-registry.js";
import { RedisConnection } from "../../lib/base/redis/redis-connection.js";
import { OwnModels } from "../../lib/serving/server/own-models.js";
import { Service } from "../../lib/serving/server/service.js";
import { parseSlo } from "../../lib/operations/slo/slo.js";
import { buildAccess, buildKeys, limitsOf, toPrices } from "./build-access.js";
import { buildCache, toSharing } from "./build-cache.js";
import { planAnswers } from "./plan-answers.js";
import { toDeadlines, toRequestDefaults } from "./request-settings.js";
import { allowedStores, parseTrackingPolicy, TrackingConnection } from "./tracking-connection.js";

export interface BuiltService {
  service: Service;
  tracking: TrackingConnection | undefined;
  /** Gives why requests are lost that were to be recorded, if any are. */
  close(): Promise<LlmopsError | undefined>;
}

/** Reads the settings that have a syntax of their own. Throws INVALID_ARGUMENT or CONFIG_INVALID for the first that cannot be read. */
export function checkSettings(settings: Settings): void {
  limitsOf(settings);
  parseTrackingPolicy(settings["tracking.track"]);
  settings["monitoring.slo"].forEach(parseSlo);
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
