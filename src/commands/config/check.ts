import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { optionalSecret } from "../../lib/base/config/environment.js";
import { loadSettings, type LoadedSettings } from "../../lib/base/config/load-settings.js";
import { SETTINGS, type SettingName } from "../../lib/base/config/settings.js";
import { STUDIES, viewFlags } from "../../cli/command/project-flags.js";
import { chalk } from "../../cli/terminal/terminal-screen.js";
import { counted } from "../../lib/base/errors/counted.js";

/** `llmops config check`: whether llmops.yaml says what it should. */
export default class ConfigCheck extends BaseCommand {
  static override readsProject = false;
  static override summary = "Check llmops.yaml: keys, values, files and variables it names.";
  static override description =
    "Ends with exit code 2 at a key nobody knows or a value that cannot be, naming file and line. Files and environment variables that are " +
    "not there on this machine are warnings.";
  static override examples = ["<%= config.bin %> config check", "<%= config.bin %> config check --config ci/llmops.yaml --json"];
  static override flags = {
    config: Flags.string({ helpValue: "FILE", description: "configuration to read [default: that of the project]" }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(ConfigCheck);
    const loaded = loadSettings({ environment: {}, file: flags.config });
    for (const id of STUDIES) {
      const command = await this.config.findCommand(id)?.load();
      if (command) await viewFlags(id, command.flags, loaded);
    }
    const set = (Object.keys(SETTINGS) as SettingName[]).filter((name) => loaded.origins[name] !== "default");
    const warnings = [...missingFiles(loaded), ...missingVariables(loaded)];
    this.log(
      loaded.file === undefined
        ? "There is no llmops.yaml for this folder; `llmops init` writes one."
        : `${loaded.file}: ${counted(set.length, "setting")}, all understood.`,
    );
    for (const warning of warnings) this.log(`${chalk.yellow("Warning:")} ${warning}`);
    return { schema: "llmops.config_check/1", file: loaded.file ?? null, settings: set, warnings };
  }
}

function missingFiles({ settings, origins }: LoadedSettings): string[] {
  const named = [
    ["dataset", settings.dataset],
    ["system", textFile(settings.system)],
    ["prompt", textFile(settings.prompt)],
    ["serving.system", textFile(settings["serving.system"])],
    ["security.api_key_file", settings["security.api_key_file"]],
  ] as const;
  return named.flatMap(([name, path]) =>
    path === undefined || existsSync(resolve(path)) ? [] : [`${origins[name]}: ${name} is ${path}, which is not there.`],
  );
}

function textFile(text: string | undefined): string | undefined {
  return text?.startsWith("@") ? text.slice(1) : undefined;
}

function missingVariables({ settings, origins }: LoadedSettings): string[] {
  const named = [
    ...Object.entries(settings.endpoints).map(
      ([name, { api_key_env: variable }]) => ["endpoints", `endpoints.${name}.api_key_env`, variable] as const,
    ),
    ["judge.api_key_env", "judge.api_key_env", settings["judge.api_key_env"]] as const,
    ["providers.upstream_key_env", "providers.upstream_key_env", settings["providers.upstream_key_env"]] as const,
  ];
  return named.flatMap(([setting, name, variable]) =>
    variable === undefined || optionalSecret(variable) !== undefined
      ? []
      : [`${origins[setting]}: ${name} names ${variable}, which is not set.`],
  );
}
