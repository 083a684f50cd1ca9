import type { ConfigDocument } from "../../app/documents/configuration.js";
import { Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { flagRowsOf } from "../../cli/command/flag-rows.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";
import { loadSettings } from "../../lib/base/config/load-settings.js";
import { renderSettings, settingRows } from "../../lib/report/settings-table.js";

/** `llmops config show`: every setting, and where its value comes from; or what flags of a command have. */
export default class ConfigShow extends BaseCommand {
  static override readsProject = false;
  static override summary = "Show the effective settings of the project and where they come from.";
  static override description =
    "Flags override environment variables, which override llmops.yaml, which overrides defaults. llmops.yaml is read from this folder or, inside a " +
    "Git repository, from the nearest folder up to its root. --for shows the flags of a command. Secrets are not shown.";
  static override examples = [
    "<%= config.bin %> config show --origin",
    "<%= config.bin %> config show --for sweep --origin",
    "PORT=9000 <%= config.bin %> config show --changed --json",
  ];
  static override flags = {
    config: Flags.string({ helpValue: "FILE", description: "configuration to read [default: llmops.yaml if there is one]" }),
    for: Flags.string({ helpValue: "COMMAND", description: "show the flags of this command, such as sweep or 'mlflow runs'" }),
    origin: Flags.boolean({ description: "also show where each value comes from" }),
    changed: Flags.boolean({ description: "only settings that differ from their default" }),
  };

  async run(): Promise<ConfigDocument> {
    const { flags } = await this.parse(ConfigShow);
    const loaded = loadSettings({ file: flags.config });
    const all = flags.for === undefined ? settingRows(loaded) : await flagRowsOf(this.config, flags.for, loaded);
    const rows = all.filter(({ origin }) => !flags.changed || origin !== "default");
    if (!this.jsonEnabled()) {
      this.log(loaded.file === undefined ? "No llmops.yaml applies to this folder; `llmops init` writes one." : `Read ${loaded.file}.`);
      this.log(renderSettings(rows, { ofCommand: flags.for !== undefined, withOrigin: flags.origin }, terminalScreen()));
    }
    const settings = Object.fromEntries(rows.map(({ setting, value, origin }) => [setting, { value: value ?? null, origin }]));
    return { schema: "llmops.config/1", file: loaded.file ?? null, ...(flags.for !== undefined && { command: flags.for }), settings };
  }
}
