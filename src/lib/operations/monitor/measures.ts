import { z } from "zod";
import { add, average, divide, gauge, increase, minus, number, quantile, rate, type Expression, type Matcher } from "./expression.js";

/** Whose metric names a server has: ours, the documented ones of any inference server (ours without llmops_), vLLM's, llama-server's. */
export const DIALECTS = ["llmops", "inference", "vllm", "llamacpp"] as const;
export type Dialect = (typeof DIALECTS)[number];

export type Unit = "seconds" | "bytes" | "ratio" | "per second" | "count";

export interface Measure {
  unit: Unit;
  about: string;
  /** What it is called as a metric of MLflow runs, where that is not the measure's own name. */
  metric?: string;
  /** How it is computed of each kind of server's metrics; those without are measured by the probe, or not known of that server. */
  of?: Partial<Record<Dialect, Expression>>;
  /** How else, where the server has nothing of what that reads. */
  or?: Partial<Record<Dialect, Expression>>;
  /** Only known once the server has counted something under it: it may not be set up to. */
  sparse?: boolean;
}

/** Failures that are the client's: they say nothing of the server. */
const CLIENTS_FAULTS: Matcher = {
  label: "error_type",
  not: true,
  values: [
    ...["aborted", "invalid_argument", "invalid_range", "unknown_parameter", "unsupported_parameter"],
    ...["context_length_exceeded", "rate_limited", "budget_spent", "model_not_found"],
  ],
};
const failures = rate("failed_inferences_total", CLIENTS_FAULTS);
const successes = rate("successful_inferences_total");
const errorRate = divide(failures, add(failures, successes));
const own = (expression: Expression) => ({ llmops: expression, inference: expression });

/** A measure of times that several kinds of servers have as a histogram. */
function times(
  compute: (histogram: string) => Expression,
  [ours, vllm, inference]: [string, string, string?],
): Partial<Record<Dialect, Expression>> {
  return { llmops: compute(ours), vllm: compute(vllm), ...(inference !== undefined && { inference: compute(inference) }) };
}

const REQUEST: [string, string, string] = ["llmops_request_seconds", "vllm:e2e_request_latency_seconds", "api_response_time_seconds"];
const FIRST_TOKEN: [string, string] = ["llmops_first_token_seconds", "vllm:time_to_first_token_seconds"];
const PER_TOKEN: [string, string, string] = [
  "token_generation_time_seconds",
  "vllm:inter_token_latency_seconds",
  "token_generation_time_seconds",
];

/** The histograms objectives are counted in, by what they are about. */
export const OBJECTIVE_HISTOGRAMS: Record<"ttft" | "itl" | "e2e", Partial<Record<Dialect, string>>> = {
  ttft: { llmops: FIRST_TOKEN[0], vllm: FIRST_TOKEN[1] },
  itl: { llmops: PER_TOKEN[0], vllm: PER_TOKEN[1], inference: PER_TOKEN[2] },
  e2e: { llmops: REQUEST[0], vllm: REQUEST[1], inference: REQUEST[2] },
};

/** Requests that failed by the server's fault, and those that succeeded, for objectives of success. */
export const SUCCESS: { failed: Expression; succeeded: Expression } = {
  failed: increase("failed_inferences_total", CLIENTS_FAULTS),
  succeeded: increase("successful_inferences_total"),
};

