import { z } from "zod";
import { setTimeout as sleep } from "node:timers/promises";
import { followSignal } from "../../inference/openai/follow-signal.js";
import { AlertBook, type ActiveAlert, type AlertEvent, activeAlertSchema } from "./alert-book.js";
import { burnRules, type AlertPlan, type AlertRule } from "./alert-rules.js";
import { sloStatus, type SloStatus } from "./burn-rate.js";
import type { Condition } from "./condition.js";
import { evaluateRule } from "./evaluate-rule.js";
import { checkKpis, type KpiResult } from "./kpis.js";
import type { Slo } from "../slo/slo.js";
import { ServerWatch, type Poll, type WatchOptions, savedWatchSchema } from "./server-watch.js";

/** What is known of a server at a time. */
export interface Observation extends Poll {
  /** Counts from 0 over the life of the watch. */
  step: number;
  slos: SloStatus[];
  kpis: KpiResult[];
  /** Pending and firing. */
  alerts: ActiveAlert[];
  /** What began to fire, still does, or is over. */
  events: AlertEvent[];
}

export const savedMonitorSchema = z.object({
  step: z.number(),
  watch: savedWatchSchema,
  alerts: z
    .array(
      activeAlertSchema.extend({
        toldAt: z.number().optional(),
      }),
    )
    .readonly(),
});

/** What a monitored server is remembered by. */
export type SavedMonitor = z.infer<typeof savedMonitorSchema>;

export interface MonitorOptions extends WatchOptions {
  kpis: readonly Condition[];
  alerts: Pick<AlertPlan, "rules" | "repeatMs">;
}

/** What a server is held against. */
export interface MonitorPlan {
  kpis: readonly Condition[];
  slos: readonly Slo[];
  rules: readonly AlertRule[];
}

/** Observes one server: polls, objectives, indicators, alerts. */
export class ServerMonitor {
  readonly target: string;
  private readonly watch: ServerWatch;
  private readonly book: AlertBook;
  private readonly options: MonitorOptions;
  private step: number;

  constructor(options: MonitorOptions, saved?: SavedMonitor) {
    const { slos, alerts } = options;
    // every objective has its burn alerts, unless the rules speak of it themselves
    const own = slos.filter((slo) => !alerts.rules.some(({ cause }) => cause.kind === "burn" && cause.slo.text === slo.text));
    const spoken = alerts.rules.flatMap(({ cause }) =>
      cause.kind === "burn" && !slos.some(({ text }) => text === cause.slo.text) ? [cause.slo] : [],
    );
    const all = [...slos, ...new Map(spoken.map((slo) => [slo.text, slo])).values()];
    this.options = { ...options, slos: all, alerts: { ...alerts, rules: [...alerts.rules, ...own.flatMap((slo) => burnRules(slo))] } };
    this.watch = new ServerWatch(this.options, saved?.watch);
    this.book = new AlertBook(alerts.repeatMs, saved?.alerts);
    this.book.keepOnly(this.options.alerts.rules);
    this.step = saved?.step ?? 0;
    this.target = this.watch.target;
  }

  get saved(): SavedMonitor {
    return { step: this.step, watch: this.watch.saved, alerts: this.book.active };
  }

  /** What the server is held against: also the objectives of rules, and the rules of objectives. */
  get plan(): MonitorPlan {
    const { kpis, slos, alerts } = this.options;
    return { kpis, slos, rules: alerts.rules };
  }

  /** How many scrapes are in memory. */
  get scrapes(): number {
    return this.watch.scrapes;
  }

  /** Polls once. Throws only what interrupts it. */
  async observe(time: number, signal: AbortSignal): Promise<Observation> {
    const poll = await this.watch.poll(time, signal);
    const slos = this.watch.ledgers.map((ledger) => sloStatus(ledger, time, this.options.paceMs));
    const events = this.options.alerts.rules.flatMap((rule) => this.book.update(rule, evaluateRule(rule, poll, slos), time) ?? []);
    const alerts = this.book.active.map(({ name, severity, summary, state, since, evidence }) => ({
      name,
      severity,
      summary,
      state,
      since,
      evidence,
    }));
    return { ...poll, step: this.step++, slos, kpis: checkKpis(this.options.kpis, poll.measured), alerts, events };
  }
}

export interface Schedule {
  intervalMs: number;
  /** A poll that takes longer is cut off. */
  timeoutMs: number;
  /** Ends after so many polls ... */
  times?: number;
  /** ... or so long. */
  durationMs?: number;
  signal: AbortSignal;
}

/**
 * Observes servers side by side, each at every interval from the start on: what hangs is cut off, and holds up neither the other
 * servers nor the next poll. `onObserved` hears of each poll as it ends.
 */
export async function runMonitors(
  monitors: readonly ServerMonitor[],
  { intervalMs, timeoutMs, times = Infinity, durationMs = Infinity, signal }: Schedule,
  onObserved: (observation: Observation) => void,
): Promise<void> {
  const start = Date.now();
  const one = async (monitor: ServerMonitor) => {
    let tick = 0;
    while (tick < times && !signal.aborted) {
      const due = start + tick * intervalMs;
      if (due - start > durationMs) return;
      if (!(await pause(due - Date.now(), signal))) return;
      const observation = await withLimit(timeoutMs, signal, (limited) => monitor.observe(Date.now(), limited)).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
      if (!observation) return;
      onObserved(observation);
      // a machine that slept, or a poll that took long, does not poll twice at once
      tick = Math.max(tick + 1, Math.floor((Date.now() - start) / intervalMs));
    }
  };
  await Promise.all(monitors.map(one));
}

/** Works with a signal that also aborts when the time is up. */
async function withLimit<T>(ms: number, signal: AbortSignal, work: (limited: AbortSignal) => Promise<T>): Promise<T> {
  const { controller, release } = followSignal(signal);
  const timer = setTimeout(() => controller.abort(new DOMException("The time is up.", "TimeoutError")), ms);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    release();
  }
}

/** Waits; false when the signal aborted meanwhile. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
