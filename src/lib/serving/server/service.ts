import { MetricRegistry } from "../../base/metrics/metric-registry.js";
import type { Call, JsonObject, Provider } from "../../inference/gateway/call.js";
import { LocalProvider } from "../../inference/gateway/local-provider.js";
import type { Deadlines } from "../../inference/openai/deadlines.js";
import { DEFAULT_SHARING, type CacheSharing } from "./cache-audience.js";
import { CallMetrics } from "./call-metrics.js";
import type { Lease } from "./leased-model.js";
import { ModelPool } from "./model-pool.js";
import { askedModel, OwnModels, type Phase } from "./own-models.js";
import { defaultsFor, NO_DEFAULTS, type RequestDefaults } from "./request-defaults.js";
import type { ServedModel } from "./served-model.js";
import { showGauges } from "./service-gauges.js";
import { BASE_VERSION, DEFAULT_DEADLINES, type ServiceParts } from "./service-parts.js";

/** Everything the endpoints share: who answers, what is kept, counted, tracked and refused. */
export class Service {
  readonly model: string;
  readonly anyModel: boolean;
  readonly version: string;
  readonly provider: Provider;
  readonly cache: ServiceParts["cache"];
  readonly metrics: MetricRegistry;
  readonly callMetrics: CallMetrics;
  readonly keys: ServiceParts["keys"];
  readonly access: ServiceParts["access"];
  readonly prices: ServiceParts["prices"];
  readonly budgetFields: readonly string[];
  readonly deadlines: Deadlines;
  readonly routes: readonly string[];
  readonly sharing: CacheSharing;
  readonly defaultMaxTokens: number | undefined;
  readonly defaultTemperature: number | undefined;
  readonly requestDefaults: RequestDefaults;
  readonly recorder: ServiceParts["recorder"];
  readonly startedAt = Date.now();
  tracking: ServiceParts["tracking"];
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
    this.callMetrics.beginObjectives();
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
    showGauges(this);
  }

  get phase(): Phase {
    return this.own.phase;
  }

  /** True where a model of this process may answer, loaded or not. */
  get hasOwnModels(): boolean {
    return this.own.areThere;
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
}

/** A service over a model that is there already, with nothing around it. */
export function localService(model: ServedModel, parts: Partial<ServiceParts> = {}): Service {
  const service = new Service({ model: model.model, ...parts });
  service.callMetrics.modelLoaded({ name: model.model, version: service.version }, model);
  service.serveModels(ModelPool.holding(model, service.version));
  return service;
}
