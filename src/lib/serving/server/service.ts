import { totalmem } from "node:os";
import type { Access } from "../access/access.js";
import type { ApiKeys } from "../access/api-keys.js";
import type { Prices } from "../access/limit.js";
import type { ResponseCache } from "../../inference/gateway/cache/response-cache.js";
import type { Call, JsonObject, Provider } from "../../inference/gateway/call.js";
import { LocalProvider } from "../../inference/gateway/local-provider.js";
import { eventLoopDelay } from "../../base/metrics/event-loop-delay.js";
import { MetricRegistry } from "../../base/metrics/metric-registry.js";
import type { Deadlines } from "../../inference/openai/deadlines.js";
import type { Slo } from "../../operations/slo/slo.js";
import { DEFAULT_SHARING, type CacheSharing } from "./cache-audience.js";
import { CallMetrics } from "./call-metrics.js";
import type { CassetteWriter } from "../../inference/cassette/cassette-writer.js";
import type { Lease } from "./leased-model.js";
import { ModelPool } from "./model-pool.js";
import { askedModel, OwnModels, type Phase } from "./own-models.js";
import { defaultsFor, NO_DEFAULTS, type RequestDefaults } from "./request-defaults.js";
import type { RequestTracking } from "./request-tracking.js";
import type { ServedModel } from "./served-model.js";

/** The version of a model that has no adapter on it. */
export const BASE_VERSION = "base";
/** Of requests that do not bring their own. */
export const DEFAULT_DEADLINES: Deadlines = { totalMs: 60_000, firstTokenMs: undefined, stallMs: undefined };

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
  /** max_tokens of requests to upstreams that name none. */
  defaultMaxTokens?: number | undefined;
  /** Of requests that name none. */
  defaultTemperature?: number | undefined;
  /** What requests get that say nothing of it. */
  requestDefaults?: RequestDefaults;
  recorder?: CassetteWriter | undefined;
  /** Objectives whose requests are counted. */
  slos?: readonly Slo[];
}

/** Everything the endpoints share: who answers, what is kept, counted, tracked and refused. */
export class Service {
  readonly model: string;
  readonly anyModel: boolean;
  readonly version: string;
  readonly provider: Provider;
  readonly cache: ResponseCache | undefined;
  readonly metrics: MetricRegistry;
  readonly callMetrics: CallMetrics;
  readonly keys: ApiKeys | undefined;
  readonly access: Access | undefined;
  readonly prices: Prices | undefined;
  readonly budgetFields: readonly string[];
  readonly deadlines: Deadlines;
  readonly routes: readonly string[];
  readonly sharing: CacheSharing;
  readonly defaultMaxTokens: number | undefined;
  readonly defaultTemperature: number | undefined;
  readonly requestDefaults: RequestDefaults;
  readonly recorder: CassetteWriter | undefined;
  readonly startedAt = Date.now();
  tracking: RequestTracking | undefined;
  private readonly own: OwnModels;

  constructor(parts: ServiceParts) {
    this.model = parts.model;
    this.own = parts.models ?? new OwnModels(parts.model);
    this.anyModel = parts.anyModel ?? false;
    this.version = parts.version ?? BASE_VERSION;
    this.provider = parts.provider ?? new LocalProvider("self", this.own);
    this.cache = parts.cache;
    this.metrics = parts.metrics ?? new MetricRegistry();
    this.callMetrics = new CallMetrics(this.metrics, parts.slos ?? []);
    if (!this.anyModel) this.callMetrics.beginAtZero(this.model, this.version);
    this.keys = parts.keys;
    this.access = parts.access;
    this.prices = parts.prices;
    this.budgetFields = parts.budgetFields ?? [];
    this.tracking = parts.tracking;
    this.deadlines = { ...DEFAULT_DEADLINES, ...parts.deadlines };
    this.routes = parts.routes ?? [];
    this.sharing = parts.sharing ?? DEFAULT_SHARING;
    this.defaultMaxTokens = parts.defaultMaxTokens;
    this.defaultTemperature = parts.defaultTemperature;
    this.requestDefaults = parts.requestDefaults ?? NO_DEFAULTS;
    this.recorder = parts.recorder;
    eventLoopDelay(); // measured from here on
    this.metrics.beforeScrape(() => this.refreshGauges());
  }

