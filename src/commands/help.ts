import { Args, loadHelpClass } from "@oclif/core";
import { BaseCommand } from "../cli/command/base-command.js";
import { listTopics, TOPICS } from "../cli/help/help-topics.js";
import { nearestOf } from "../lib/base/errors/nearest.js";
import { LlmopsError } from "../lib/base/errors/llmops-error.js";

/** `llmops help`: about commands, and about what several of them share. */
export default class Help extends BaseCommand {
  static override readsProject = false;
  static override summary = "Explain a command or a topic.";
  static override enableJsonFlag = false;
  static override examples = ["<%= config.bin %> help topics", "<%= config.bin %> help slo", "<%= config.bin %> help mlflow runs"];
  static override strict = false;
  static override args = { what: Args.string({ description: "a command, a topic, or topics for a list of them" }) };

  async run(): Promise<void> {
    const { argv } = await this.parse(Help);
    const words = argv as string[];
    const [first = ""] = words;
    const topic = words.length === 1 ? TOPICS[first] : undefined;
    if (first === "topics") this.log(listTopics());
    else if (topic) this.log(topic.text().trimEnd());
    else await this.explain(words);
  }

  private async explain(words: readonly string[]): Promise<void> {
    const { commandIDs, topics } = this.config;
    const known = [...commandIDs, ...topics.map(({ name }) => name)].map((id) => id.replaceAll(":", " "));
    const asked = words.join(" ");
    if (words.length > 0 && !known.includes(asked)) {
      const nearest = nearestOf(asked, [...known, ...Object.keys(TOPICS)]);
      throw new LlmopsError("INVALID_ARGUMENT", `Unknown command or topic "${asked}".`, {
        hint: `${nearest === undefined ? "" : `Did you mean ${nearest}? `}See ${this.config.bin} help topics, and ${this.config.bin} --help.`,
      });
    }
    const HelpClass = await loadHelpClass(this.config);
    await new HelpClass(this.config).showHelp([...words]);
  }
}
