import { z } from "zod";
import { MODEL_SETTINGS } from "./model-settings.js";
import { LIMIT_SETTINGS } from "./request-limits.js";
import { SERVING_SETTINGS } from "./serving.js";
import { STUDY_SETTINGS } from "./study-settings.js";
import { choice, list, number, optionalNumber, optionalText, shaped, text, yesOrNo, type ConfigSetting } from "./setting.js";
import { zodSchema } from "./zod-schema.js";

const PORTS = { min: 0, max: 65_535 };
const DEADLINE = { min: 1, max: 300 };

/** A provider as the file describes it. */
const providerSchema = z.strictObject({
  name: z.string().min(1),
  url: z.string().min(1),
  model: z.string().min(1).optional(),
  api_key_env: z.string().min(1).optional(),
  first_token_timeout: z.number().gt(0).optional(),
  stall_timeout: z.number().gt(0).optional(),
});

export type ProviderDefinition = z.output<typeof providerSchema>;

const providersSchema = z.array(providerSchema);

function readProviders(value: unknown): readonly ProviderDefinition[] {
  const result = providersSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(
    `a list of providers with name, url and perhaps model, api_key_env, first_token_timeout, stall_timeout (${issue?.path.join(".")}: ${issue?.message})`,
  );
}

/** Everything `serve` can be told, by its place in llmops.yaml. */
export const SETTINGS = {
  "server.host": text("127.0.0.1", { about: "address to listen on", env: ["HOST"], flag: "host", placeholder: "ADDRESS" }),
  "server.port": number(8080, PORTS, { about: "port to listen on; 0 takes any free one", env: ["PORT"], flag: "port" }),
  "server.log_level": choice("info", ["debug", "info", "warn", "error", "silent"], {
    about: "what is logged",
    env: ["LOG_LEVEL"],
    flag: "log-level",
  }),
  "server.queue": number(128, { min: 0 }, { about: "requests that may wait for a slot; further ones are refused with 429", flag: "queue" }),
  "server.timeout": number(60, DEADLINE, {
    about: "seconds a request may take unless it sets its own timeout",
    flag: "timeout",
    aliases: ["llm.timeout_seconds"],
  }),
  "server.first_token_timeout": optionalNumber(DEADLINE, {
    about: "seconds until the first token must arrive",
    flag: "first-token-timeout",
  }),
  "server.stall_timeout": optionalNumber(DEADLINE, { about: "longest pause between two tokens, in seconds", flag: "stall-timeout" }),
  "server.body_limit_mb": number(4, { min: 0.001, whole: false }, { about: "largest request, in megabytes", flag: "body-limit-mb" }),
  "server.strict_fields": yesOrNo(false, {
    about: "reject requests with unknown fields, instead of naming the fields in X-LLMOps-Ignored-Fields",
    flag: "strict-fields",
  }),
  "server.record": optionalText({
    path: "file",
    about: "append requests and answers to this recording",
    flag: "record",
    placeholder: "FILE",
  }),
  "server.replay": optionalText({ path: "file", about: "answer from a recording instead of a model", flag: "replay", placeholder: "FILE" }),
  "server.replay_speed": choice("original", ["original", "fast"], {
    about: "keep the recording's timing, or answer at once",
    flag: "replay-speed",
  }),

  ...LIMIT_SETTINGS,

  "monitoring.prometheus_enabled": yesOrNo(true, {
    about: "expose metrics to Prometheus",
    env: ["PROMETHEUS_ENABLED"],
    flag: "prometheus",
  }),
  "monitoring.metrics_path": text("/prometheus", {
    about: "additional path of Prometheus metrics, besides /prometheus",
    env: ["METRICS_PATH"],
    flag: "metrics-path",
    placeholder: "PATH",
  }),
  "monitoring.metrics_compat": choice("none", ["none", "vllm"], {
    about: "also expose metrics under the names of another server",
    flag: "metrics-compat",
  }),
  "monitoring.slo": list({
    about: "objectives to count requests against, such as ttft<500ms@99%/28d, for goodput and exact numbers in monitor",
    flag: "slo",
    placeholder: "OBJECTIVE",
  }),
  "monitoring.custom_metrics": yesOrNo(true, { about: "expose the llmops_ metrics too" }),

  ...MODEL_SETTINGS,

  "security.api_key_header": text("X-API-Key", {
    about: "header that may carry a key, besides Authorization: Bearer",
    env: ["API_KEY_HEADER"],
    flag: "api-key-header",
    placeholder: "NAME",
  }),
  "security.api_key_env": text("LLMOPS_API_KEY", {
    about: "environment variable with a key (or several, comma-separated)",
    placeholder: "VAR",
  }),
  "security.api_key_file": optionalText({ path: "file", about: "file with keys, one per line", flag: "api-key-file", placeholder: "FILE" }),
  "security.read_api_key_env": text("LLMOPS_READ_API_KEY", {
    about: "environment variable with keys that may read metrics, experiments, and runs, such as Prometheus's",
    placeholder: "VAR",
  }),
  "security.admin_api_key_env": text("LLMOPS_ADMIN_API_KEY", {
    about: "environment variable with keys that may do everything, such as emptying the cache or changing the store",
    placeholder: "VAR",
  }),
  "security.allowed_hosts": list({
    about: "host names the server answers to (Host), besides this machine's and private addresses, such as llm.example.com; * for any",
    env: ["LLMOPS_ALLOWED_HOSTS"],
    flag: "allowed-hosts",
    placeholder: "NAME",
    commas: true,
  }),
  "security.rate_limit": list({
    about: "rate limit per key, such as 5/minute or 20ktokens/minute",
    env: ["RATE_LIMIT"],
    flag: "rate-limit",
    placeholder: "LIMIT",
  }),
  "security.budget": list({
    about: "budget per key in tokens or money, such as 1Mtokens/day or $5/month",
    flag: "budget",
    placeholder: "LIMIT",
  }),
  "security.budget_fields": list({
    about: "additional request fields that keys with a budget may send, besides those whose cost max_tokens bounds",
    flag: "budget-field",
    placeholder: "NAME",
    commas: true,
  }),
  "security.max_parallel": optionalNumber({ min: 1 }, { about: "concurrent requests per key", flag: "max-parallel" }),
  "security.cors_origins": list({
    about: "origins whose web pages may use the server; localhost for pages on this machine at any port, * for all",
    flag: "cors-origin",
    placeholder: "ORIGIN",
    commas: true,
  }),

  "cache.enabled": yesOrNo(true, { about: "cache deterministic answers (greedy or seeded)", flag: "cache" }),
  "cache.ttl": number(300, { min: 1 }, { about: "seconds an answer is kept", flag: "cache-ttl" }),
  "cache.max_items": number(1000, { min: 1 }, { about: "answers kept in memory", flag: "cache-items", aliases: ["cache.max_size"] }),
  "cache.max_mb": number(64, { min: 0.001, whole: false }, { about: "memory of the cache, in megabytes", flag: "cache-mb" }),
  "cache.redis_url": optionalText({
    about: "Redis to share cached answers and limits between servers",
    env: ["REDIS_URL"],
    flag: "cache-redis",
    secret: true,
    placeholder: "URL",
  }),
  "cache.nondeterministic": yesOrNo(false, { about: "also cache answers that would differ next time", flag: "cache-all" }),
  "cache.routes": list({
    about: "more upstream routes to forward and cache, such as /ask",
    flag: "cache-route",
    placeholder: "PATH",
  }),
  "cache.vary": list({
    about: "headers whose values separate cached answers of --cache-route [default: authorization]",
    flag: "cache-vary",
    placeholder: "HEADER",
  }),
  "cache.shared": yesOrNo(false, { about: "share cached answers of --cache-route among all keys" }),
  "cache.shared_completions": yesOrNo(true, { about: "share cached completions among all keys" }),

  "tracking.uri": text(".", {
    fills: "tracking-uri",
    path: "store",
    about: "MLflow store: http(s)://HOST:PORT, a folder, sqlite:///FILE, or postgresql://USER@HOST/DATABASE",
    env: ["MLFLOW_TRACKING_URI"],
    flag: "tracking-uri",
    placeholder: "URI",
  }),
  "tracking.allowed_uris": list({
    path: "store",
    about: "stores that POST /mlflow-config may switch to, besides tracking.uri; * matches part of a host name",
    flag: "allowed-tracking-uri",
    placeholder: "URI",
  }),
  "tracking.experiment": text("serve", {
    fills: "experiment",
    about: "MLflow experiment of the runs",
    env: ["MLFLOW_EXPERIMENT_NAME"],
    flag: "experiment",
    placeholder: "NAME",
  }),
  "tracking.track": text("flagged", {
    about: "requests recorded as runs: off, flagged (track_experiment), all, or a share such as sample:0.1",
    flag: "track",
    placeholder: "WHICH",
  }),

  ...SERVING_SETTINGS,
  ...STUDY_SETTINGS,

  "prices.prompt": optionalNumber({ min: 0, whole: false }, { about: "dollars per million prompt tokens", flag: "price-prompt" }),
  "prices.completion": optionalNumber(
    { min: 0, whole: false },
    { about: "dollars per million completion tokens", flag: "price-completion" },
  ),

  "providers.upstream": list({
    about: "OpenAI-compatible servers to forward to instead of a local model; several share the load",
    env: ["SELF_HOSTED_LLM_URL"],
    flag: "upstream",
    aliases: ["llm.self_hosted_url"],
    placeholder: "URL",
  }),
  "providers.upstream_model": optionalText({ about: "model name to request from upstreams", flag: "upstream-model", placeholder: "NAME" }),
  "providers.upstream_key_env": optionalText({
    about: "environment variable with the upstreams' API key",
    flag: "upstream-key-env",
    placeholder: "VAR",
  }),
  "providers.provider": text("self", {
    about: "first provider: self (the upstream if one is set, otherwise the local model), local, or any value of fallback",
    env: ["WEBAGENT_LLM_PROVIDER"],
    aliases: ["llm.provider"],
    flag: "provider",
    placeholder: "NAME",
  }),
  "providers.fallback": list({
    about: "next provider if that fails: local, upstream, together:MODEL, openai:MODEL, a defined name, or a URL",
    flag: "fallback",
    placeholder: "WHO",
  }),
  "providers.retry_attempts": number(
    2,
    { min: 0, max: 10 },
    { about: "retries at a provider before the next one is asked", aliases: ["llm.retry_attempts"], flag: "retries" },
  ),
  "providers.max_tokens": optionalNumber(
    { min: 1 },
    { about: "max_tokens of requests to upstreams that set none", aliases: ["llm.max_tokens"] },
  ),
  "providers.temperature": optionalNumber(
    { min: 0, max: 2, whole: false },
    { about: "temperature of requests that set none", aliases: ["llm.temperature"] },
  ),
  "providers.define": shaped<readonly ProviderDefinition[]>([], readProviders, {
    schema: zodSchema(providersSchema),
    about: "providers by name, for provider and fallback",
  }),
} satisfies Record<string, ConfigSetting<never> | ConfigSetting<unknown>>;

export type SettingName = keyof typeof SETTINGS;
export type Settings = { readonly [Name in SettingName]: (typeof SETTINGS)[Name]["default"] };
