import { mkdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../cli/command/base-command.js";
import { nearestOf } from "../lib/base/errors/nearest.js";
import { LlmopsError, messageOf, toLlmopsError } from "../lib/base/errors/llmops-error.js";
import { compareFiles, type FileChange } from "../lib/operations/scaffold/compare-files.js";
import { KIND_NAMES, kindOf, renderKinds, variablesOf, type KindName } from "../lib/operations/scaffold/template-kinds.js";
import {
  checkVariable,
  completeVariables,
  parseVariables,
  variableOf,
  type VariableName,
  type Variables,
} from "../lib/operations/scaffold/variables.js";
import { writeOutput } from "../lib/base/files/output-files.js";
import { isTerminal, printOutput, promptStreams } from "../cli/terminal/terminal-output.js";
import { chalk, printedOnOutput } from "../cli/terminal/terminal-screen.js";

interface InitDocument {
  schema: "llmops.init/2";
  files: { path: string; state: FileChange["state"] }[];
  variables: Partial<Variables>;
}

/** `llmops init`: files to start from. */
export default class Init extends BaseCommand {
  static override readsProject = false;
  static override summary = "Write files to start from: configuration, containers, clusters, monitoring, workflows.";
  static override description = [
    ...KIND_NAMES.map((name) => `${name}: ${kindOf(name).about}`),
    "",
    "Files that are there and differ are shown as a diff and left alone; nothing is written then, unless --force. On a terminal the " +
      "gaps in templates are asked for; --set fills them, and --yes takes the defaults.",
  ].join("\n");
  static override examples = [
    "<%= config.bin %> init",
    "<%= config.bin %> init compose --set model=/models/model.gguf",
    "<%= config.bin %> init kubernetes prometheus grafana --dir deploy --yes",
  ];
  static override strict = false;
  static override args = { kind: Args.string({ description: `what to write, several: ${KIND_NAMES.join(", ")} [default: config]` }) };
  static override flags = {
    dir: Flags.string({ default: ".", helpValue: "FOLDER", description: "where to write them" }),
    out: Flags.string({ char: "o", helpValue: "FILE", description: "where to write the configuration", exclusive: ["dir"] }),
    set: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: "NAME=VALUE",
      description: "fill a gap in the templates; several",
    }),
    yes: Flags.boolean({ char: "y", description: "accept the defaults without prompting" }),
    force: Flags.boolean({ description: "replace files that are there" }),
  };

  async run(): Promise<InitDocument> {
    const { argv, flags } = await this.parse(Init);
    const kinds = readKinds(argv as string[]);
    if (flags.out !== undefined && kinds.join() !== "config") {
      throw new LlmopsError("INVALID_ARGUMENT", "--out names one file, but these are several.", { hint: "Name their folder with --dir." });
    }
    const names = variablesOf(kinds);
    const given = parseVariables(flags.set ?? [], names);
    const asks = !flags.yes && !this.jsonEnabled() && process.stdin.isTTY && isTerminal("stdout");
    const chosen = asks ? await ask(names, given) : given;
    const files = renderKinds(kinds, completeVariables(chosen)).map((file) =>
      flags.out === undefined ? file : { ...file, path: basename(flags.out) },
    );
    const folder = resolve(flags.out === undefined ? flags.dir : dirname(flags.out));
    const changes = compareFiles(folder, files);
    this.refuseDifferent(changes, flags.force);
    await writeFiles(folder, changes);
    if (!this.jsonEnabled()) this.print(folder, changes, kinds);
    const all = completeVariables(chosen);
    return {
      schema: "llmops.init/2",
      files: changes.map(({ path, state }) => ({ path: join(folder, path), state })),
      variables: Object.fromEntries(names.map((name) => [name, all[name]])),
    };
  }

  private refuseDifferent(changes: readonly FileChange[], force: boolean): void {
    const different = changes.filter(({ state }) => state === "different");
    if (force || different.length === 0) return;
    for (const { diff } of different) this.note(colourDiff(diff));
    const paths = different.map(({ path }) => path).join(", ");
    throw new LlmopsError(
      "INVALID_ARGUMENT",
      `${paths} ${different.length === 1 ? "is" : "are"} there already, and differ${different.length === 1 ? "s" : ""}; nothing was written.`,
      {
        hint: "Replace with --force, or write elsewhere with --dir or --out.",
      },
    );
  }

  private print(folder: string, changes: readonly FileChange[], kinds: readonly KindName[]): void {
    const words = { new: "wrote", same: "unchanged", different: "replaced" };
    for (const { path, state } of changes) this.log(`${words[state].padEnd(9)} ${join(folder, path)}`);
    for (const kind of kinds) this.log(`${kind}: ${kindOf(kind).next}`);
  }
}

function readKinds(words: readonly string[]): KindName[] {
  if (words.length === 0) return ["config"];
  return [...new Set(words)].map((word) => {
    const found = KIND_NAMES.find((name) => name === word);
    if (found !== undefined) return found;
    const nearest = nearestOf(word, KIND_NAMES);
    throw new LlmopsError("INVALID_ARGUMENT", `There is no template "${word}".`, {
      hint: `${nearest === undefined ? "" : `Did you mean ${nearest}? `}There are: ${KIND_NAMES.join(", ")}.`,
    });
  });
}

/** Asks for what was not given; Enter takes the default. */
async function ask(names: readonly VariableName[], given: Partial<Variables>): Promise<Partial<Variables>> {
  const answers: Partial<Variables> = { ...given };
  const terminal = createInterface(promptStreams());
  try {
    for (const name of names.filter((one) => given[one] === undefined)) {
      for (;;) {
        const { about, default: standard } = variableOf(name);
        const answer = (await terminal.question(`${printedOnOutput(`${about} [${standard}]:`)} `)).trim();
        try {
          answers[name] = answer === "" ? standard : checkVariable(name, answer);
          break;
        } catch (error) {
          const { message, hint = "" } = toLlmopsError(error);
          printOutput(`${message} ${hint}`);
        }
      }
    }
    return answers;
  } catch (error) {
    printOutput(""); // the question that was not answered ends its line
    throw error;
  } finally {
    terminal.close();
  }
}

/** Everything, or with the first file that cannot be written nothing more. */
async function writeFiles(folder: string, changes: readonly FileChange[]): Promise<void> {
  for (const { path, content, state } of changes) {
    if (state === "same") continue;
    const target = join(folder, path);
    try {
      mkdirSync(dirname(target), { recursive: true });
    } catch (cause) {
      throw new LlmopsError("INVALID_ARGUMENT", `${dirname(target)} cannot be made: ${messageOf(cause)}.`, {
        hint: "Choose another place with --dir.",
        cause,
      });
    }
    await writeOutput(target, content);
  }
}

function colourDiff(diff: string): string {
  return diff
    .split("\n")
    .filter((line) => !line.startsWith("===="))
    .map((line) => (line.startsWith("+") ? chalk.green(line) : line.startsWith("-") ? chalk.red(line) : line))
    .join("\n");
}
