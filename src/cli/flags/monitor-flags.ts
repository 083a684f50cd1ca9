import { Flags, type Interfaces } from "@oclif/core";
import { keyFrom } from "../../app/serving/server-client.js";
import { parseDuration } from "../../lib/base/config/duration.js";
import { nearestOf } from "../../lib/base/errors/nearest.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { defaultAlerts, readAlertFile, type AlertPlan } from "../../lib/operations/monitor/alert-rules.js";
import { checkWindow } from "../../lib/operations/monitor/history.js";
import { parseKpis } from "../../lib/operations/monitor/kpis.js";
import type { MonitorOptions } from "../../lib/operations/monitor/monitor.js";
import { Probe } from "../../lib/operations/monitor/probe.js";
import { EndpointTarget, type EndpointOptions } from "../../lib/inference/openai/endpoint-target.js";
import { extraBody } from "../../app/targets/request-body.js";
import { requestFlags, requestOf } from "./request-flags.js";
import { parseSlo } from "../../lib/operations/slo/slo.js";

export const DEFAULT_URL = "http://127.0.0.1:8080";

/** The flags that say how a server is looked at. */
export const lookFlags = {
  url: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: "URL", description: "a server to watch, as the argument" }),
  "api-key-env": Flags.string({
    default: "LLMOPS_API_KEY",
    helpValue: "VAR",
    description: "environment variable with the server's API key, where it needs one",
  }),
  model: Flags.string({ description: "model to probe [default: the server's first]" }),
  probe: Flags.boolean({ allowNo: true, default: true, description: "send a request at each look" }),
  "probe-prompt": Flags.string({ default: "Hello", helpValue: "TEXT", description: "what the probe asks" }),
  "probe-tokens": Flags.integer({ default: 50, min: 1, helpValue: "N", description: "longest answer of the probe" }),
  ...requestFlags,
  over: Flags.string({ default: "5m", helpValue: "TIME", description: "how far back rates and percentiles look" }),
  slo: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "OBJECTIVE",
    description: "such as 'ttft<500ms@99%/28d', 'itl<50ms', 'e2e<2s@95%', 'success@99.9%'; several",
  }),
  kpis: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "CONDITION",
    description: "indicators that have to hold: default for the usual ones, or such as p95_response_time<1s; several",
  }),
};

/** The flag that names alert rules. */
export const alertsFlag = Flags.string({
  helpValue: "FILE",
  description:
    "YAML file of alert rules and where to send them (llmops init alerts writes one), or none [default: the usual ones, printed]",
});

export type LookFlags = Interfaces.InferredFlags<typeof lookFlags>;

const SUBCOMMANDS = ["canary", "check", "report", "rules"];

/** The URLs to watch; http:// may be left out of HOST:PORT. Throws INVALID_ARGUMENT for one that is none, or named twice. */
export function readTargets(argv: readonly string[]): string[] {
  const urls = argv.length === 0 ? [DEFAULT_URL] : argv.map((text) => (/^[\w.-]+:\d+(\/|$)/.test(text) ? `http://${text}` : text));
  for (const [i, url] of urls.entries()) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      const nearest = nearestOf(url, SUBCOMMANDS);
      throw new LlmopsError("INVALID_ARGUMENT", `"${url}" is not the URL of a server.`, {
        hint: `${nearest === undefined ? "" : `Did you mean llmops monitor ${nearest}? `}Write it like ${DEFAULT_URL}.`,
      });
    }
    if (urls.indexOf(url) < i) throw new LlmopsError("INVALID_ARGUMENT", `${url} is named twice.`, { hint: "Name each server once." });
  }
  return urls;
}

/** The alert rules a flag means. Throws CONFIG_INVALID. */
export function readAlerts(file: string | undefined): AlertPlan {
  if (file === undefined) return defaultAlerts();
  return file === "none" ? { ...defaultAlerts(), rules: [] } : readAlertFile(file);
}

/** How one server is observed; `onNote` hears what it refuses of the probe. Throws INVALID_ARGUMENT for what cannot be read. */
export function monitorOptions(
  url: string,
  flags: LookFlags,
  { alerts, onNote }: { alerts: Pick<AlertPlan, "rules" | "repeatMs">; onNote: (text: string) => void },
): MonitorOptions {
  const apiKey = keyFrom(flags["api-key-env"]);
  const { model, "max-tokens-field": maxTokensField } = flags;
  const body = extraBody(requestOf(flags));
  const options: EndpointOptions = {
    ...{ url, onNote },
    ...(model !== undefined && { model }),
    ...(apiKey !== undefined && { apiKey }),
    ...(maxTokensField !== undefined && { maxTokensField }),
    ...(body && { body }),
  };
  const connect = (signal: AbortSignal) => EndpointTarget.connect(options, signal);
  const probe = flags.probe ? new Probe(connect, { prompt: flags["probe-prompt"], maxTokens: flags["probe-tokens"] }) : undefined;
  const slos = (flags.slo ?? []).map(parseSlo);
  return { url, apiKey, probe, slos, windowMs: checkWindow(parseDuration(flags.over)), kpis: parseKpis(flags.kpis ?? []), alerts };
}
