import type { EngineState } from "../../inference/engine/engine-options.js";
import { BoundedLabel } from "../../base/metrics/bounded-label.js";
import { ERROR_CODES, type ErrorCode } from "../../base/errors/codes.js";
import type { MetricRegistry } from "../../base/metrics/metric-registry.js";
import { meets, type Slo } from "../../operations/slo/slo.js";
import type { CallRecord } from "./call-record.js";
import type { ServedModel } from "./served-model.js";

const MOST_MODELS = 50;
const MOST_DOMAINS = 50;
/** Upstream servers may give any reason why an answer ended. */
const MOST_REASONS = 20;
/** Requests that say nothing of their domain. */
const NO_DOMAIN = "general";

/** Failures of the server's own that alerts have to see from the first one on. */
const USUAL_FAILURES = ["endpoint_unreachable", "endpoint_error", "request_timeout", "queue_full", "out_of_memory", "internal"];

/** Totals since the start, for GET /metrics. */
export interface CallTotals {
  requests: number;
  failures: number;
  promptTokens: number;
  completionTokens: number;
  totalMs: number;
}

/** A model with the name of its adapter, or of none. */
export interface VersionedModel {
  name: string;
  version: string;
}

/** Turns calls to a model into metrics. */
export class CallMetrics {
  readonly totals: CallTotals = { requests: 0, failures: 0, promptTokens: 0, completionTokens: 0, totalMs: 0 };
  private readonly metrics: MetricRegistry;
  private readonly models = new BoundedLabel(MOST_MODELS);
  private readonly domains = new BoundedLabel(MOST_DOMAINS);
  private readonly reasons = new BoundedLabel(MOST_REASONS);
  private readonly slos: readonly Slo[];
  private inFlight = 0;

  /** Counts requests that meet the objectives. */
  constructor(metrics: MetricRegistry, slos: readonly Slo[]) {
    this.metrics = metrics;
    this.slos = slos;
  }

  /** Calls that are not answered yet. */
  get underWay(): number {
    return this.inFlight;
  }

  /** A model's name as a label. */
  label(model: string): string {
    return this.models.of(model);
  }

  /** Shows what alerts look at from the start on, at 0. */
  beginAtZero(model: string, version: string): void {
    const labels = { model: this.label(model), version };
    this.metrics.begin("model_load_failures_total", labels);
    this.metrics.begin("tokens_generated_total", labels);
    this.metrics.begin("token_generation_time_seconds", labels);
    this.metrics.begin("llmops_request_seconds", { model: labels.model });
    this.metrics.begin("llmops_first_token_seconds", { model: labels.model });
    for (const type of USUAL_FAILURES) this.metrics.begin("failed_inferences_total", { ...labels, error_type: type });
    this.metrics.begin("successful_inferences_total", { ...labels, domain: this.domains.of(NO_DOMAIN) });
    this.metrics.begin("llmops_prompt_tokens_total", { model: labels.model });
    if (this.slos.length > 0) this.metrics.begin("llmops_goodput_requests_total", { model: labels.model });
  }

  /** Shows objectives from the start on, at 0: they are of all models together. */
  beginObjectives(): void {
    for (const { text } of this.slos) {
      this.metrics.begin("llmops_slo_requests_total", { slo: text });
      this.metrics.begin("llmops_slo_good_requests_total", { slo: text });
    }
  }

  /** A model is there, after so many seconds of loading where it was loaded now. */
  modelLoaded(source: VersionedModel, { facts }: ServedModel, seconds?: number): void {
    const labels = this.labels(source);
    this.metrics.set("model_memory_usage_bytes", facts.memoryBytes, labels);
    this.metrics.add("model_cache_misses_total", labels);
    if (seconds !== undefined) this.metrics.observe("model_load_time_seconds", seconds, labels);
  }

  /** A model went, to make room or for a newer version. */
  modelUnloaded(source: VersionedModel, why: "room" | "newer"): void {
    this.metrics.set("model_memory_usage_bytes", 0, this.labels(source));
    this.metrics.add("llmops_model_unloads_total", { ...this.labels(source), reason: why });
  }

  /** A request found its model loaded, or being loaded. */
  noteModelHit(source: VersionedModel): void {
    this.metrics.add("model_cache_hits_total", this.labels(source));
  }

  noteLoadFailure(source: VersionedModel): void {
    this.metrics.add("model_load_failures_total", this.labels(source));
  }

  begin(): void {
    this.metrics.set("llmops_requests_in_flight", ++this.inFlight);
  }

  /** Pauses between two pieces of a stream. */
  notePause(model: string, ms: number): void {
    const name = this.label(model);
    this.metrics.observe("llmops_inter_token_seconds", ms / 1000, { model: name });
    this.metrics.observe("vllm:inter_token_latency_seconds", ms / 1000, { model_name: name });
  }

  end(record: CallRecord): void {
    this.metrics.set("llmops_requests_in_flight", --this.inFlight);
    const { version } = record;
    const model = isOfClient(record.errorCode) ? this.models.ifKnown(record.model) : this.label(record.model);
    this.totals.requests++;
    this.totals.totalMs += record.totalMs;
    if (record.errorCode !== undefined) {
      this.totals.failures++;
      this.metrics.add("failed_inferences_total", { model, version, error_type: record.errorCode.toLowerCase() });
    } else {
      this.metrics.add("successful_inferences_total", {
        model,
        version,
        domain: this.domains.of(record.domain ?? NO_DOMAIN),
      });
      this.metrics.add("vllm:request_success_total", { model_name: model, finished_reason: this.reasons.of(record.finishReason) });
    }
    this.observeTimes(record, model);
    if (this.slos.length > 0) this.countObjectives(record, model);
    if (record.origin) this.noteOrigin(record, model);
  }

