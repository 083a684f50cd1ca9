import type { FiringAlert } from "../../../lib/tracking/server/monitors.js";
import { CANARY_TAGS } from "../../monitoring/record-round.js";
import type { ReadServer, WatchRun } from "./watch-state.js";

const DAY_MS = 86_400_000;
/** What nobody has looked after for a week is old news. */
const OLD_MS = 7 * DAY_MS;

/** What fires of a watched server; a monitor that has fallen silent is an alert itself. A stopped one watches nothing, so nothing fires. */
export function serverAlerts({ document, state, seen, target, runId, experimentId }: ReadServer, now: number): FiringAlert[] {
  const isSilent = state === "silent";
  if (state === "stopped" || (seen !== null && now - seen > (state === "polled" ? DAY_MS : OLD_MS))) return [];
  const of = { source: "monitor" as const, target, runId, experimentId, isSilent };
  const alerts = (document?.alerts ?? []).filter((alert) => alert.state === "firing");
  const own = alerts.map(({ name, severity, summary, evidence, since }) => {
    return { ...of, name, severity, summary, evidence, since, seen: document?.time ?? since };
  });
  if (!isSilent || seen === null) return own;
  const silence = {
    ...{ name: "MonitorSilent", severity: "warning", summary: "The monitor is marked as running, and records nothing", evidence: "" },
    ...{ since: seen, seen },
  };
  return [...own, { ...of, ...silence }];
}

/** Canaries whose last round found a drift, by rounds from the newest on. */
export function canaryAlerts(rounds: readonly WatchRun[], now: number): FiringAlert[] {
  const byCanary = new Map<string, WatchRun[]>();
  for (const round of rounds) {
    const key = JSON.stringify([round.tags[CANARY_TAGS.name], round.tags[CANARY_TAGS.target]]);
    byCanary.set(key, [...(byCanary.get(key) ?? []), round]);
  }
  return [...byCanary.values()].flatMap((own) => {
    const known = own.filter(({ tags }) => tags[CANARY_TAGS.state] !== "cannot tell");
    const calm = known.findIndex(({ tags }) => tags[CANARY_TAGS.state] !== "drift");
    const drifting = calm < 0 ? known : known.slice(0, calm);
    const [newest] = drifting;
    if (!newest || now - newest.startTime > OLD_MS) return [];
    return [
      {
        ...{ source: "canary" as const, name: "CanaryDrift", severity: "warning", summary: "The model does not answer as it did" },
        ...{ evidence: newest.tags["llmops.verdict"] ?? "", target: newest.tags[CANARY_TAGS.target] ?? "", isSilent: false },
        ...{ since: drifting.at(-1)?.startTime ?? newest.startTime, seen: newest.endTime ?? newest.startTime },
        ...{ runId: newest.runId, experimentId: newest.experimentId },
      },
    ];
  });
}
