import { compareNames } from "../../../lib/base/pages/texts.js";
import type { ActiveAlert, AlertEvent } from "../../api/monitors.js";
import type { Span } from "./ranges.js";

/** A stretch in which an alert fired. */
export interface Fire {
  from: number;
  /** Null while it fires. */
  to: number | null;
  severity: string;
  evidence: string;
}

export interface Lane {
  name: string;
  fires: Fire[];
}

/**
 * When alerts fired, by their names in alphabetical order, from the events of their run and what fired last. What was never told to be
 * over, and does not fire now, ended when it was last told to fire: nothing is known of it after that.
 */
export function lanesOf(events: readonly AlertEvent[], alerts: readonly ActiveAlert[]): Lane[] {
  const byName = new Map<string, AlertEvent[]>();
  for (const event of [...events].sort((a, b) => a.time - b.time)) byName.set(event.name, [...(byName.get(event.name) ?? []), event]);
  const firing = new Map(alerts.filter(({ state }) => state === "firing").map((alert) => [alert.name, alert]));
  const names = [...new Set([...byName.keys(), ...firing.keys()])].sort((a, b) => compareNames(a, b));
  return names.map((name) => ({ name, fires: firesOf(byName.get(name) ?? [], firing.get(name)) }));
}

/** The fires of one alert, of its events in the order of time. Events of one fire have the same beginning. */
function firesOf(events: readonly AlertEvent[], firing: ActiveAlert | undefined): Fire[] {
  const fires = new Map<number, Fire>();
  for (const { event, since, time, severity, evidence } of events) {
    const known = fires.get(since);
    // until it is told otherwise, it is known to have fired until it was last told to
    fires.set(since, { from: since, to: time, severity, evidence: event === "resolved" && known ? known.evidence : evidence });
  }
  if (firing) {
    const { since, severity, evidence } = firing;
    fires.set(since, { from: since, to: null, severity, evidence });
  }
  return [...fires.values()].sort((a, b) => a.from - b.from);
}

/** Where a fire is in a span, in percent of its width; undefined where it is outside. One that still burns goes on to the end. */
export function placeIn({ from, to }: Span, fire: Fire): { left: number; width: number } | undefined {
  const [start, end] = [Math.max(from, fire.from), Math.min(to, fire.to ?? to)];
  if (end < from || start > to || to <= from) return undefined;
  const share = (time: number) => (100 * (time - from)) / (to - from);
  return { left: share(start), width: Math.max(0, share(end) - share(start)) };
}
