import { setMaxListeners } from "node:events";
import { Command, Errors } from "@oclif/core";
import chalk from "chalk";
import { isDebug } from "./lib/config/environment.js";
import { nearestOf } from "./lib/config/nearest.js";
import { ERROR_CODES } from "./lib/errors/codes.js";
import { LlmopsError, toLlmopsError } from "./lib/errors/llmops-error.js";
import { wrapForErrors } from "./terminal-screen.js";

const INTERRUPTED = ERROR_CODES.ABORTED.exit;

/** The parent of all commands: --json, errors with code and hint, exit codes, interruption. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;
  private readonly interrupt = new AbortController();
  /** What interrupted the command, once something has. */
  protected interruptedBy: "SIGINT" | "SIGTERM" | undefined;

  /** Aborts on the first Ctrl+C or SIGTERM; a second one ends the process at once. */
  protected listenForInterrupt(): AbortSignal {
    const stop = (signal: NodeJS.Signals) => {
      if (this.interrupt.signal.aborted) process.exit(INTERRUPTED);
      this.interruptedBy = signal === "SIGTERM" ? signal : "SIGINT";
      this.interrupt.abort();
    };
    setMaxListeners(0, this.interrupt.signal); // everything that is running listens
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
    return this.interrupt.signal;
  }

  /** The command as the user would type it: "llmops sweep". */
  protected get typedName(): string {
    return `${this.config.bin} ${(this.id ?? "").replaceAll(":", " ")}`;
  }

  /** Tells the user something on standard error, also with --json. */
  protected note(text: string): void {
    process.stderr.write(`${wrapForErrors(text)}\n`);
  }

  protected override async catch(thrown: Error): Promise<void> {
    const error = fromOclif(thrown, Object.keys(this.ctor.flags ?? {}));
    this.parsed = true; // a refused flag is reported here; oclif would also warn that nothing was parsed
    process.exitCode = error.exitCode;
    if (this.jsonEnabled()) this.logJson(this.toErrorJson(error));
    else this.note(renderError(error));
    if (error.code === "INTERNAL" && isDebug()) console.error(error.cause);
  }

  protected override toErrorJson(thrown: unknown): unknown {
    const { code, message, hint } = toLlmopsError(thrown);
    return { schema: "llmops.error/1", error: { code, message, hint: hint ?? null } };
  }
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** oclif's own complaints about flags and arguments are the user's input too. */
function fromOclif(thrown: Error, flags: readonly string[]): LlmopsError {
  if (thrown instanceof Errors.CLIError && !(thrown instanceof Errors.ExitError)) {
    const [text = thrown.message] = thrown.message.split(/\n?See more help with --help/);
    const message = text
      .replace(/^The following errors? occurred:\s*/, "")
      .trim()
      .replace(/\s*\n\s*/g, "; ");
    const written = /^Nonexistent flags?: --([\w-]+)/.exec(message)?.[1];
    const nearest = written === undefined ? undefined : nearestOf(written, flags);
    const meant = nearest === undefined ? "" : `Did you mean --${nearest}? `;
    return new LlmopsError("INVALID_ARGUMENT", message, { hint: `${meant}See --help for what can be given.`, cause: thrown });
  }
  return toLlmopsError(thrown);
}

/** An error for people. */
export function renderError({ code, message, hint }: LlmopsError): string {
  const lines = [`${chalk.red("Error")} ${chalk.dim(`[${code}]`)} ${message}`];
  if (hint !== undefined) lines.push(`${chalk.cyan("Hint:")} ${hint}`);
  return lines.join("\n");
}
