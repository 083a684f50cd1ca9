import { readSecret } from "../../lib/base/config/environment.js";
import type { ProviderDefinition, Settings } from "../../lib/base/config/settings.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { didYouMean } from "../../lib/base/errors/nearest.js";
import type { Provider } from "../../lib/inference/gateway/call.js";
import { LocalProvider, type LocalModels } from "../../lib/inference/gateway/local-provider.js";
import { FAULT_KINDS } from "../../lib/inference/gateway/provider-fault.js";
import { Fallback, type Link } from "../../lib/inference/gateway/upstream/fallback.js";
import { ProviderPool } from "../../lib/inference/gateway/upstream/provider-pool.js";
import { UpstreamProvider } from "../../lib/inference/gateway/upstream/upstream-provider.js";
import type { BreakerState } from "../../lib/inference/gateway/upstream/breaker.js";
import type { MetricRegistry } from "../../lib/base/metrics/metric-registry.js";

/** Hosted APIs by the names the documentation of the self-hosted service has. */
const HOSTED: Record<string, { url: string; keyVariable: string }> = {
  together: { url: "https://api.together.xyz/v1", keyVariable: "TOGETHER_API_KEY" },
  openai: { url: "https://api.openai.com/v1", keyVariable: "OPENAI_API_KEY" },
};
/** The model in this process, by its two names. */
const SELF = "self";
const LOCAL = "local";
/** What --upstream names. */
const UPSTREAM = "upstream";
const BREAKER_VALUES: Record<BreakerState, number> = { closed: 0, half_open: 1, open: 2 };

export interface ProviderPlan {
  /** Who answers, in order. */
  links: readonly {
    name: string;
    urls: readonly string[];
    model: string | undefined;
    apiKey: string | undefined;
    definition?: ProviderDefinition;
  }[];
  /** One of them is the model in this process. */
  needsModel: boolean;
}

/** Who is asked, in which order. Throws CONFIG_INVALID for a name nobody has, and where a key's variable is not set. */
export function planProviders(settings: Settings): ProviderPlan {
  const upstreams = settings["providers.upstream"];
  // the self-hosted service is the upstream where one is named, and otherwise the model in this process
  const first = settings["providers.provider"] === SELF && upstreams.length > 0 ? UPSTREAM : settings["providers.provider"];
  const asked = [first, ...settings["providers.fallback"]];
  // answers say who gave them in the user's own word
  const names = asked.filter((who, i) => asked.findIndex((other) => other === who || (isOwn(other) && isOwn(who))) === i);
  const links = names.map((who) => {
    if (isOwn(who)) return { name: who, urls: [], model: undefined, apiKey: undefined };
    return who === UPSTREAM ? planUpstream(settings) : planNamed(who, settings["providers.define"]);
  });
  return { links, needsModel: links.some(({ urls }) => urls.length === 0) };
}

function isOwn(who: string): boolean {
  return who === SELF || who === LOCAL;
}

function planUpstream(settings: Settings): ProviderPlan["links"][number] {
  const urls = settings["providers.upstream"];
  if (urls.length === 0) {
    throw new LlmopsError("CONFIG_INVALID", "No upstream is configured for the provider upstream.", {
      hint: "Name one with --upstream URL.",
    });
  }
  const variable = settings["providers.upstream_key_env"];
  return {
    name: UPSTREAM,
    urls,
    model: settings["providers.upstream_model"],
    apiKey: variable === undefined ? undefined : readSecret(variable),
  };
}

function planNamed(who: string, defined: readonly ProviderDefinition[]): ProviderPlan["links"][number] {
  const definition = defined.find(({ name }) => name === who);
  if (definition) {
    const { model, api_key_env: variable } = definition;
    const urls = defined.filter(({ name }) => name === who).map((one) => one.url);
    return { name: who, urls, model, apiKey: variable === undefined ? undefined : readSecret(variable), definition };
  }
  if (/^https?:\/\//.test(who)) {
    const [url = "", model] = who.split("#");
    return { name: new URL(url).host, urls: [url], model, apiKey: undefined };
  }
  const [name = "", ...rest] = who.split(":");
  const hosted = HOSTED[name];
  if (!hosted) {
    const known = [
      LOCAL,
      UPSTREAM,
      ...Object.keys(HOSTED).map((one) => `${one}:MODEL`),
      ...new Set(defined.map((one) => one.name)),
      "a URL",
    ];
    throw new LlmopsError("CONFIG_INVALID", `Unknown provider "${who}".`, {
      hint: `${didYouMean(who, known)}Available: ${known.join(", ")}.`,
    });
  }
  if (rest.length === 0) {
    throw new LlmopsError("CONFIG_INVALID", `The provider ${name} needs a model.`, {
      hint: `Write ${name}:MODEL, such as ${name}:its-model-name.`,
    });
  }
  return { name, urls: [hosted.url], model: rest.join(":"), apiKey: readSecret(hosted.keyVariable) };
}

export interface ProviderContext {
  settings: Settings;
  metrics: MetricRegistry;
  /** The models of this process. */
  models: LocalModels;
  /** How the served model is called. */
  model: string;
  log: (message: string) => void;
}

/** The provider that answers all calls: one alone, or several in their order. */
export function buildProvider({ links }: ProviderPlan, context: ProviderContext): Provider {
  const { settings, metrics, models, model, log } = context;
  const chain: Link[] = links.map((link) => {
    const { name, urls, definition } = link;
    if (urls.length === 0) return { provider: new LocalProvider(name, models), model };
    const pool = new ProviderPool(
      urls.map((url) => new UpstreamProvider({ name, url, model: link.model, apiKey: link.apiKey })),
      {
        retries: settings["providers.retry_attempts"],
        onBreaker: (location, state) => {
          metrics.set("llmops_breaker_state", BREAKER_VALUES[state], { provider: name, location });
          log(`${name} (${location}): breaker ${state.replace("_", " ")}.`);
        },
        onRetry: ({ kind }) => metrics.add("llmops_provider_faults_total", { provider: name, kind }),
      },
    );
    const { first_token_timeout: first, stall_timeout: stall } = definition ?? {};
    const seconds = (value: number | undefined) => (value === undefined ? undefined : value * 1000);
    return {
      provider: pool,
      // of a model nobody named it is not known whether another could continue with its answers
      model: link.model,
      firstTokenMs: seconds(first),
      stallMs: seconds(stall),
    };
  });
  const [only] = chain;
  if (chain.length === 1 && only && links[0]?.urls.length === 0) return only.provider;
  for (const { name } of links) for (const kind of FAULT_KINDS) metrics.begin("llmops_provider_faults_total", { provider: name, kind });
  return new Fallback(chain, {
    onFault: ({ provider, kind, message }) => {
      metrics.add("llmops_provider_faults_total", { provider, kind });
      log(message);
    },
    onRescue: (from, to) => {
      metrics.add("llmops_rescued_streams_total", { from, to });
      log(`${to} continues an answer that ${from} broke off.`);
    },
  });
}
