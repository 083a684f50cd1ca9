import { setTimeout as sleep } from "node:timers/promises";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { parseDuration } from "../../lib/base/config/duration.js";
import { ServerMonitor, type Observation } from "../../lib/operations/monitor/monitor.js";
import type { Host } from "../host/host.js";
import { monitorOptions, type PollOptions } from "./poll-options.js";

export interface CheckOptions extends PollOptions {
  url: string;
  /** A poll that takes longer is cut off. */
  timeoutMs: number;
  /** Watches for so long, such as 30s; looks back to the server's start when absent. */
  during?: string | undefined;
}

/** How a server meets its indicators and objectives; nothing is recorded. Throws ENDPOINT_UNREACHABLE, and INVALID_ARGUMENT. */
export async function checkServer({ url, timeoutMs, during, ...options }: CheckOptions, host: Host): Promise<Observation> {
  const kpis = options.kpis ?? (options.slos === undefined ? ["default"] : []);
  const polled = monitorOptions(url, { ...options, kpis }, { alerts: { rules: [], repeatMs: Infinity }, onNote: host.note });
  const duringMs = during === undefined ? undefined : parseDuration(during);
  const monitor = new ServerMonitor({ ...polled, looksBack: duringMs === undefined });
  const observe = () => monitor.observe(Date.now(), AbortSignal.timeout(timeoutMs));
  let observation = await observe();
  if (duringMs !== undefined && observation.up) {
    host.note(`Watching ${monitor.target} for ${during}.`);
    await sleep(duringMs, undefined, { signal: host.signal });
    observation = await observe();
  }
  if (observation.up) return observation;
  throw new LlmopsError("ENDPOINT_UNREACHABLE", observation.errors.join("; "), { hint: "Start it, or name another server." });
}
