import { parseDuration } from "../../lib/base/config/duration.js";
import { EndpointTarget, type EndpointOptions } from "../../lib/inference/openai/endpoint-target.js";
import { checkWindow } from "../../lib/operations/monitor/history.js";
import { parseKpis } from "../../lib/operations/monitor/kpis.js";
import type { MonitorOptions } from "../../lib/operations/monitor/monitor.js";
import { Probe } from "../../lib/operations/monitor/probe.js";
import { parseSlo } from "../../lib/operations/slo/slo.js";
import { keyFrom } from "../serving/server-client.js";
import { extraBody, type RequestOptions } from "../targets/request-body.js";

/** What a server is asked at each poll where nobody says otherwise. */
export const POLL_DEFAULTS = { apiKeyEnv: "LLMOPS_API_KEY", probePrompt: "Hello", probeTokens: 50, over: "5m" } as const;

/** How a server is polled: its metrics are read, and a small request, the probe, is sent. */
export interface PollOptions extends RequestOptions {
  /** Environment variable with the server's API key, where it needs one. */
  apiKeyEnv?: string | undefined;
  /** The model to probe; the server's first when absent. */
  model?: string | undefined;
  /** False where only metrics are read. */
  probe?: boolean | undefined;
  probePrompt?: string | undefined;
  /** The longest answer of the probe, in tokens. */
  probeTokens?: number | undefined;
  /** How far back rates and percentiles go, such as 5m. */
  over?: string | undefined;
  /** Objectives such as ttft<500ms@99%/28d. */
  slos?: readonly string[] | undefined;
  /** Indicators that have to hold: "default", or such as p95_response_time<1s. */
  kpis?: readonly string[] | undefined;
}

/** How one server is observed; `onNote` hears what it refuses of the probe. Throws INVALID_ARGUMENT for what cannot be read. */
export function monitorOptions(
  url: string,
  options: PollOptions,
  { alerts, onNote }: { alerts: MonitorOptions["alerts"]; onNote: (text: string) => void },
): MonitorOptions {
  const { model, maxTokensField, slos = [], kpis = [], over = POLL_DEFAULTS.over } = options;
  const apiKey = keyFrom(options.apiKeyEnv ?? POLL_DEFAULTS.apiKeyEnv);
  const body = extraBody(options);
  const endpoint: EndpointOptions = {
    ...{ url, onNote },
    ...(model !== undefined && { model }),
    ...(apiKey !== undefined && { apiKey }),
    ...(maxTokensField !== undefined && { maxTokensField }),
    ...(body && { body }),
  };
  const connect = (signal: AbortSignal) => EndpointTarget.connect(endpoint, signal);
  const { probePrompt: prompt = POLL_DEFAULTS.probePrompt, probeTokens: maxTokens = POLL_DEFAULTS.probeTokens } = options;
  const probe = options.probe === false ? undefined : new Probe(connect, { prompt, maxTokens });
  return { url, apiKey, probe, slos: slos.map(parseSlo), windowMs: checkWindow(parseDuration(over)), kpis: parseKpis(kpis), alerts };
}
