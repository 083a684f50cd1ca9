import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { currentUser, readSecret } from "../../lib/base/config/environment.js";
import { stateFolder } from "../../lib/base/config/mlflow-environment.js";
import { messageOf } from "../../lib/base/errors/llmops-error.js";
import { createSink, type AlertNotice } from "../../lib/operations/monitor/alert-sinks.js";
import type { AlertPlan } from "../../lib/operations/monitor/alert-rules.js";
import { runMonitors, ServerMonitor, type Observation, type Schedule } from "../../lib/operations/monitor/monitor.js";
import { MonitorRecorder } from "../../lib/operations/monitor/monitor-recorder.js";
import { loadState, lockState, saveState, statePath, type MonitorState } from "../../lib/operations/monitor/monitor-state.js";
import { NoticeBoard } from "../../lib/operations/monitor/notice-board.js";
import { renderDashboard, renderLine, renderVerdicts, ServerHistory } from "../../lib/report/monitor-view.js";
import type { Tracker } from "../../lib/tracking/tracker.js";
import { withTracker } from "../tracking/with-store.js";
import { monitorOptions, type LookFlags } from "../../cli/flags/monitor-flags.js";
import { startLivePicture } from "../../cli/terminal/live-output.js";
import { isTerminal } from "../../cli/terminal/terminal-output.js";
import { chalk } from "../../cli/terminal/terminal-screen.js";

const SAVE_EVERY_MS = 10_000;
const FLUSH_MS = 5000;

export interface MonitorRequest {
  urls: readonly string[];
  flags: LookFlags & { "tracking-uri": string; experiment: string; fresh: boolean };
  alerts: AlertPlan;
  schedule: Schedule;
  /** For people and programs, on standard output; for people alone, on standard error. */
  write: (line: string) => void;
  note: (line: string) => void;
  /** As typed. */
  command: string;
  /** One look alone. */
  once: boolean;
  json: boolean;
}

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
  history: ServerHistory;
}

/** Watches servers until the schedule ends; returns the last observation of each, with its run. */
export async function conductMonitor(request: MonitorRequest): Promise<{ servers: LastSeen[]; uri: string }> {
  const { flags, note, alerts, schedule } = request;
  return withTracker(flags["tracking-uri"], note, async ({ tracker, uri }) => {
    const screen = openScreen(request);
    const watched = request.urls.map((url) => openWatched(request, { url, tracker, uri, onNote: screen.warn }));
    const board = openBoard(alerts, { write: screen.say, note: screen.warn });
    const last = new Map<string, Observation>();
    let savedAt = 0;
    try {
      await runMonitors(
        watched.map(({ monitor }) => monitor),
        schedule,
        (observation) => {
          const own = watched.find(({ monitor }) => monitor.target === observation.target) as Watched;
          last.set(observation.target, observation);
          own.recorder.record(observation);
          own.history.add(observation);
          screen.show(watched, observation);
          const notices = observation.events.map((event): AlertNotice => ({ ...event, target: observation.target }));
          void board.post(notices, observation.time);
          if (Date.now() - savedAt < SAVE_EVERY_MS) return;
          savedAt = Date.now();
          saveAll(watched, screen.warn);
        },
      );
    } finally {
      screen.end();
      await board.post([], Date.now());
      saveAll(watched, note);
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

function openWatched(
  request: MonitorRequest,
  { url, tracker, uri, onNote }: { url: string; tracker: Tracker; uri: string; onNote: (text: string) => void },
): Watched {
  const { flags, alerts, once, note, command } = request;
  const { experiment } = flags;
  const path = statePath(join(stateFolder(), "monitor"), { target: url, trackingUri: uri, experiment });
  const release = lockState(path);
  if (!release) note(`Another process watches ${url} already: this one begins a run of its own, and keeps nothing for later.`);
  const state = loadState(path, note);
  const isNew = flags.fresh || !release;
  const known = isNew ? undefined : state.monitor;
  const options = { ...monitorOptions(url, flags, { alerts, onNote }), looksBack: once };
  const monitor = new ServerMonitor(options, known);
  const runKey = isNew ? randomUUID() : state.runKey;
  const tags = { "llmops.slo": options.slos.map(({ text }) => text).join(", ") };
  const recorder = new MonitorRecorder(tracker, { experiment, target: monitor.target, runKey, user: currentUser(), command, tags });
  return { monitor, recorder, path, release, state: { ...state, runKey }, history: new ServerHistory() };
}

/** Watching goes on where its state cannot be kept. */
function saveAll(watched: readonly Watched[], warn: (line: string) => void): void {
  try {
    for (const { monitor, path, release, state } of watched) if (release) saveState(path, { ...state, monitor: monitor.saved });
  } catch (error) {
    warn(messageOf(error));
  }
}

function openBoard(alerts: AlertPlan, { write, note }: Pick<MonitorRequest, "write" | "note">): NoticeBoard {
  const sinks = alerts.sinks.map((definition) => createSink(definition, { write, secret: readSecret }));
  return new NoticeBoard(sinks, { mostPerHour: alerts.mostPerHour, onProblem: note });
}

interface Screen {
  show(watched: readonly Watched[], observation: Observation): void;
  /** Prints a line for good. */
  say: (line: string) => void;
  warn: (line: string) => void;
  end(): void;
}

/** On a terminal a picture that is drawn again in place; elsewhere a line for each look; with --json nothing but notes. */
function openScreen({ write, note, json, once }: MonitorRequest): Screen {
  const plain = { say: json ? note : write, warn: note, end: () => undefined };
  if (json) return { ...plain, show: () => undefined };
  if (once)
    return { ...plain, show: (_, observation) => write([renderLine(observation), ...renderVerdicts(observation, chalk)].join("\n")) };
  if (!isTerminal("stdout")) return { ...plain, show: (_, observation) => write(renderLine(observation)) };
  const picture = startLivePicture();
  return {
    show: (watched) => picture.show(watched.map(({ history }) => renderDashboard(history, chalk)).join("\n\n")),
    // above the picture, which is drawn again with the next look
    say: picture.say,
    warn: picture.say,
    end: picture.stop,
  };
}