  get phase(): Phase {
    return this.own.phase;
  }

  /** The models of this process, where it has any. */
  get pool(): ModelPool | undefined {
    return this.own.pool;
  }

  /** The default model, once it is loaded. */
  get local(): ServedModel | undefined {
    return this.own.default;
  }

  /** The model a call is answered by, and its version, as far as that is known here. */
  modelOf({ body }: Call): { model: string; version: string } {
    const asked = askedModel(body);
    if (this.anyModel) return { model: asked ?? this.model, version: this.version };
    const { name: model = this.model, version = this.version } = this.own.sourceOf(body) ?? {};
    return { model, version };
  }

  /** What a request for this model gets where it says nothing of it. */
  defaultsOf(body: JsonObject): ReturnType<typeof defaultsFor> {
    const { name, id } = this.own.sourceOf(body) ?? (this.anyModel ? {} : { name: this.model, id: undefined });
    return defaultsFor(this.requestDefaults, [name, id, askedModel(body)]);
  }

  /** The model of this process that a call asks for, where it is loaded. */
  loadedFor({ body }: Call): ServedModel | undefined {
    const source = this.own.sourceOf(body);
    return this.pool?.models.find((one) => one.source === source)?.model;
  }

  /** Has these models answer from now on, the first of which is loaded. */
  serveModels(pool: ModelPool): void {
    this.own.serve(pool);
  }

  /** See OwnModels.whenLoaded. */
  async whenLoaded(signal: AbortSignal, timeoutMs: number): Promise<void> {
    return this.own.whenLoaded(signal, timeoutMs);
  }

  /** Readiness ends; what is running continues, what still waits for the model is refused. */
  drain(): void {
    this.own.drain();
  }

  /** A model of this process by its id, until it is released. Throws MODEL_LOADING, MODEL_NOT_FOUND, or ROUTE_NOT_FOUND where there is none. */
  async borrow(id: string | undefined, signal: AbortSignal): Promise<Lease> {
    return this.own.lend(id, signal, this.deadlines.totalMs);
  }

  private async refreshGauges(): Promise<void> {
    const { cache, metrics, tracking } = this;
    const loaded = (this.pool?.models ?? []).flatMap(({ model }) => model ?? []);
    this.callMetrics.showState(
      this.model,
      loaded.map(({ state }) => state),
    );
    metrics.set("llmops_loaded_models", loaded.length);
    const gpu = await this.local?.gpuMemory();
    if (gpu) {
      metrics.set("llmops_gpu_memory_bytes", gpu.used, { state: "used" });
      metrics.set("llmops_gpu_memory_bytes", gpu.total, { state: "total" });
    }
    if (cache?.store.kind === "memory") {
      const usage = await cache.usage();
      metrics.set("llmops_cache_items", usage.total_items);
      metrics.set("llmops_cache_size_bytes", usage.size_bytes ?? 0);
    }
    metrics.set("llmops_memory_limit_bytes", memoryLimit());
    showEventLoopDelay(metrics);
    metrics.set("llmops_tracking_queue_entries", tracking?.pending ?? 0);
    metrics.set("llmops_tracking_failing", tracking?.isFailing ? 1 : 0);
  }
}

function showEventLoopDelay(metrics: MetricRegistry): void {
  const { p50, p99, max } = eventLoopDelay();
  for (const [statistic, seconds] of Object.entries({ p50, p99, max })) {
    metrics.set("llmops_event_loop_delay_seconds", seconds, { statistic });
  }
}

/** The container's limit where there is one, else the machine's memory. */
function memoryLimit(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}

/** A service over a model that is there already, with nothing around it. */
export function localService(model: ServedModel, parts: Partial<ServiceParts> = {}): Service {
  const service = new Service({ model: model.model, ...parts });
  service.callMetrics.modelLoaded({ name: model.model, version: service.version }, model);
  service.serveModels(ModelPool.holding(model, service.version));
  return service;
}
