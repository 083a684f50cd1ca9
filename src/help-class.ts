import { CommandHelp, Help } from "@oclif/core";

/** The help of a command: what it does, one line of usage, arguments, examples, and flags by their groups. */
class BriefCommandHelp extends CommandHelp {
  protected override sections() {
    const order = ["USAGE", "ARGUMENTS", "EXAMPLES", "DESCRIPTION"];
    const place = ({ header }: { header: string }) => {
      const index = order.indexOf(header.toUpperCase());
      return index < 0 ? order.length : index;
    };
    return super.sections().sort((a, b) => place(a) - place(b));
  }

  /** The command with its arguments: what flags there are stands below. */
  protected override defaultUsage(): string {
    const { id, args } = this.command;
    const words = Object.values(args).map(({ name, required }) => (required ? name.toUpperCase() : `[${name.toUpperCase()}]`));
    return [id, ...words, "[FLAGS]"].join(" ");
  }
}

/** Help for `llmops --help` and every command. */
export default class BriefHelp extends Help {
  protected override CommandHelpClass = BriefCommandHelp;
}
