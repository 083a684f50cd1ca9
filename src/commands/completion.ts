import { Args } from "@oclif/core";
import { BaseCommand } from "../cli/command/base-command.js";
import { printScript } from "../cli/terminal/terminal-output.js";
import { completionScript, SHELLS, type CompletedCommand } from "../cli/help/completion-script.js";

/** `llmops completion`: the Tab key. */
export default class Completion extends BaseCommand {
  static override readsProject = false;
  static override summary = "Print a script that completes commands, flags, and values in a shell.";
  static override enableJsonFlag = false;
  static override examples = [
    "source <(<%= config.bin %> completion bash)",
    "<%= config.bin %> completion zsh > ~/.zsh/completions/_<%= config.bin %>",
    "<%= config.bin %> completion fish > ~/.config/fish/completions/<%= config.bin %>.fish",
  ];
  static override args = { shell: Args.string({ required: true, options: [...SHELLS], description: "the shell" }) };

  async run(): Promise<void> {
    const { args } = await this.parse(Completion);
    const commands = this.config.commands
      .filter(({ hidden }) => !hidden)
      .map(({ id, summary = "", flags }): CompletedCommand => ({
        name: id.replaceAll(":", " "),
        summary,
        flags: Object.values(flags).map((flag) => ({
          name: flag.name,
          char: flag.char,
          summary: flag.summary ?? flag.description ?? "",
          takesValue: flag.type === "option",
          options: flag.type === "option" ? [...(flag.options ?? [])] : [],
        })),
      }));
    const shell = SHELLS.find((name) => name === args.shell) ?? "bash";
    printScript(completionScript(shell, this.config.bin, commands));
  }
}
