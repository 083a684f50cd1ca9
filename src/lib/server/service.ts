import { totalmem } from "node:os";
import type { Access } from "../access/access.js";
import type { ApiKeys } from "../access/api-keys.js";
import type { Prices } from "../access/limit.js";
import { LlmopsError } from "../errors/llmops-error.js";
import type { ResponseCache } from "../gateway/cache/response-cache.js";
import type { Call, JsonObject, Provider } from "../gateway/call.js";
import { LocalProvider, type LocalModels } from "../gateway/local-provider.js";
import { MetricRegistry } from "../metrics/metric-registry.js";
import type { Deadlines } from "../openai/deadlines.js";
import type { Slo } from "../slo/slo.js";
import { CallMetrics } from "./call-metrics.js";
import type { CassetteWriter } from "../cassette/cassette-writer.js";
import type { Lease } from "./held-model.js";
import { Loading, modelLoading } from "./loading.js";
import { ModelShelf } from "./model-shelf.js";
import type { ModelSource } from "./model-source.js";
import { defaultsFor, NO_DEFAULTS, type RequestDefaults } from "./request-defaults.js";
import type { RequestTracking } from "./request-tracking.js";
import type { ServedModel } from "./served-model.js";

/** The version of a model that has no adapter on it. */
export const BASE_VERSION = "base";
/** Of requests that do not bring their own. */
export const DEFAULT_DEADLINES: Deadlines = { totalMs: 60_000, firstTokenMs: undefined, stallMs: undefined };

export type Phase = "loading" | "ready" | "draining";

/** What a model in this process is to a server: requests wait while it is loading, or others can answer them meanwhile, or there is none. */
export type OwnModel = "awaited" | "optional" | "none";

export interface ServiceParts {
  /** How the model is called in answers of this server itself. */
  model: string;
  /** Which model answers is the client's choice: an upstream may have several. */
  anyModel?: boolean;
  version?: string;
  /** What answers calls; the model in this process when absent. */
  provider?: Provider;
  cache?: ResponseCache | undefined;
  metrics?: MetricRegistry;
  keys?: ApiKeys | undefined;
  access?: Access | undefined;
  prices?: Prices | undefined;
  tracking?: RequestTracking | undefined;
  deadlines?: Partial<Deadlines>;
  /** Paths of an upstream that are passed on beside OpenAI's. */
  routes?: readonly string[];
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
  readonly deadlines: Deadlines;
  readonly routes: readonly string[];
  readonly defaultMaxTokens: number | undefined;
  readonly defaultTemperature: number | undefined;
  readonly requestDefaults: RequestDefaults;
  readonly recorder: CassetteWriter | undefined;
  readonly startedAt = Date.now();
  tracking: RequestTracking | undefined;
  private own: ModelShelf | undefined;
  private stage: Phase;
  private readonly loading: Loading | undefined;

  /** Unless it has no model of its own, it is loading until `serveModels`. */
  constructor(parts: ServiceParts, ownModel: OwnModel = "awaited") {
    this.loading = ownModel === "awaited" ? new Loading(parts.model) : undefined;
    this.model = parts.model;
    this.anyModel = parts.anyModel ?? false;
    this.version = parts.version ?? BASE_VERSION;
    this.provider = parts.provider ?? this.localProvider();
    this.cache = parts.cache;
    this.metrics = parts.metrics ?? new MetricRegistry();
    this.callMetrics = new CallMetrics(this.metrics, parts.slos ?? []);
    if (!this.anyModel) this.callMetrics.beginAtZero(this.model, this.version);
    this.keys = parts.keys;
    this.access = parts.access;
    this.prices = parts.prices;
    this.tracking = parts.tracking;
    this.deadlines = { ...DEFAULT_DEADLINES, ...parts.deadlines };
    this.routes = parts.routes ?? [];
    this.defaultMaxTokens = parts.defaultMaxTokens;
    this.defaultTemperature = parts.defaultTemperature;
    this.requestDefaults = parts.requestDefaults ?? NO_DEFAULTS;
    this.recorder = parts.recorder;
    this.stage = ownModel === "none" ? "ready" : "loading";
    this.metrics.beforeScrape(() => this.refreshGauges());
  }

