import { join } from "node:path";
import { optionalSecret } from "../../lib/base/config/environment.js";
import { stateFolder } from "../../lib/base/config/mlflow-environment.js";
import type { Settings } from "../../lib/base/config/settings.js";
import { Access } from "../../lib/serving/access/access.js";
import { ApiKeys, splitKeys, type KeysByScope } from "../../lib/serving/access/api-keys.js";
import type { Scope } from "../../lib/serving/access/scopes.js";
import { FileLedger } from "../../lib/serving/access/file-ledger.js";
import { parseLimit, type Limit, type Prices } from "../../lib/serving/access/limit.js";
import { RedisLedger } from "../../lib/serving/access/redis-ledger.js";
import { LlmopsError, messageOf } from "../../lib/base/errors/llmops-error.js";
import { readTextFile } from "../../lib/base/files/read-text-file.js";
import { BoundedLabel } from "../../lib/base/metrics/bounded-label.js";
import type { MetricRegistry } from "../../lib/base/metrics/metric-registry.js";
import type { RedisConnection } from "../../lib/base/redis/redis-connection.js";

const MOST_KEYS = 100;

/** Where `llmops keys` keeps keys. */
export function keyFilePath(): string {
  return join(stateFolder(), "keys.json");
}

/** The keys that open the server: given, from the environment, from a file, and those of `llmops keys`. */
export function buildKeys(settings: Settings, given: KeysByScope, log: (message: string) => void): ApiKeys {
  const path = settings["security.api_key_file"];
  const keysOf = (scope: Scope, variable: string, more = "") => {
    return [...(given[scope] ?? []), optionalSecret(variable) ?? "", more].flatMap(splitKeys);
  };
  const keys = {
    infer: keysOf("infer", settings["security.api_key_env"], path === undefined ? "" : readKeys(path)),
    read: keysOf("read", settings["security.read_api_key_env"]),
    admin: keysOf("admin", settings["security.admin_api_key_env"]),
  };
  return new ApiKeys({ keys, path: keyFilePath(), log });
}

function readKeys(path: string): string {
  try {
    return readTextFile(path);
  } catch (error) {
    throw new LlmopsError("CONFIG_INVALID", `The file of API keys ${path} cannot be read: ${messageOf(error)}.`);
  }
}

/** Dollars per million tokens, where they are known. */
export function toPrices(settings: Settings): Prices | undefined {
  const prompt = settings["prices.prompt"];
  const completion = settings["prices.completion"];
  if (prompt === undefined && completion === undefined) return undefined;
  return { promptPerMillion: prompt ?? 0, completionPerMillion: completion ?? 0 };
}

/** The limits and budgets of every key. Throws INVALID_ARGUMENT for one that is not a limit, CONFIG_INVALID for money without prices. */
export function limitsOf(settings: Settings): Limit[] {
  const limits = [...settings["security.rate_limit"], ...settings["security.budget"]].map(parseLimit);
  refuseUnpriced(limits, toPrices(settings));
  return limits;
}

/** What lets requests in. Throws what `limitsOf` throws. */
export function buildAccess(
  settings: Settings,
  { metrics, redis, log }: { metrics: MetricRegistry; redis: RedisConnection | undefined; log: (message: string) => void },
): Access {
  const limits = limitsOf(settings);
  const memory = new FileLedger(stateFolder(), log);
  const names = new BoundedLabel(MOST_KEYS);
  return new Access({
    ledger: redis ? new RedisLedger(redis, memory) : memory,
    limits,
    maxParallel: settings["security.max_parallel"],
    onRefusal: (limit) => metrics.add("llmops_limited_requests_total", { limit }),
    onUse: ({ name }, { text }, share) => metrics.set("llmops_budget_used_ratio", share, { key: names.of(name), limit: text }),
  });
}

function refuseUnpriced(limits: readonly Limit[], prices: Prices | undefined): void {
  const priced = limits.find(({ unit }) => unit === "usd");
  if (!priced || prices) return;
  throw new LlmopsError("CONFIG_INVALID", `The budget ${priced.text} is in money, but no prices are set.`, {
    hint: "Set --price-prompt and --price-completion, in dollars per million tokens.",
  });
}
