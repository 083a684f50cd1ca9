import type { Interfaces } from "@oclif/core";
import { BaseCommand } from "./base-command.js";
import { resumedArgv, type StudyCommand } from "./study-resume.js";

/** What is looked at of the flags of a command. */
type Flags = Record<string, { char?: string; aliases?: string[]; multiple?: boolean; type: string }>;

/** The parent of commands that run a study, which --resume goes on with. */
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
    const { then, now } = resumedArgv(resume, { name: this.typedName, argv: this.argv });
    return this.parse(command, [...withoutRepeated(then, now, (command.flags ?? {}) as Flags), ...now]);
  }
}

/** The words of then, without flags that can be given once and are given now. */
export function withoutRepeated(then: readonly string[], now: readonly string[], flags: Flags): string[] {
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
