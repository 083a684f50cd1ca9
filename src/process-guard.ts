import { EXIT } from "./lib/errors/exit-codes.js";
import { LlmopsError, messageOf, toLlmopsError } from "./lib/errors/llmops-error.js";
import { userModuleOf, userModules } from "./lib/scoring/user-modules.js";

/** Tells the user about an error that no command caught; `isDone` once the command has given its result. */
type Report = (error: LlmopsError, isDone: boolean) => void;

/**
 * Sees to it that the process cannot end in silence before its command has: what waits for something that never comes, what a module
 * of the user's throws where nobody catches it, and a module that ends the process are told as errors. Gives what to call once the
 * command is done.
 */
export function guardProcess(report: Report): () => void {
  let isDone = false;
  const end = (error: LlmopsError): never => {
    const wasDone = isDone;
    isDone = true;
    report(error, wasDone);
    process.exit(error.exitCode);
  };
  process.on("uncaughtException", (thrown) => end(uncaught(thrown)));
  process.on("unhandledRejection", (thrown) => end(uncaught(thrown)));
  process.on("beforeExit", () => {
    if (!isDone) end(unsettled());
  });
  process.on("exit", (code) => {
    if (isDone || code === EXIT.interrupted) return; // a second Ctrl+C ends it at once
    isDone = true;
    const error = endedEarly(code);
    report(error, false);
    process.exitCode = error.exitCode;
  });
  return () => {
    isDone = true;
  };
}

/** What nobody caught, as an error of the module it came from, or of llmops. */
function uncaught(thrown: unknown): LlmopsError {
  const module = userModuleOf(thrown);
  if (module !== undefined) {
    return new LlmopsError("SCORER_FAILED", `The module ${module} threw an error that nobody could catch: ${messageOf(thrown)}`, {
      hint: "Await what it starts, so that an error belongs to one row. What was answered is kept: see --resume.",
      cause: thrown,
    });
  }
  const error = toLlmopsError(thrown);
  if (error.code !== "INTERNAL" || userModules().length === 0) return error;
  return new LlmopsError("INTERNAL", error.message, { hint: suspects(), cause: thrown });
}

/** Nothing runs any more that could end the command. */
function unsettled(): LlmopsError {
  return new LlmopsError("INTERNAL", "The command is not done, but nothing is left that it could wait for: something never settles.", {
    hint: suspects(),
  });
}

function endedEarly(code: number): LlmopsError {
  return new LlmopsError("INTERNAL", `The process was ended with exit code ${code} before the command was done.`, { hint: suspects() });
}

function suspects(): string {
  const modules = userModules();
  const bug = "this is a bug in llmops. Run again with DEBUG=llmops to see where it happened.";
  if (modules.length === 0) return `T${bug.slice(1)}`;
  return `Look at ${modules.join(", ")} first. If it is not the cause, ${bug}`;
}
