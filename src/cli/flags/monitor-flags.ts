import { Flags, type Interfaces } from "@oclif/core";
import { POLL_DEFAULTS, type PollOptions } from "../../app/monitoring/poll-options.js";
import { parseDuration, parseTimeout } from "../../lib/base/config/duration.js";
import { nearestOf } from "../../lib/base/errors/nearest.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { defaultAlerts, readAlertFile, type AlertPlan } from "../../lib/operations/monitor/alert-rules.js";
import type { Complete } from "./complete.js";
import { requestFlags, requestOf } from "./request-flags.js";

const LONGEST_TIMEOUT_MS = 60_000;

const DEFAULT_URL = "http://127.0.0.1:8080";

/** The flags that say how a server is polled. */
export const pollFlags = {
  url: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: "URL", description: "a server to watch, as the argument" }),
  "api-key-env": Flags.string({
    default: POLL_DEFAULTS.apiKeyEnv,
    helpValue: "VAR",
    description: "environment variable with the server's API key, if it needs one",
  }),
  model: Flags.string({ description: "model to probe [default: the server's first]" }),
  probe: Flags.boolean({ allowNo: true, default: true, description: "send a request at each poll" }),
  "probe-prompt": Flags.string({ default: POLL_DEFAULTS.probePrompt, helpValue: "TEXT", description: "question the probe asks" }),
  "probe-tokens": Flags.integer({
    default: POLL_DEFAULTS.probeTokens,
    min: 1,
    helpValue: "N",
    description: "maximum tokens of the probe's answer",
  }),
  ...requestFlags,
  over: Flags.string({ default: POLL_DEFAULTS.over, helpValue: "TIME", description: "time window of rates and percentiles" }),
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
    description: "indicators that must hold, such as p95_response_time<1s, or default for the usual ones; repeatable",
  }),
};

/** The flags that say when servers are polled. */
export const scheduleFlags = {
  interval: Flags.string({ char: "i", default: "5m", helpValue: "TIME", description: "interval between the starts of two polls" }),
  duration: Flags.string({ helpValue: "TIME", description: "stop after this time [default: at Ctrl+C]" }),
  once: Flags.boolean({ description: "poll once and report the state in the exit code", exclusive: ["duration", "interval"] }),
  timeout: Flags.string({
    helpValue: "TIME",
    description: "abort a poll that takes longer: seconds, or a duration such as 500ms [default: the interval, at most 60s]",
  }),
};

/** When `scheduleFlags` have servers polled. Throws INVALID_ARGUMENT for what is not a duration. */
export function scheduleOf({ interval, duration, timeout }: Interfaces.InferredFlags<typeof scheduleFlags>): {
  intervalMs: number;
  timeoutMs: number;
  durationMs: number | undefined;
} {
  const intervalMs = parseDuration(interval);
  const timeoutMs = timeout === undefined ? Math.min(intervalMs, LONGEST_TIMEOUT_MS) : parseTimeout(timeout);
  return { intervalMs, timeoutMs, durationMs: duration === undefined ? undefined : parseDuration(duration) };
}

/** The flag that names alert rules. */
export const alertsFlag = Flags.string({
  helpValue: "FILE",
  description:
    "YAML file of alert rules and where to send them (llmops init alerts writes one), or none [default: the usual rules, printed]",
});

type PollFlags = Interfaces.InferredFlags<typeof pollFlags>;

const SUBCOMMANDS = ["canary", "check", "report", "rules"];

/** The URLs to watch; http:// may be left out of HOST:PORT. Throws INVALID_ARGUMENT for one that is none, or named twice. */
export function readTargets(argv: readonly string[]): string[] {
  const urls = argv.length === 0 ? [DEFAULT_URL] : argv.map((text) => (/^[\w.-]+:\d+(\/|$)/.test(text) ? `http://${text}` : text));
  for (const [i, url] of urls.entries()) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
      const nearest = nearestOf(url, SUBCOMMANDS);
      throw new LlmopsError("INVALID_ARGUMENT", `"${url}" is not a server URL.`, {
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

/** How `pollFlags` have servers polled. */
export function pollOptionsOf(flags: PollFlags): Complete<PollOptions> {
  return {
    ...requestOf(flags),
    apiKeyEnv: flags["api-key-env"],
    model: flags.model,
    probe: flags.probe,
    probePrompt: flags["probe-prompt"],
    probeTokens: flags["probe-tokens"],
    over: flags.over,
    slos: flags.slo,
    kpis: flags.kpis,
  };
}
