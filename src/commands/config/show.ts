import { Flags } from "@oclif/core";
import { BaseCommand } from "../../base-command.js";
import { loadSettings, type LoadedSettings } from "../../lib/config/load-settings.js";
import type { Setting } from "../../lib/config/setting.js";
import { SETTINGS, type SettingName } from "../../lib/config/settings.js";
import { broken, whole } from "../../lib/report/fit-columns.js";
import { plainTable } from "../../lib/report/plain-table.js";
import { terminalScreen } from "../../terminal-screen.js";

/** `llmops config show`: every setting of `serve`, and where its value comes from. */
export default class ConfigShow extends BaseCommand {
  static override summary = "Show the settings of serve: what holds, and why.";
  static override description =
    "Flags come before environment variables, those before llmops.yaml, that before defaults. Secrets are not shown.";
  static override examples = ["<%= config.bin %> config show --origin", "PORT=9000 <%= config.bin %> config show --changed --json"];
  static override flags = {
    config: Flags.string({ helpValue: "FILE", description: "configuration to read [default: llmops.yaml where there is one]" }),
    origin: Flags.boolean({ description: "also show where each value comes from" }),
    changed: Flags.boolean({ description: "only what is not the default" }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(ConfigShow);
    const loaded = loadSettings({ file: flags.config });
    const rows = toRows(loaded).filter(({ origin }) => !flags.changed || origin !== "default");
    if (!this.jsonEnabled()) {
      this.log(loaded.file === undefined ? "There is no llmops.yaml here; `llmops init` writes one." : `Read ${loaded.file}.`);
      const head = [whole("setting"), broken("value", 0), ...(flags.origin ? [broken("from", 0)] : [])];
      this.log(
        plainTable(
          head,
          rows.map((row) => [row.setting, shown(row.value), ...(flags.origin ? [row.origin] : [])]),
          terminalScreen(),
        ),
      );
    }
    const settings = Object.fromEntries(rows.map(({ setting, value, origin }) => [setting, { value: value ?? null, origin }]));
    return { schema: "llmops.config/1", file: loaded.file ?? null, settings };
  }
}

function toRows({ settings, origins }: LoadedSettings): { setting: string; value: unknown; origin: string }[] {
  return (Object.keys(SETTINGS) as SettingName[]).map((name) => {
    const { secret } = SETTINGS[name] as Setting<unknown>;
    const value = settings[name];
    return { setting: name, value: secret && value !== undefined ? "(set)" : withoutCredentials(value), origin: origins[name] };
  });
}

/** URLs may carry a user and a password. */
function withoutCredentials(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutCredentials);
  return typeof value === "string" ? value.replace(/(\/\/)[^/@\s]+@/, "$1***@") : value;
}

function shown(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  return Array.isArray(value) && value.length === 0 ? "" : JSON.stringify(value);
}
