import { createLogUpdate } from "log-update";
import ora from "ora";
import { printNote } from "./terminal-output.js";
import { chalk, printedOnErrors, printedOnOutput } from "./terminal-screen.js";

/** A line on standard error that is drawn again in place while work goes on, on a terminal. */
export interface LiveLine {
  show: (text: string) => void;
  /** Writes a line above it. */
  say: (text: string) => void;
  stop: () => void;
}

/** Begins a live line. */
export function startLiveLine(text: string): LiveLine {
  const spinner = ora({
    stream: process.stderr,
    discardStdin: false,
    color: chalk.level === 0 ? false : "cyan",
    text: printedOnErrors(text),
  }).start();
  return {
    show: (own) => void (spinner.text = printedOnErrors(own)),
    say: (own) => {
      spinner.clear();
      printNote(own);
      spinner.render();
    },
    stop: () => void spinner.stop(),
  };
}

/** A picture on standard output that is drawn again in place, on a terminal. */
export interface LivePicture {
  show: (text: string) => void;
  /** Writes a line above it for good. */
  say: (text: string) => void;
  stop: () => void;
}

/** Begins a live picture. */
export function startLivePicture(): LivePicture {
  const update = createLogUpdate(process.stdout);
  return {
    show: (text) => update(printedOnOutput(text)),
    say: (text) => update.persist(printedOnOutput(text)),
    stop: () => update.done(),
  };
}
