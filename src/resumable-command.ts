import { resolve } from "node:path";
import type { Interfaces } from "@oclif/core";
import { BaseCommand } from "./base-command.js";
import { normaliseArgv, type FlagShapes } from "./normalise-argv.js";
import { isOutputFlag } from "./output-flags.js";
import { resumedArgv, type StudyCommand } from "./study-resume.js";

/** The parent of commands that run a study, which --resume continues. */
export abstract class ResumableCommand extends BaseCommand {
  /** This command as what runs a study needs it. */
  protected asStudyCommand(): StudyCommand {
    return {
      name: this.typedName,
      argv: this.argv,
      note: (text: string) => this.note(text),
      log: (text: string) => this.log(text),
      signal: this.listenForInterrupt(),
    };
  }

  /** Parses the command line. A resumed study has the words it was started with; flags given now come in place of the same ones then. */
  protected async parseResumed<F extends { resume?: string | undefined }, B extends object, A extends object>(
    command: Interfaces.Input<F, B, A>,
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    const given = await this.parse(command);
    const { resume } = given.flags;
    if (resume === undefined) return given;
    const flags = (command.flags ?? {}) as FlagShapes;
    const placed = absoluteOutputs(normaliseArgv(this.argv, flags), { flags, folder: process.cwd() });
    const { then, now } = resumedArgv(resume, { name: this.typedName, argv: placed });
    return this.parse(command, [...withoutRepeated(normaliseArgv(then, flags), now, flags), ...now]);
  }
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

/** The words of then, without flags that can be given once and are given now. */
export function withoutRepeated(then: readonly string[], now: readonly string[], flags: FlagShapes): string[] {
  const nameOf = (word: string) => {
    const written = word.replace(/=.*$/s, "");
    const found = Object.entries(flags).find(([name, { char, aliases = [] }]) =>
      [`--${name}`, `--no-${name}`, ...(char === undefined ? [] : [`-${char}`]), ...aliases.map((alias) => `--${alias}`)].includes(written),
    );
    return found?.[0];
  };
  const given = new Set(now.flatMap((word) => nameOf(word) ?? []).filter((name) => flags[name]?.multiple !== true));
  const kept: string[] = [];
  for (let i = 0; i < then.length; i++) {
    const word = then[i] as string;
    const name = nameOf(word);
    if (name === undefined || !given.has(name)) kept.push(word);
    else if (flags[name]?.type === "option" && !word.includes("=")) i++;
  }
  return kept;
}
