import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { BaseCommand } from "../../src/cli/command/base-command.js";

/** What is looked at of a flag. */
export interface FlagOf {
  type: string;
  char?: string;
  aliases?: string[];
  allowNo?: boolean;
  hidden?: boolean;
  multiple?: boolean;
  helpGroup?: string;
  helpValue?: string;
  description?: string;
}

/** A command as oclif finds it by its file. */
export interface KnownCommand {
  /** As typed after "llmops": "mlflow runs". */
  name: string;
  file: string;
  Command: typeof BaseCommand;
  flags: Readonly<Record<string, FlagOf>>;
}

const FOLDER = fileURLToPath(new URL("../../src/commands/", import.meta.url));

/** Every command there is, from the sources. */
export async function allCommands(): Promise<KnownCommand[]> {
  const files = readdirSync(FOLDER, { recursive: true, encoding: "utf8" }).filter((file) => /(?<!\.test)\.ts$/.test(file));
  return Promise.all(
    files.sort().map(async (path) => {
      const file = join(FOLDER, path);
      const { default: Command } = (await import(file)) as { default: typeof BaseCommand };
      const name = relative(FOLDER, file)
        .replace(/\.ts$/, "")
        .split(sep)
        .filter((part) => part !== "index")
        .join(" ");
      return { name, file, Command, flags: { ...(Command.baseFlags as object), ...(Command.flags as object) } };
    }),
  );
}

/** Every name a flag of a command can be written by, in dashes: --max-tokens, --no-race, -d is not among them. */
export function writtenFlags({ flags, Command }: KnownCommand): Set<string> {
  const names = Object.entries(flags).flatMap(([name, { aliases = [], type, allowNo }]) =>
    [name, ...aliases].flatMap((one) => (type === "boolean" && allowNo === true ? [one, `no-${one}`] : [one])),
  );
  return new Set([...names, "help", ...(Command.enableJsonFlag ? ["json"] : [])].map((name) => name.replaceAll("_", "-")));
}