  /** Slots and queues of all models that are loaded, as they are now. */
  showState(model: string, states: readonly EngineState[]): void {
    if (states.length === 0) return;
    const sum = (count: (state: EngineState) => number) => states.reduce((total, state) => total + count(state), 0);
    const [busy, queued] = [sum(({ busySlots }) => busySlots), sum(({ queuedRequests }) => queuedRequests)];
    this.metrics.set("llmops_slots", busy, { state: "busy" });
    this.metrics.set("llmops_slots", sum(({ slots }) => slots) - busy, { state: "free" });
    this.metrics.set("llmops_queued_requests", queued);
    const [{ threads }] = states as [EngineState];
    for (const step of ["single", "several", "prompt"] as const) this.metrics.set("llmops_compute_threads", threads[step], { step });
    this.metrics.set("llmops_cores_taken", threads.coresTaken);
    this.metrics.set("vllm:num_requests_running", busy, { model_name: this.label(model) });
    this.metrics.set("vllm:num_requests_waiting", queued, { model_name: this.label(model) });
  }

  private labels({ name, version }: VersionedModel): { model: string; version: string } {
    return { model: this.label(name), version };
  }

  private observeTimes({ totalMs, firstTokenMs, timing, usage, version }: CallRecord, model: string): void {
    const own = { model };
    const vllm = { model_name: model };
    this.metrics.observe("llmops_request_seconds", totalMs / 1000, own);
    this.metrics.observe("vllm:e2e_request_latency_seconds", totalMs / 1000, vllm);
    if (firstTokenMs !== undefined) {
      this.metrics.observe("llmops_first_token_seconds", firstTokenMs / 1000, own);
      this.metrics.observe("vllm:time_to_first_token_seconds", firstTokenMs / 1000, vllm);
    }
    if (timing?.queueMs !== undefined) {
      this.metrics.observe("llmops_queue_seconds", timing.queueMs / 1000, own);
      this.metrics.observe("vllm:request_queue_time_seconds", timing.queueMs / 1000, vllm);
    }
    const each = perToken(timing, usage);
    if (each !== undefined) this.metrics.observe("token_generation_time_seconds", each / 1000, { model, version });
  }

  /** What failed by the client, or is gone because the client is, says nothing of the server. */
  private countObjectives({ errorCode, totalMs, firstTokenMs, timing, usage }: CallRecord, model: string): void {
    if (errorCode !== undefined && !isServersFault(errorCode)) return;
    const perTokenMs = perToken(timing, usage);
    const request = { totalMs, firstTokenMs, perTokenMs, error: errorCode };
    for (const slo of this.slos) {
      this.metrics.add("llmops_slo_requests_total", { slo: slo.text });
      if (meets(request, slo)) this.metrics.add("llmops_slo_good_requests_total", { slo: slo.text });
    }
    if (this.slos.every((slo) => meets(request, slo))) this.metrics.add("llmops_goodput_requests_total", { model });
  }

  private noteOrigin({ origin, usage, version }: CallRecord, model: string): void {
    if (!origin) return;
    this.metrics.add("llmops_cache_requests_total", { result: origin.cache });
    const { promptTokens = 0, completionTokens = 0 } = usage ?? {};
    if (origin.cache === "hit" || origin.cache === "shared") {
      this.metrics.add("llmops_cache_saved_tokens_total", { kind: "prompt" }, promptTokens);
      this.metrics.add("llmops_cache_saved_tokens_total", { kind: "completion" }, completionTokens);
      return;
    }
    this.totals.promptTokens += promptTokens;
    this.totals.completionTokens += completionTokens;
    this.metrics.add("llmops_provider_requests_total", { provider: origin.provider });
    this.metrics.add("tokens_generated_total", { model, version }, completionTokens);
    this.metrics.add("llmops_prompt_tokens_total", { model }, promptTokens);
    this.metrics.add("vllm:prompt_tokens_total", { model_name: model }, promptTokens);
    this.metrics.add("vllm:generation_tokens_total", { model_name: model }, completionTokens);
  }
}

/** Mean milliseconds of a token after the first; undefined below two. */
function perToken(timing: CallRecord["timing"], usage: CallRecord["usage"]): number | undefined {
  const pauses = (usage?.completionTokens ?? 0) - 1;
  return timing && pauses > 0 ? (timing.totalMs - timing.firstTokenMs) / pauses : undefined;
}

/** What the client asked wrongly: the name of its model may be made up, and says nothing of the models there are. */
function isOfClient(code: ErrorCode | undefined): boolean {
  return code !== undefined && ERROR_CODES[code].type !== "server_error";
}

/** Failures, deadlines and a full queue; a rate limit is the client's own. */
function isServersFault(code: ErrorCode): boolean {
  const { http } = ERROR_CODES[code];
  return http >= 500 || code === "REQUEST_TIMEOUT" || code === "QUEUE_FULL";
}
