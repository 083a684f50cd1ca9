/** Upper bounds of histograms, in seconds, bytes or tokens. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 40, 60, 120, 300];
const TOKEN_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2.5];
const LOAD_SECONDS = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const BYTES = [128, 512, 2048, 8192, 32_768, 131_072, 524_288, 2_097_152, 8_388_608];

interface Definition {
  type: "counter" | "gauge" | "histogram";
  help: string;
  labels?: readonly string[];
  buckets?: readonly number[];
}

/** Every metric of `serve`: name, type, labels. Units are in the names, base units as Prometheus wants them. */
export const METRICS = {
  api_requests_total: { type: "counter", help: "Requests answered", labels: ["endpoint", "status", "model", "version"] },
  api_response_time_seconds: {
    type: "histogram",
    help: "From the request's arrival to the last byte of its answer",
    labels: ["endpoint", "model", "version"],
    buckets: SECONDS,
  },
  api_request_size_bytes: { type: "histogram", help: "Size of request bodies", labels: ["endpoint"], buckets: BYTES },
  api_response_size_bytes: { type: "histogram", help: "Size of answers", labels: ["endpoint"], buckets: BYTES },
  model_load_time_seconds: { type: "histogram", help: "Time a model took to load", labels: ["model", "version"], buckets: LOAD_SECONDS },
  model_load_failures_total: { type: "counter", help: "Models that could not be loaded", labels: ["model", "version"] },
  model_memory_usage_bytes: { type: "gauge", help: "Memory of the model with its contexts", labels: ["model", "version"] },
  token_generation_time_seconds: {
    type: "histogram",
    help: "Mean time between the tokens of an answer",
    labels: ["model", "version"],
    buckets: TOKEN_SECONDS,
  },
  tokens_generated_total: { type: "counter", help: "Tokens generated", labels: ["model", "version"] },
  model_cache_hits_total: {
    type: "counter",
    help: "Requests that found their model loaded, or being loaded",
    labels: ["model", "version"],
  },
  model_cache_misses_total: { type: "counter", help: "Models that had to be loaded", labels: ["model", "version"] },
  llmops_model_unloads_total: {
    type: "counter",
    help: "Models closed to make room, or for a newer version",
    labels: ["model", "version", "reason"],
  },
  llmops_loaded_models: { type: "gauge", help: "Models and adapters that are loaded" },
  successful_inferences_total: { type: "counter", help: "Answers that were complete", labels: ["model", "version", "domain"] },
  failed_inferences_total: { type: "counter", help: "Requests to a model that failed", labels: ["model", "version", "error_type"] },
  llmops_first_token_seconds: {
    type: "histogram",
    help: "From the request's arrival to the first token, with the time in the queue",
    labels: ["model"],
    buckets: SECONDS,
  },
  llmops_inter_token_seconds: { type: "histogram", help: "Between two pieces of a stream", labels: ["model"], buckets: TOKEN_SECONDS },
  llmops_queue_seconds: { type: "histogram", help: "Waiting for a slot of the local model", labels: ["model"], buckets: SECONDS },
  llmops_request_seconds: {
    type: "histogram",
    help: "From arrival to the end of an answer of a model",
    labels: ["model"],
    buckets: SECONDS,
  },
  llmops_prompt_tokens_total: { type: "counter", help: "Tokens of prompts", labels: ["model"] },
  llmops_slots: { type: "gauge", help: "Answers the local model works on at the same time", labels: ["state"] },
  llmops_compute_threads: { type: "gauge", help: "Compute threads of a step with one answer, several, or prompts", labels: ["step"] },
  llmops_cores_taken: { type: "gauge", help: "Cores the local model could use that other processes take" },
  llmops_queued_requests: { type: "gauge", help: "Requests that wait for a slot" },
  llmops_requests_in_flight: { type: "gauge", help: "Requests to a model that are not answered yet" },
  llmops_cache_requests_total: { type: "counter", help: "Requests by what the response cache did", labels: ["result"] },
  llmops_cache_items: { type: "gauge", help: "Answers in the response cache" },
  llmops_cache_size_bytes: { type: "gauge", help: "Size of the response cache in memory" },
  llmops_cache_saved_tokens_total: { type: "counter", help: "Tokens that did not have to be computed", labels: ["kind"] },
  llmops_tracking_queue_entries: { type: "gauge", help: "Entries that wait to reach MLflow" },
  llmops_tracking_failing: { type: "gauge", help: "1 while MLflow does not take what it is sent" },
  llmops_breaker_state: { type: "gauge", help: "0 closed, 1 half open, 2 open", labels: ["provider", "location"] },
  llmops_provider_faults_total: { type: "counter", help: "Failures of providers", labels: ["provider", "kind"] },
  llmops_provider_requests_total: { type: "counter", help: "Answers by who gave them", labels: ["provider"] },
  llmops_rescued_streams_total: { type: "counter", help: "Broken streams another provider went on with", labels: ["from", "to"] },
  llmops_budget_used_ratio: { type: "gauge", help: "Share of a limit that is used up in its window", labels: ["key", "limit"] },
  llmops_slo_requests_total: {
    type: "counter",
    help: "Requests an objective is about: not those that failed by the client",
    labels: ["slo"],
  },
  llmops_slo_good_requests_total: { type: "counter", help: "Requests that met an objective", labels: ["slo"] },
  llmops_goodput_requests_total: { type: "counter", help: "Requests that met every objective", labels: ["model"] },
  llmops_event_loop_delay_seconds: {
    type: "gauge",
    help: "How late this process gets to what is due, over the last one to two minutes: p50, p99 and max",
    labels: ["statistic"],
  },
  llmops_memory_limit_bytes: { type: "gauge", help: "Memory this process may use: its container's limit, or the machine's" },
  llmops_limited_requests_total: { type: "counter", help: "Requests refused by a limit", labels: ["limit"] },
  llmops_ignored_fields_total: { type: "counter", help: "Fields of requests that nothing knew", labels: ["endpoint", "field"] },
  llmops_gpu_memory_bytes: { type: "gauge", help: "Memory of the graphics card", labels: ["state"] },
} as const satisfies Record<string, Definition>;

/** vLLM's names for what dashboards made for it show. */
export const VLLM_METRICS = {
  "vllm:num_requests_running": { type: "gauge", help: "Requests a slot works on", labels: ["model_name"] },
  "vllm:num_requests_waiting": { type: "gauge", help: "Requests that wait for a slot", labels: ["model_name"] },
  "vllm:time_to_first_token_seconds": { type: "histogram", help: "Time to first token", labels: ["model_name"], buckets: SECONDS },
  "vllm:inter_token_latency_seconds": { type: "histogram", help: "Time between tokens", labels: ["model_name"], buckets: TOKEN_SECONDS },
  "vllm:e2e_request_latency_seconds": { type: "histogram", help: "Time of whole requests", labels: ["model_name"], buckets: SECONDS },
  "vllm:request_queue_time_seconds": { type: "histogram", help: "Time in the queue", labels: ["model_name"], buckets: SECONDS },
  "vllm:prompt_tokens_total": { type: "counter", help: "Tokens of prompts", labels: ["model_name"] },
  "vllm:generation_tokens_total": { type: "counter", help: "Tokens generated", labels: ["model_name"] },
  "vllm:request_success_total": { type: "counter", help: "Answers that were complete", labels: ["model_name", "finished_reason"] },
} as const satisfies Record<string, Definition>;

export type MetricName = keyof typeof METRICS | keyof typeof VLLM_METRICS;
export type { Definition as MetricDefinition };
