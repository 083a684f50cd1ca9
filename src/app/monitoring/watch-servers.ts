import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { currentUser, readSecret } from "../../lib/base/config/environment.js";
import { stateFolder } from "../../lib/base/config/mlflow-environment.js";
import { messageOf } from "../../lib/base/errors/llmops-error.js";
import { createSink, type AlertNotice } from "../../lib/operations/monitor/alert-sinks.js";
import { defaultAlerts, type AlertPlan } from "../../lib/operations/monitor/alert-rules.js";
import { runMonitors, ServerMonitor, type Observation, type Schedule } from "../../lib/operations/monitor/monitor.js";
import { MonitorRecorder } from "../../lib/operations/monitor/monitor-recorder.js";
import { loadState, lockState, saveState, statePath, type MonitorState } from "../../lib/operations/monitor/monitor-state.js";
import { NoticeBoard } from "../../lib/operations/monitor/notice-board.js";
import type { Tracker } from "../../lib/tracking/tracker.js";
import type { Host } from "../host/host.js";
import { withTracker } from "../tracking/with-store.js";
import { monitorOptions, type PollOptions } from "./poll-options.js";

const SAVE_EVERY_MS = 10_000;
const FLUSH_MS = 5000;

/** Where observations are shown while servers are watched. */
export interface MonitorView {
  show: (observation: Observation) => void;
  /** An alert that is printed, for people and programs. */
  say: (line: string) => void;
  /** Something people should know meanwhile. */
  warn: (line: string) => void;
  /** No more observations follow. */
  end: () => void;
}

/** Which servers are watched, and how. */
export interface WatchOptions extends PollOptions {
  urls: readonly string[];
  /** The usual ones when absent. */
  alerts?: AlertPlan | undefined;
  /** Between the starts of two polls of a server. */
  intervalMs: number;
  /** A poll that takes longer is cut off. */
  timeoutMs: number;
  /** Ends after so long; when the host's signal aborts if absent. */
  durationMs?: number | undefined;
  /** One poll alone, which looks back to the last watch, or to the server's start. */
  once?: boolean | undefined;
  /** Begins a new run, and forgets error budgets and alerts of earlier watching. */
  fresh?: boolean | undefined;
  trackingUri: string;
  experiment: string;
  /** What the runs say made them. */
  command: string;
  /** The host is told of alerts when absent. */
  view?: MonitorView | undefined;
}

/** How a server was at the end, with the run it is recorded in. */
export interface LastSeen {
  observation: Observation;
  runId: string | null;
}

interface Watched {
  monitor: ServerMonitor;
  recorder: MonitorRecorder;
  path: string;
  /** Gives the state up to other processes; undefined where another has it. */
  release: (() => void) | undefined;
  state: MonitorState;
}

/**
 * Watches servers until their time is over; gives the last observation of each, with its run. Throws INVALID_ARGUMENT, and
 * STORE_UNWRITABLE where what was observed is lost.
 */
export async function watchServers(options: WatchOptions, host: Host): Promise<{ servers: LastSeen[]; uri: string }> {
  const { view = plainView(host), alerts = defaultAlerts() } = options;
  return withTracker(options.trackingUri, host.note, async ({ tracker, uri }) => {
    const watched = options.urls.map((url) => openWatched({ ...options, alerts, view }, { url, tracker, uri, note: host.note }));
    const board = openBoard(alerts, view);
    const last = new Map<string, Observation>();
    let savedAt = 0;
    try {
      await runMonitors(
        watched.map(({ monitor }) => monitor),
        scheduleOf(options, host.signal),
        (observation) => {
          const own = watched.find(({ monitor }) => monitor.target === observation.target) as Watched;
          last.set(observation.target, observation);
          own.recorder.record(observation);
          view.show(observation);
          const notices = observation.events.map((event): AlertNotice => ({ ...event, target: observation.target }));
          void board.post(notices, observation.time);
          if (Date.now() - savedAt < SAVE_EVERY_MS) return;
          savedAt = Date.now();
          saveAll(watched, view.warn);
        },
      );
    } finally {
      view.end();
      await board.post([], Date.now());
      saveAll(watched, host.note);
      for (const { recorder, release } of watched) {
        recorder.end("FINISHED");
        release?.();
      }
    }
    await tracker.flush({ deadlineMs: FLUSH_MS });
    const servers = watched.flatMap(({ monitor, recorder }) => {
      const observation = last.get(monitor.target);
      return observation ? [{ observation, runId: tracker.idOf(recorder.run) ?? null }] : [];
    });
    return { servers, uri };
  });
}

function plainView({ note }: Host): MonitorView {
  return { show: () => undefined, say: note, warn: note, end: () => undefined };
}

function scheduleOf({ intervalMs, timeoutMs, durationMs, once }: WatchOptions, signal: AbortSignal): Schedule {
  return { intervalMs, timeoutMs, signal, ...(once && { times: 1 }), ...(durationMs !== undefined && { durationMs }) };
}

function openWatched(
  options: WatchOptions & { alerts: AlertPlan; view: MonitorView },
  { url, tracker, uri, note }: { url: string; tracker: Tracker; uri: string; note: (text: string) => void },
): Watched {
  const { alerts, once = false, command, experiment, fresh, view } = options;
  const path = statePath(join(stateFolder(), "monitor"), { target: url, trackingUri: uri, experiment });
  const release = lockState(path);
  if (!release) note(`Another process is already watching ${url}: this one starts its own run and saves no state.`);
  const state = loadState(path, note);
  const isNew = fresh || !release;
  const known = isNew ? undefined : state.monitor;
  const polled = monitorOptions(url, options, { alerts, onNote: view.warn });
  // a poll that is not answered may take longer than the interval
  const paceMs = once ? {} : { paceMs: Math.max(options.intervalMs, options.timeoutMs) };
  const monitor = new ServerMonitor({ ...polled, looksBack: once, ...paceMs }, known);
  const runKey = isNew ? randomUUID() : state.runKey;
  const tags = { "llmops.slo": polled.slos.map(({ text }) => text).join(", ") };
  const schedule = { intervalMs: once ? null : options.intervalMs, timeoutMs: options.timeoutMs };
  const recorder = new MonitorRecorder(tracker, {
    ...{ experiment, target: monitor.target, runKey, user: currentUser(), command, tags, plan: monitor.plan, schedule },
    ...(!isNew && state.events && { events: state.events }),
  });
  return { monitor, recorder, path, release, state: { ...state, runKey } };
}

/** Watching continues where its state cannot be kept. */
function saveAll(watched: readonly Watched[], warn: (line: string) => void): void {
  try {
    for (const { monitor, recorder, path, release, state } of watched)
      if (release) saveState(path, { ...state, monitor: monitor.saved, events: recorder.events });
  } catch (error) {
    warn(messageOf(error));
  }
}

function openBoard(alerts: AlertPlan, { say, warn }: MonitorView): NoticeBoard {
  const sinks = alerts.sinks.map((definition) => createSink(definition, { write: say, secret: readSecret }));
  return new NoticeBoard(sinks, { mostPerHour: alerts.mostPerHour, onProblem: warn });
}