  get phase(): Phase {
    return this.stage;
  }

  /** The models of this process, where it has any. */
  get shelf(): ModelShelf | undefined {
    return this.own;
  }

  /** The default model, once it is loaded. */
  get local(): ServedModel | undefined {
    return this.own?.defaultModel;
  }

  /** The model a call is answered by, and its version, as far as that is known here. */
  modelOf({ body }: Call): { model: string; version: string } {
    const asked = askedModel(body);
    if (this.anyModel) return { model: asked ?? this.model, version: this.version };
    const { name: model = this.model, version = this.version } = this.sourceOf(body) ?? {};
    return { model, version };
  }

  /** What a request for this model gets where it says nothing of it. */
  defaultsOf(body: JsonObject): ReturnType<typeof defaultsFor> {
    const { name, id } = this.sourceOf(body) ?? (this.anyModel ? {} : { name: this.model, id: undefined });
    return defaultsFor(this.requestDefaults, [name, id, askedModel(body)]);
  }

  /** The model of this process that a call asks for, where it is loaded. */
  loadedFor({ body }: Call): ServedModel | undefined {
    const source = this.sourceOf(body);
    return this.own?.models.find((one) => one.source === source)?.model;
  }

  /** Has these models answer from now on, the first of which is loaded. */
  serveModels(shelf: ModelShelf): void {
    this.own = shelf;
    if (this.stage === "loading") this.stage = "ready";
    this.loading?.end();
  }

  /**
   * Resolves once the model that requests have to wait for is loaded; at once where there is none. Throws MODEL_LOADING when
   * `timeoutMs` is over before, SHUTTING_DOWN when the server ends, or the signal's reason.
   */
  async whenLoaded(signal: AbortSignal, timeoutMs = this.deadlines.totalMs): Promise<void> {
    if (!this.own) await this.loading?.wait(signal, timeoutMs);
  }

  /** Readiness ends; what is running continues, what still waits for the model is refused. */
  drain(): void {
    this.stage = "draining";
    this.loading?.abandon();
  }

  /** A model of this process by its id, until it is released. Throws MODEL_LOADING, MODEL_NOT_FOUND, or ROUTE_NOT_FOUND where there is none. */
  async borrow(id: string | undefined, signal: AbortSignal): Promise<Lease> {
    await this.whenLoaded(signal);
    const shelf = this.requireShelf();
    return shelf.borrow(shelf.find(id).id, signal);
  }

  /** The models of this process. Throws MODEL_LOADING, or ROUTE_NOT_FOUND where there are none. */
  requireShelf(): ModelShelf {
    if (this.own) return this.own;
    if (this.stage === "loading") throw modelLoading(this.model);
    throw new LlmopsError("ROUTE_NOT_FOUND", "This server passes requests on; it has no model of its own for this.");
  }

  /** The models of this process as a provider takes them. */
  get localModels(): LocalModels {
    return {
      // while there are none, nothing of them can be in a cache
      identity: this.own?.identity ?? "none",
      borrow: (body, signal) => this.borrow(askedModel(body), signal),
    };
  }

  /** The models of this process as a provider. */
  localProvider(name = "self"): LocalProvider {
    return new LocalProvider(name, () => this.localModels);
  }

  private sourceOf(body: JsonObject): ModelSource | undefined {
    try {
      return this.own?.find(askedModel(body));
    } catch {
      return undefined; // nobody's: the answer says so
    }
  }

  private async refreshGauges(): Promise<void> {
    const { cache, metrics, tracking } = this;
    const loaded = (this.own?.models ?? []).flatMap(({ model }) => model ?? []);
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
    metrics.set("llmops_tracking_queue_entries", tracking?.pending ?? 0);
    metrics.set("llmops_tracking_failing", tracking?.isFailing ? 1 : 0);
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
  service.serveModels(ModelShelf.holding(model, service.version));
  return service;
}

function askedModel({ model }: JsonObject): string | undefined {
  return typeof model === "string" && model !== "" ? model : undefined;
}
