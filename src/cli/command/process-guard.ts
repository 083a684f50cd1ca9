import { sealLastWork, sendLastWork } from "../../app/host/last-work.js";
import { EXIT } from "../../lib/base/errors/exit-codes.js";
import { LlmopsError, toLlmopsError } from "../../lib/base/errors/llmops-error.js";
import { listenToProcess } from "./process-listeners.js";

const BUG = "This is a bug in llmops. Run again with DEBUG=llmops to see where it happened.";

/** Tells the user about an error that no command caught; `isDone` once the command has given its result. */
type Report = (error: LlmopsError, isDone: boolean) => void;

/** Takes off what still hears of errors for the last command that is done. */
let forgetLast: () => void = () => undefined;

/**
 * Sees to it that the process cannot end in silence before its command has: what waits for something that never comes, what is
 * thrown where nobody catches it, and what ends the process early are told as errors. Gives what to call once the
 * command is done; what is thrown even later is told too, until another command begins.
 */
export function guardProcess(report: Report): () => void {
  forgetLast();
  let isDone = false;
  let isEnding = false;
  const end = (error: LlmopsError): void => {
    if (isEnding) return;
    isEnding = true;
    const wasDone = isDone;
    isDone = true;
    report(error, wasDone);
    void sendLastWork().finally(() => process.exit(error.exitCode));
  };
  const uncaught = (thrown: unknown) => end(toLlmopsError(thrown));
  const stopHearing = listenToProcess({ uncaughtException: uncaught, unhandledRejection: uncaught });
  const stopWaiting = listenToProcess({
    beforeExit: () => {
      if (!isDone) end(unsettled());
    },
    exit: (code) => {
      if (!isDone) sealLastWork(code === EXIT.interrupted ? "KILLED" : "FAILED");
      if (isDone || code === EXIT.interrupted) return; // a second Ctrl+C ends it at once
      isDone = true;
      const error = endedEarly(code);
      report(error, false);
      process.exitCode = error.exitCode;
    },
  });
  return () => {
    isDone = true;
    stopWaiting();
    forgetLast = stopHearing;
  };
}

/** Nothing runs any more that could end the command. */
function unsettled(): LlmopsError {
  return new LlmopsError("INTERNAL", "The command is not done, but nothing is left that it could wait for: something never settles.", {
    hint: BUG,
  });
}

function endedEarly(code: number): LlmopsError {
  return new LlmopsError("INTERNAL", `The process was ended with exit code ${code} before the command was done.`, { hint: BUG });
}
