import { setMaxListeners } from "node:events";
import { Command, Errors, type Interfaces } from "@oclif/core";
import { isDebug } from "../../lib/base/config/environment.js";
import { loadSettings } from "../../lib/base/config/load-settings.js";
import { nearestOf } from "../../lib/base/errors/nearest.js";
import { EXIT } from "../../lib/base/errors/exit-codes.js";
import { LlmopsError, toLlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { Host } from "../../app/host/host.js";
import { withProgress } from "../terminal/progress.js";
import { normalizeArgv } from "./normalize-argv.js";
import { guardProcess } from "./process-guard.js";
import { listenToProcess } from "./process-listeners.js";
import { fillFlags, namedValues, withoutRelations, withProjectDefaults, type FlagSet } from "./project-flags.js";
import { keepOutputForResult, printDocument, printLines, printNote, printOutput, printThrown } from "../terminal/terminal-output.js";
import { chalk } from "../terminal/terminal-screen.js";

/** The parent of all commands: --json, errors with code and hint, exit codes, interruption. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;
  /** Whether flags that are not given come from llmops.yaml. */
  static readsProject = true;
  private readonly interrupt = new AbortController();
  private stopListening: (() => void) | undefined;
  /** The process ends because of an error that no command caught. */
  private isOver = false;
  /** What interrupted the command, once something has. */
  protected interruptedBy: "SIGINT" | "SIGTERM" | undefined;

  /** Aborts on the first Ctrl+C or SIGTERM while the command runs; a second one ends the process at once. */
  protected listenForInterrupt(): AbortSignal {
    if (this.stopListening) return this.interrupt.signal;
    const stop = (signal: NodeJS.Signals) => {
      if (this.interrupt.signal.aborted) process.exit(EXIT.interrupted);
      this.interruptedBy = signal === "SIGTERM" ? signal : "SIGINT";
      this.interrupt.abort();
    };
    setMaxListeners(0, this.interrupt.signal); // everything that is running listens
    this.stopListening = listenToProcess({ SIGINT: stop, SIGTERM: stop });
    return this.interrupt.signal;
  }

  /** What a use case is told about whoever runs it: this command, which listens for interruption from now on. */
  protected asHost(): Host {
    return { signal: this.listenForInterrupt(), note: (text) => this.note(text), withProgress };
  }

  /**
   * Parses the command line; flags that are neither given nor set in the environment are what the project's llmops.yaml says. A file that
   * cannot be read stops every command, unless it `readsProject` itself or not at all.
   */
  protected override async parse<F extends object, B extends object, A extends object>(
    options?: Interfaces.Input<F, B, A>,
    argv: string[] = this.argv,
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    if (!options || !(this.ctor as typeof BaseCommand).readsProject) return super.parse(options, argv);
    const { flags = {}, baseFlags, enableJsonFlag } = options;
    const withFlags = (others: FlagSet, more = {}) =>
      ({ ...options, baseFlags, enableJsonFlag, flags: others, ...more }) as unknown as Interfaces.Input<F, B, A>;
    const seen = await super.parse(withFlags(withoutRelations(flags as FlagSet), { args: {}, strict: false }), argv);
    const isGiven = (name: string) => seen.metadata.flags[name]?.setFromDefault !== true;
    const given = Object.fromEntries(Object.entries(seen.flags).filter(([name]) => isGiven(name)));
    const filled = fillFlags(this.id ?? "", flags, { loaded: loadSettings(), given });
    if (filled.has("plugin") || given["plugin"] !== undefined) keepOutputForResult();
    if (filled.size === 0) return super.parse(options, argv);
    const defaults = await withProjectDefaults(flags, filled);
    const parsed = await super.parse(withFlags(defaults), argv);
    return { ...parsed, flags: { ...parsed.flags, ...(await namedValues(defaults, Object.keys(given))) } };
  }

  /** The command as the user would type it: "llmops sweep". */
  protected get typedName(): string {
    return `${this.config.bin} ${(this.id ?? "").replaceAll(":", " ")}`;
  }

  /** Tells the user something on standard error, also with --json. */
  protected note(text: string): void {
    if (!this.isOver) printNote(text);
  }

  /** Prints prose, tables and charts, broken between words where they are too wide for the terminal. */
  override log(message = ""): void {
    if (!this.isOver && !this.jsonEnabled()) printOutput(message);
  }

  /** Prints lines that are read by programs, or copied: never broken. */
  protected printWhole(message: string): void {
    if (!this.isOver && !this.jsonEnabled()) printLines(message);
  }

  /** A warning of oclif's or ours, on standard error. */
  override warn(input: Error | string): Error | string {
    this.note(`${chalk.yellow("Warning:")} ${typeof input === "string" ? input : input.message}`);
    return input;
  }

  /** The one document of --json. */
  override logJson(document: unknown): void {
    if (!this.isOver) printDocument(document);
  }

  /** Nothing ends the process before the command is done without saying so. */
  override async _run<T>(): Promise<T> {
    const done = guardProcess((error, isDone) => {
      this.report(error, isDone);
      this.isOver = true; // what still runs has nothing to say any more
    });
    try {
      return await super._run<T>();
    } finally {
      done();
      this.stopListening?.();
    }
  }

  /** Dashes and underscores in the names of flags mean the same. */
  protected override async init(): Promise<void> {
    await super.init();
    this.argv = normalizeArgv(this.argv, { ...this.ctor.baseFlags, ...this.ctor.flags });
  }

  protected override async catch(thrown: Error): Promise<void> {
    const error = fromOclif(thrown, Object.keys(this.ctor.flags ?? {}));
    this.parsed = true; // a refused flag is reported here; oclif would also warn that nothing was parsed
    this.report(error);
  }

  /** Ends with the error's exit code, and says it: as the document of --json unless there is one already. */
  private report(error: LlmopsError, hasDocument = false): void {
    process.exitCode = error.exitCode;
    if (this.jsonEnabled() && !hasDocument) this.logJson(this.toErrorJson(error));
    else this.note(renderError(error));
    if (["INTERNAL", "SYSTEM_REFUSED", "OUT_OF_MEMORY"].includes(error.code) && isDebug() && error.cause !== undefined)
      printThrown(error.cause);
  }

  protected override toErrorJson(thrown: unknown): unknown {
    const { code, message, hint } = toLlmopsError(thrown);
    return { schema: "llmops.error/1", error: { code, message, hint: hint ?? null } };
  }
}

/** oclif's own complaints about flags and arguments are the user's input too. */
function fromOclif(thrown: Error, flags: readonly string[]): LlmopsError {
  if (thrown instanceof Errors.CLIError && !(thrown instanceof Errors.ExitError)) {
    const [text = thrown.message] = thrown.message.split(/\n?See more help with --help/);
    const message = text
      .replace(/^The following errors? occurred:\s*/, "")
      .trim()
      .replace(/(?<!\s)\s*\n\s*/g, "; ");
    const written = /^Nonexistent flags?: --([\w-]+)/.exec(message)?.[1];
    const nearest = written === undefined ? undefined : nearestOf(written, flags);
    const [, , value = "", choices = ""] = /^Expected (?:--([\w-]+)=)?(.*?) to be one of: (.*)$/.exec(message) ?? [];
    const choice = choices === "" ? undefined : nearestOf(value, choices.split(", "));
    const meant = nearest === undefined ? (choice === undefined ? "" : `Did you mean ${choice}? `) : `Did you mean --${nearest}? `;
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
