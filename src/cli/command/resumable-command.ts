import { resolve } from "node:path";
import type { Interfaces } from "@oclif/core";
import { BaseCommand } from "./base-command.js";
import { normalizeArgv, type FlagShapes } from "./normalize-argv.js";
import { isOutputFlag } from "../flags/output-flags.js";
import { studyFolder } from "../../app/studies/study-folders.js";
import type { StudyOptions } from "../../app/studies/study-options.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { findStudy, studiesOf } from "../../lib/experiments/study/study-folder.js";

/** The parent of commands that run a study, which --resume continues. */
export abstract class ResumableCommand extends BaseCommand {
  /** What started the study: this command, in the folder at hand. */
  protected origin(): Required<Pick<StudyOptions, "command" | "folder">> {
    return { command: { name: this.typedName, argv: this.argv }, folder: process.cwd() };
  }

  /** Parses the command line. A resumed study has the words it was started with; flags given now come in place of the same ones then. */
  protected async parseResumed<F extends { resume?: string | undefined }, B extends object, A extends object>(
    command: Interfaces.Input<F, B, A>,
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    const given = await this.parse(command);
    const { resume } = given.flags;
    if (resume === undefined) return given;
    const flags = (command.flags ?? {}) as FlagShapes;
    const placed = absoluteOutputs(normalizeArgv(this.argv, flags), { flags, folder: process.cwd() });
    const then = resumedArgv(resume, this.typedName);
    return this.parse(command, joinedArgv(normalizeArgv(then, flags), placed, flags));
  }
}

/**
 * The words a study was started with; goes to the folder it was started in. Throws STUDY_NOT_FOUND, or INVALID_ARGUMENT for a study of
 * another command.
 */
function resumedArgv(resume: string, command: string): readonly string[] {
  const header = findStudy(studyFolder(), resume, studiesOf(command));
  if (header.command !== command) {
    throw new LlmopsError("INVALID_ARGUMENT", `The study ${header.id} was started by ${header.command}.`, {
      hint: `Resume it with: ${header.command} --resume ${header.id}`,
    });
  }
  try {
    process.chdir(header.folder);
  } catch (cause) {
    throw new LlmopsError("STUDY_NOT_FOUND", `The folder the study ${header.id} was started in is gone: ${header.folder}.`, {
      hint: "Restore it, or start the study again.",
      cause,
    });
  }
  return header.argv;
}

/** A command line whose output files are named by their whole paths: given with --resume they are where the user stands, not where the study was started. */
export function absoluteOutputs(argv: readonly string[], { flags, folder }: { flags: FlagShapes; folder: string }): string[] {
  const named = new Map(
    Object.entries(flags).flatMap(([name, flag]) =>
      [`--${name}`, ...(flag.char === undefined ? [] : [`-${flag.char}`]), ...(flag.aliases ?? []).map((alias) => `--${alias}`)].map(
        (written) => [written, flag] as const,
      ),
    ),
  );
  const result: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] as string;
    const [, name = word, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    const flag = named.get(name);
    if (flag && isOutputFlag(flag) && value !== undefined) result.push(`${name}=${resolve(folder, value)}`);
    else result.push(word);
    const next = argv[i + 1];
    if (flag?.type !== "option" || value !== undefined || next === undefined) continue;
    result.push(isOutputFlag(flag) ? resolve(folder, next) : next); // the value of another flag may look like an output flag
    i++;
  }
  return result;
}

/**
 * The words of then followed by those of now. A flag that can be given once is the one of now; of those that can be given several times, and
 * of arguments, now adds what then had not: a study resumed with the words it was started with is the same study.
 */
export function joinedArgv(then: readonly string[], now: readonly string[], flags: FlagShapes): string[] {
  const [before, after] = [piecesOf(then, flags), piecesOf(now, flags)];
  const isRepeatable = ({ name }: Piece) => name === undefined || flags[name]?.multiple === true;
  const given = new Set(after.filter((piece) => !isRepeatable(piece)).map(({ name }) => name));
  const kept = before.filter((piece) => isRepeatable(piece) || !given.has(piece.name));
  const known = new Set(kept.map(({ name, value }) => JSON.stringify([name, value])));
  const added = after.filter((piece) => !isRepeatable(piece) || !known.has(JSON.stringify([piece.name, piece.value])));
  return [...kept, ...added].flatMap(({ words }) => words);
}

/** A flag with one value, or an argument, which has no name. */
interface Piece {
  name: string | undefined;
  value: string | undefined;
  words: string[];
}

function piecesOf(argv: readonly string[], flags: FlagShapes): Piece[] {
  const pieces: Piece[] = [];
  for (let i = 0; i < argv.length;) {
    const all = piecesAt(argv, i, flags);
    pieces.push(...all);
    i += all.length > 1 ? all.length + 1 : (all[0]?.words.length ?? 1);
  }
  return pieces;
}

/** What stands at a place: a flag with its value, or with all its values where it takes every word up to the next flag. */
function piecesAt(argv: readonly string[], at: number, flags: FlagShapes): Piece[] {
  const word = argv[at] as string;
  const [, written = word, joined] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
  const name = flagNamed(written, flags);
  const flag = flags[name ?? ""];
  if (!flag) return [{ name, value: word, words: [word] }];
  if (flag.type !== "option" || joined !== undefined || at + 1 >= argv.length) return [{ name, value: joined, words: [word] }];
  const values = argv.slice(at + 1, at + 1 + valuesAfter(argv, at, flag));
  return values.map((value) => ({ name, value, words: [word, value] }));
}

function valuesAfter(argv: readonly string[], at: number, { multiple, multipleNonGreedy }: FlagShapes[string]): number {
  if (multiple !== true || multipleNonGreedy === true) return 1;
  const end = argv.findIndex((word, i) => i > at + 1 && word.startsWith("-"));
  return (end < 0 ? argv.length : end) - at - 1;
}

function flagNamed(written: string, flags: FlagShapes): string | undefined {
  const found = Object.entries(flags).find(([name, { char, aliases = [] }]) =>
    [`--${name}`, `--no-${name}`, ...(char === undefined ? [] : [`-${char}`]), ...aliases.map((alias) => `--${alias}`)].includes(written),
  );
  return found?.[0];
}
