import type { Command } from "@oclif/core";
import { CommandHelp, Help } from "@oclif/core/help";
import { continueCommand } from "../../lib/report/continue-command.js";
import { wrapLine } from "../../lib/report/display-width.js";
import { fromOwnColors, toOwnColors } from "../../lib/report/own-colors.js";
import { visibleText } from "../../lib/report/visible-text.js";
import { onlyTemplates, wrapPlain } from "./quick-text.js";

const INDENT = 2;

/** The help of a command: one line of usage, arguments, examples, what it does, and flags by their groups. */
class BriefCommandHelp extends CommandHelp {
  constructor(...given: ConstructorParameters<typeof CommandHelp>) {
    super(...given);
    this.render = onlyTemplates(this.render);
  }

  override wrap(body: string, spacing = this.indentSpacing): string {
    return wrapPlain(this.render(body), this.opts.maxWidth - spacing, (line) => super.wrap(line, spacing));
  }

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
    const { id, args, strict } = this.command;
    const shapes = Object.values(args);
    const words = shapes.map(({ name, required }, i) => {
      const word = `${name.toUpperCase()}${strict === false && i === shapes.length - 1 ? "..." : ""}`;
      return required ? word : `[${word}]`;
    });
    return [id, ...words, "[FLAGS]"].join(" ");
  }

  /** Commands that are too long go on in the next line as a shell reads them. */
  protected override examples(examples: Command.Example[] | string | undefined): string | undefined {
    const room = this.opts.maxWidth - INDENT;
    return super
      .examples(examples)
      ?.split("\n")
      .map((line) => fromOwnColors(continueCommand(toOwnColors(line), room)))
      .join("\n");
  }

  /** The first sentence stands at the top already. */
  protected override description(): string | undefined {
    const { summary, description } = this.command;
    if (summary === undefined) return super.description();
    return description === undefined || description === "" ? undefined : this.wrap(this.render(description));
  }
}

/** Help for `llmops --help` and every command, no line wider than the terminal. */
export default class BriefHelp extends Help {
  protected override CommandHelpClass = BriefCommandHelp;

  constructor(...given: ConstructorParameters<typeof Help>) {
    super(...given);
    this.render = onlyTemplates(this.render);
  }

  override wrap(body: string, spacing = this.indentSpacing): string {
    return wrapPlain(this.render(body), this.opts.maxWidth - spacing, (line) => super.wrap(line, spacing));
  }

  protected override log(...args: string[]): void {
    const { maxWidth } = this.opts;
    super.log(
      ...args.map((text) =>
        fromOwnColors(
          visibleText(toOwnColors(text))
            .split("\n")
            .flatMap((line) => wrapLine(line, maxWidth))
            .join("\n"),
        ),
      ),
    );
  }
}
