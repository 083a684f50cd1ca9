import type { CanaryMetric, CanaryRound, CanaryState } from "../../api/monitors.js";

/** Rounds of one canary of one server, the newest first. */
export interface Canary {
  key: string;
  name: string;
  target: string;
  rounds: CanaryRound[];
}

/** How a round is called that others are compared with. */
export type RoundState = CanaryState | "saved";

/** Rounds by canary and server, in the order of their newest rounds. */
export function canariesOf(rounds: readonly CanaryRound[]): Canary[] {
  const found = new Map<string, Canary>();
  for (const round of rounds) {
    const { name, target } = round.document;
    const key = JSON.stringify([name, target]);
    const canary = found.get(key) ?? { key, name, target, rounds: [] };
    canary.rounds.push(round);
    found.set(key, canary);
  }
  return [...found.values()];
}

export function stateOf({ document }: CanaryRound): RoundState {
  return document.comparison?.state ?? "saved";
}

/** A metric's difference in a round. */
export interface Drift extends CanaryMetric {
  time: number;
  runId: string;
}

/** A metric's differences over the rounds that compared, oldest first. */
export function driftsOf(rounds: readonly CanaryRound[], metric: string): Drift[] {
  const found = rounds.flatMap(({ run_id, document: { comparison, time } }) => {
    const own = comparison?.metrics.find((one) => one.metric === metric);
    return own ? [{ ...own, time: Date.parse(time), runId: run_id }] : [];
  });
  return found.sort((a, b) => a.time - b.time);
}

/** The metrics of some rounds, those first that drifted. */
export function metricsOf(rounds: readonly CanaryRound[]): string[] {
  const drifted = new Map<string, boolean>();
  for (const { metric, state } of rounds.flatMap(({ document }) => document.comparison?.metrics ?? []))
    drifted.set(metric, (drifted.get(metric) ?? false) || state === "drift");
  return [...drifted].sort((a, b) => Number(b[1]) - Number(a[1])).map(([metric]) => metric);
}
