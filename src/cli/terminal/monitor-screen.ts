import type { MonitorView } from "../../app/monitoring/watch-servers.js";
import { withoutTrailingSlashes } from "../../lib/base/errors/text-ends.js";
import { renderServers } from "../../lib/report/monitor-picture.js";
import { renderLine, renderVerdicts } from "../../lib/report/monitor-view.js";
import { ServerHistory } from "../../lib/report/server-history.js";
import { startLivePicture } from "./live-output.js";
import { isTerminal } from "./terminal-output.js";
import { chalk, terminalRows, terminalScreen } from "./terminal-screen.js";

/** Below the picture, where the cursor stands. */
const CURSOR_ROWS = 1;

interface ScreenOptions {
  /** The servers, in their order on the screen. */
  urls: readonly string[];
  json: boolean;
  once: boolean;
  /** On standard output. */
  write: (line: string) => void;
  /** On standard error. */
  note: (line: string) => void;
}

/** On a terminal a picture that is drawn again in place; elsewhere a line for each poll; with --json nothing but notes. */
export function openMonitorScreen({ urls, json, once, write, note }: ScreenOptions): MonitorView {
  const plain = { say: json ? note : write, warn: note, end: () => undefined };
  if (json) return { ...plain, show: () => undefined };
  if (once) return { ...plain, show: (observation) => write([renderLine(observation), ...renderVerdicts(observation, chalk)].join("\n")) };
  if (!isTerminal("stdout")) return { ...plain, show: (observation) => write(renderLine(observation)) };
  const picture = startLivePicture();
  const histories = new Map(urls.map((url) => [withoutTrailingSlashes(url), new ServerHistory()]));
  return {
    show(observation) {
      histories.get(observation.target)?.add(observation);
      picture.show(renderServers([...histories.values()], terminalScreen(), terminalRows() - CURSOR_ROWS));
    },
    // above the picture, which is drawn again with the next poll
    say: picture.say,
    warn: picture.say,
    end: picture.stop,
  };
}
