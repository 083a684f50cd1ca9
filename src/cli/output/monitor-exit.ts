import type { LastSeen } from "../../app/monitoring/watch-servers.js";
import { EXIT } from "../../lib/base/errors/exit-codes.js";
import type { Observation } from "../../lib/operations/monitor/monitor.js";

type Verdicts = Pick<Observation, "kpis" | "slos">;

/**
 * 3 when a server does not answer, 1 when an indicator or objective is missed or an alert fires, 5 when none is but one is not known,
 * else 0.
 */
export function exitOfMonitor(seen: readonly LastSeen[]): number {
  const last = seen.map(({ observation }) => observation);
  if (last.length === 0 || last.some(({ up }) => !up)) return EXIT.broken;
  if (last.some((one) => isMissed(one) || one.alerts.some(({ state }) => state === "firing"))) return EXIT.failed;
  return last.some(isUnknown) ? EXIT.cannotTell : EXIT.done;
}

/** 1 when an indicator or objective is missed, 5 when none is but one is not known, else 0. */
export function exitOfCheck(observation: Verdicts): number {
  if (isMissed(observation)) return EXIT.failed;
  return isUnknown(observation) ? EXIT.cannotTell : EXIT.done;
}

function isMissed({ kpis, slos }: Verdicts): boolean {
  return kpis.some(({ state }) => state === "failed") || slos.some(({ met }) => met === false);
}

function isUnknown({ kpis, slos }: Verdicts): boolean {
  return kpis.some(({ state }) => state === "no data") || slos.some(({ met }) => met === null);
}
