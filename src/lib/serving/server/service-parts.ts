import type { CassetteWriter } from "../../inference/cassette/cassette-writer.js";
import type { ResponseCache } from "../../inference/gateway/cache/response-cache.js";
import type { Provider } from "../../inference/gateway/call.js";
import type { Deadlines } from "../../inference/openai/deadlines.js";
import type { MetricRegistry } from "../../base/metrics/metric-registry.js";
import type { Slo } from "../../operations/slo/slo.js";
import type { Access } from "../access/access.js";
import type { ApiKeys } from "../access/api-keys.js";
import type { Prices } from "../access/limit.js";
import type { CacheSharing } from "./cache-audience.js";
import type { OwnModels } from "./own-models.js";
import type { RequestDefaults } from "./request-defaults.js";
import type { RequestTracking } from "./request-tracking.js";

/** The version of a model that has no adapter on it. */
export const BASE_VERSION = "base";
/** Of requests that do not bring their own. */
export const DEFAULT_DEADLINES: Deadlines = { totalMs: 60_000, firstTokenMs: undefined, stallMs: undefined };

/** What a service is put together from; what is absent has its default. */
export interface ServiceParts {
  /** Name of the model in answers of this server itself. */
  model: string;
  /** Those of this process; the one of that name, which requests wait for, when absent. */
  models?: OwnModels;
  /** Which model answers is the client's choice: an upstream may have several. */
  anyModel?: boolean;
  version?: string;
  /** What answers calls; the models of this process when absent. */
  provider?: Provider;
  cache?: ResponseCache | undefined;
  metrics?: MetricRegistry;
  keys?: ApiKeys | undefined;
  access?: Access | undefined;
  prices?: Prices | undefined;
  /** Fields that requests with a budget may have beside those whose cost is known. */
  budgetFields?: readonly string[];
  tracking?: RequestTracking | undefined;
  deadlines?: Partial<Deadlines>;
  /** Paths of an upstream that are passed on beside OpenAI's. */
  routes?: readonly string[];
  /** Whom kept answers are for. */
  sharing?: CacheSharing;
  /** max_tokens of requests to upstreams that set none. */
  defaultMaxTokens?: number | undefined;
  /** Of requests that name none. */
  defaultTemperature?: number | undefined;
  /** What requests get that say nothing of it. */
  requestDefaults?: RequestDefaults;
  recorder?: CassetteWriter | undefined;
  /** Objectives whose requests are counted. */
  slos?: readonly Slo[];
}