/** Everything that can be watched, shown, bounded and alerted on. Rates and quantiles are of a window of time. */
export const MEASURES = {
  requests_per_second: {
    unit: "per second",
    about: "answers of models",
    of: times((histogram) => rate(`${histogram}_count`), REQUEST),
    or: own(add(rate("failed_inferences_total"), successes)),
  },
  avg_response_time: { unit: "seconds", about: "mean time of an answer", metric: "avg_response_time_seconds", of: times(average, REQUEST) },
  p50_response_time: timeQuantile(0.5, REQUEST, "response"),
  p95_response_time: timeQuantile(0.95, REQUEST, "response"),
  p99_response_time: timeQuantile(0.99, REQUEST, "response"),
  p95_first_token: timeQuantile(0.95, FIRST_TOKEN, "first token"),
  avg_token_time: { unit: "seconds", about: "mean time between tokens", metric: "avg_token_seconds", of: times(average, PER_TOKEN) },
  generated_tokens_per_second: {
    unit: "per second",
    about: "tokens generated, of all answers together",
    of: {
      ...own(rate("tokens_generated_total")),
      vllm: rate("vllm:generation_tokens_total"),
      llamacpp: rate("llamacpp:tokens_predicted_total"),
    },
  },
  prompt_tokens_per_second: {
    unit: "per second",
    about: "tokens of prompts",
    of: {
      llmops: rate("llmops_prompt_tokens_total"),
      vllm: rate("vllm:prompt_tokens_total"),
      llamacpp: rate("llamacpp:prompt_tokens_total"),
    },
  },
  goodput: {
    unit: "per second",
    about: "answers that met every objective of the server (serve --slo)",
    of: { llmops: rate("llmops_goodput_requests_total") },
    sparse: true,
  },
  error_rate: { unit: "ratio", about: "share of answers that failed by the server's fault", of: own(errorRate) },
  success_rate: { unit: "ratio", about: "share of answers that did not fail by the server's fault", of: own(minus(number(1), errorRate)) },
  running_requests: {
    unit: "count",
    about: "requests being answered",
    of: {
      llmops: gauge("llmops_requests_in_flight"),
      vllm: gauge("vllm:num_requests_running"),
      llamacpp: gauge("llamacpp:requests_processing"),
    },
  },
  queued_requests: {
    unit: "count",
    about: "requests that wait for a slot",
    of: {
      llmops: gauge("llmops_queued_requests"),
      vllm: gauge("vllm:num_requests_waiting"),
      llamacpp: gauge("llamacpp:requests_deferred"),
    },
  },
  memory: {
    unit: "bytes",
    about: "memory of the server's process",
    metric: "process_memory_bytes",
    of: { ...own(gauge("process_resident_memory_bytes")), vllm: gauge("process_resident_memory_bytes") },
  },
  memory_usage: {
    unit: "ratio",
    about: "the process's share of the memory it may use (its container's, or the machine's)",
    of: { llmops: divide(gauge("process_resident_memory_bytes"), gauge("llmops_memory_limit_bytes")) },
  },
  gpu_memory: {
    unit: "bytes",
    about: "memory used of the graphics card",
    metric: "gpu_memory_bytes",
    of: { llmops: gauge("llmops_gpu_memory_bytes", { label: "state", values: ["used"] }) },
  },
  gpu_memory_usage: {
    unit: "ratio",
    about: "share of the graphics card's memory that is used",
    of: {
      llmops: divide(
        gauge("llmops_gpu_memory_bytes", { label: "state", values: ["used"] }),
        gauge("llmops_gpu_memory_bytes", { label: "state", values: ["total"] }),
      ),
    },
  },
  kv_cache_usage: { unit: "ratio", about: "share of vLLM's key-value cache that is used", of: { vllm: gauge("vllm:kv_cache_usage_perc") } },
  cache_hit_rate: {
    unit: "ratio",
    about: "share of requests whose model was loaded already",
    of: own(divide(rate("model_cache_hits_total"), add(rate("model_cache_hits_total"), rate("model_cache_misses_total")))),
  },
  response_cache_hit_rate: {
    unit: "ratio",
    about: "share of requests answered from the response cache",
    of: {
      llmops: divide(
        rate("llmops_cache_requests_total", { label: "result", values: ["hit", "shared"] }),
        rate("llmops_cache_requests_total", { label: "result", values: ["hit", "shared", "miss"] }),
      ),
    },
  },
  model_load_failures: { unit: "count", about: "models that could not be loaded", of: own(increase("model_load_failures_total")) },
  provider_faults: { unit: "count", about: "failures of upstreams", of: { llmops: increase("llmops_provider_faults_total") } },
  tracking_backlog: { unit: "count", about: "entries that wait to reach MLflow", of: { llmops: gauge("llmops_tracking_queue_entries") } },
  probe_latency: { unit: "seconds", about: "time of the probe's answer", metric: "latency_seconds" },
  probe_first_token: { unit: "seconds", about: "time to the probe's first token", metric: "first_token_seconds" },
  probe_tokens_per_second: { unit: "per second", about: "speed of the probe's answer", metric: "tokens_per_second" },
  probe_failures: { unit: "count", about: "1 when the last probe failed, 0 when it did not" },
} as const satisfies Record<string, Measure>;

function timeQuantile(q: number, histograms: [string, string, string?], what: string): Measure {
  const name = `p${q * 100}`;
  const slug = what.replace(" ", "_");
  return {
    unit: "seconds",
    about: `${q * 100} % of ${what === "response" ? "answers take" : "first tokens take"} at most so long`,
    metric: slug === "response" ? `${name}_response_time_seconds` : `${name}_${slug}_seconds`,
    of: times((histogram) => quantile(q, histogram), histograms),
  };
}

export type MeasureName = keyof typeof MEASURES;
export const MEASURE_NAMES = Object.keys(MEASURES) as MeasureName[];

const measureNameSchema = z.enum(MEASURE_NAMES as [MeasureName, ...MeasureName[]]);

export const measuredSchema = z.partialRecord(measureNameSchema, z.number());

/** The measures of a server at a time; those that are not known are left out. */
export type Measured = z.infer<typeof measuredSchema>;

export function measureOf(name: MeasureName): Measure {
  return MEASURES[name];
}

/** How a measure is computed of a kind of server's metrics, best first. */
export function expressionsFor(name: MeasureName, dialect: Dialect): Expression[] {
  const { of, or } = measureOf(name);
  return [of?.[dialect], or?.[dialect]].filter((expression) => expression !== undefined);
}

/** What a measure is called in MLflow. */
export function runMetricOf(name: MeasureName): string {
  return measureOf(name).metric ?? name;
}

/** Whose names the metrics are; undefined where they are of no server of models. */
export function detectDialect(names: ReadonlySet<string>): Dialect | undefined {
  if (names.has("llmops_requests_in_flight")) return "llmops";
  const starts = (prefix: string) => [...names].some((name) => name.startsWith(prefix));
  if (starts("vllm:")) return "vllm";
  if (starts("llamacpp:")) return "llamacpp";
  return starts("api_requests_total") || names.has("tokens_generated_total") ? "inference" : undefined;
}
