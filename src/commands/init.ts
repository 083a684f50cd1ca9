import type { InitDocument } from "../app/documents/projects.js";
import { basename, dirname, resolve } from "node:path";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../cli/command/base-command.js";
import { askVariables } from "../cli/terminal/ask-variables.js";
import { isTerminal } from "../cli/terminal/terminal-output.js";
import { colorDiff, describeScaffold } from "../cli/output/scaffold-lines.js";
import { chalk } from "../cli/terminal/terminal-screen.js";
import { KIND_NAMES, kindOf, variablesOf } from "../lib/operations/scaffold/template-kinds.js";
import { parseVariables } from "../lib/operations/scaffold/variables.js";

/** `llmops init`: files to start from. */
export default class Init extends BaseCommand {
  static override readsProject = false;
  static override summary = "Write files to start from: configuration, containers, clusters, monitoring, workflows.";
  static override description = [
    ...KIND_NAMES.map((name) => `${name}: ${kindOf(name).about}`),
    "",
    "If existing files differ, the differences are shown and nothing is written, unless --force is set. On a terminal, init asks for the " +
      "values that templates need; --set provides them, and --yes accepts the defaults.",
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
      ...{ multiple: true, multipleNonGreedy: true, helpValue: "NAME=VALUE" },
      description: "value for a template; repeatable",
    }),
    yes: Flags.boolean({ char: "y", description: "accept the defaults without prompting" }),
    force: Flags.boolean({ description: "replace existing files" }),
  };

  async run(): Promise<InitDocument> {
    const { argv, flags } = await this.parse(Init);
    const { scaffold, readKinds } = await import("../app/scaffold/scaffold.js");
    const kinds = readKinds(argv as string[]);
    const variables = parseVariables(flags.set ?? [], variablesOf(kinds));
    const asks = !flags.yes && !this.jsonEnabled() && process.stdin.isTTY && isTerminal("stdout");
    const { out, dir, force } = flags;
    const where = out === undefined ? { folder: resolve(dir) } : { folder: resolve(dirname(out)), fileName: basename(out) };
    const onDifferent = (diff: string) => this.note(colorDiff(diff, chalk));
    const written = await scaffold({ ...where, kinds, variables, ask: asks ? askVariables : undefined, force, onDifferent });
    if (!this.jsonEnabled()) for (const line of describeScaffold(written, kinds)) this.log(line);
    return { schema: "llmops.init/2", ...written };
  }
}
