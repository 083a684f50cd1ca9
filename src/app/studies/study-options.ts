import { withoutUrlCredentials } from "../../lib/base/errors/url-credentials.js";
import { resolve } from "node:path";
import { Budget, parseBudget } from "../../lib/experiments/study/budget.js";
import type { PluginSource } from "../../lib/experiments/plugins/load-plugins.js";
import type { AskLimits } from "../../lib/inference/gateway/ask.js";
import type { JudgeOptions } from "../judging/judge-options.js";
import { DEFAULT_RETRIES, DEFAULT_TIMEOUT } from "./study-defaults.js";
import type { StudyTargetOptions } from "./study-target.js";
import type { ThoughtOptions } from "./thinking.js";

/** Which rows are asked. */
export interface RowOptions {
  /** A file, JSONL, JSON, CSV, TSV or YAML (also .gz); the example questions when absent. */
  dataset?: string | undefined;
  /** What columns of the dataset mean, as NAME=COLUMN. */
  map?: readonly string[] | undefined;
  /** A random subset of so many rows; 0 uses all. */
  limit?: number | undefined;
  /** The seed of the whole study; the same seed reproduces it. 42 when absent. */
  seed?: number | undefined;
}

/** The command line that started a study, by which --resume finds it. */
export interface TypedCommand {
  /** As in "llmops sweep". */
  name: string;
  /** Everything after it. */
  argv: readonly string[];
}

/** What every study may be given: what is asked, how it runs, and where it is recorded. */
export interface StudyOptions extends StudyTargetOptions, RowOptions, ThoughtOptions {
  /** Further attempts after a failure; 2 when absent. */
  retries?: number | undefined;
  /** Where to stop: 2000calls, 100ktokens or 10m. */
  budget?: readonly string[] | undefined;
  /** The study to resume: its id, the beginning of its id, or last. */
  resume?: string | undefined;
  /** Also ask failed cells again. */
  retryFailed?: boolean | undefined;
  /** The MLflow experiment of the runs. */
  experiment?: string | undefined;
  /** Modules that add scorers, samplers and judges: files, names of packages, or plugins themselves. */
  plugins?: readonly PluginSource[] | undefined;
  /** Who grades, where something is graded. */
  judge?: JudgeOptions | undefined;
  command?: TypedCommand | undefined;
  /** The folder it is started in, where --resume goes back to. */
  folder?: string | undefined;
}

/** What started a study, as its journal and its result keep it. */
export interface StudyOrigin extends TypedCommand {
  folder: string;
}

/** What started a study: the command, or else the function of this name. */
export function originOf({ command, folder = resolve(".") }: Pick<StudyOptions, "command" | "folder">, name: string): StudyOrigin {
  return { ...(command ?? { name, argv: [] }), folder };
}

/** The command line that started a study, in one piece, as a shell of POSIX reads it, without the passwords of URLs. */
export function typedBy({ name, argv }: TypedCommand): string {
  return [name, ...argv.map((word) => quoteWord(withoutUrlCredentials(word)))].join(" ");
}

function quoteWord(word: string): string {
  return /^[\p{L}\p{N}@%+=:,./_^-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** How long and how often one request is tried. */
export function limitsOf({ timeout = DEFAULT_TIMEOUT, retries = DEFAULT_RETRIES }: Pick<StudyOptions, "timeout" | "retries">): AskLimits {
  return { timeoutMs: timeout * 1000, retries };
}

/** The budget of a study; undefined for none. Throws INVALID_ARGUMENT. */
export function budgetOf({ budget }: Pick<StudyOptions, "budget">): Budget | undefined {
  return budget && new Budget(parseBudget(budget));
}
