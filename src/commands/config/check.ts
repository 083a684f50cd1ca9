import type { ConfigCheckDocument } from "../../app/documents/configuration.js";
import { Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { loadSettings } from "../../lib/base/config/load-settings.js";
import { isMissingModule, missingFiles, missingVariables } from "../../lib/base/config/missing.js";
import { SETTINGS, type SettingName } from "../../lib/base/config/settings.js";
import { STUDIES, viewFlags } from "../../cli/command/project-flags.js";
import { keepOutputForResult } from "../../cli/terminal/terminal-output.js";
import { chalk } from "../../cli/terminal/terminal-screen.js";
import { counted } from "../../lib/base/errors/counted.js";

/** `llmops config check`: whether llmops.yaml says what it should. */
export default class ConfigCheck extends BaseCommand {
  static override readsProject = false;
  static override summary = "Check llmops.yaml: its keys, values, names, files, and variables.";
  static override description =
    "Exits with 2 at an unknown key, an invalid value, or an unknown scorer, judge, or rubric, naming file and " +
    "line. Plugins are loaded for this. Files and environment variables missing on this machine are warnings.";
  static override examples = ["<%= config.bin %> config check", "<%= config.bin %> config check --config ci/llmops.yaml --json"];
  static override flags = {
    config: Flags.string({ helpValue: "FILE", description: "configuration to read [default: the project's]" }),
  };

  async run(): Promise<ConfigCheckDocument> {
    const { flags } = await this.parse(ConfigCheck);
    const loaded = loadSettings({ environment: {}, file: flags.config });
    for (const id of STUDIES) {
      const command = await this.config.findCommand(id)?.load();
      if (command) await viewFlags(id, command.flags, loaded);
    }
    if (!loaded.settings.plugins.some(isMissingModule)) {
      keepOutputForResult(); // plugins are loaded
      const { checkNames } = await import("../../app/studies/check-names.js");
      await checkNames(loaded, this.listenForInterrupt());
    }
    const set = (Object.keys(SETTINGS) as SettingName[]).filter((name) => loaded.origins[name] !== "default");
    const warnings = [...missingFiles(loaded), ...missingVariables(loaded)];
    this.log(
      loaded.file === undefined
        ? "No llmops.yaml applies to this folder; `llmops init` writes one."
        : `${loaded.file}: ${counted(set.length, "setting")}, all valid.`,
    );
    for (const warning of warnings) this.log(`${chalk.yellow("Warning:")} ${warning}`);
    return { schema: "llmops.config_check/1", file: loaded.file ?? null, settings: set, warnings };
  }
}
