import { Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { loadSettings, type LoadedSettings } from "../../lib/base/config/load-settings.js";
import type { Setting } from "../../lib/base/config/setting.js";
import { SETTINGS, type SettingName } from "../../lib/base/config/settings.js";
import { broken, whole } from "../../lib/report/fit-columns.js";
import { nearestOf } from "../../lib/base/errors/nearest.js";
import { withoutUrlCredentials } from "../../lib/base/errors/url-credentials.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { viewFlags, type FlagSet } from "../../cli/command/project-flags.js";
import { plainTable } from "../../lib/report/plain-table.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";

/** `llmops config show`: every setting, and where its value comes from; or what flags of a command have. */
export default class ConfigShow extends BaseCommand {
  static override readsProject = false;
  static override summary = "Show the settings of the project: what holds, and why.";
  static override description =
    "Flags come before environment variables, those before llmops.yaml, that before defaults. llmops.yaml is that of this folder or, inside a " +
    "Git repository, of the nearest folder up to its root. --for shows what the flags of a command would be. Secrets are not shown.";
  static override examples = [
    "<%= config.bin %> config show --origin",
    "<%= config.bin %> config show --for sweep --origin",
    "PORT=9000 <%= config.bin %> config show --changed --json",
  ];
  static override flags = {
    config: Flags.string({ helpValue: "FILE", description: "configuration to read [default: llmops.yaml where there is one]" }),
    for: Flags.string({ helpValue: "COMMAND", description: "show the flags of this command, such as sweep or 'mlflow runs'" }),
    origin: Flags.boolean({ description: "also show where each value comes from" }),
    changed: Flags.boolean({ description: "only what is not the default" }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(ConfigShow);
    const loaded = loadSettings({ file: flags.config });
    const all = flags.for === undefined ? toRows(loaded) : await this.flagsOf(flags.for, loaded);
    const rows = all.filter(({ origin }) => !flags.changed || origin !== "default");
    if (!this.jsonEnabled()) {
      this.log(loaded.file === undefined ? "There is no llmops.yaml for this folder; `llmops init` writes one." : `Read ${loaded.file}.`);
      const head = [whole(flags.for === undefined ? "setting" : "flag"), broken("value", 0), ...(flags.origin ? [broken("from", 0)] : [])];
      this.log(
        plainTable(
          head,
          rows.map((row) => [row.setting, shown(row.value), ...(flags.origin ? [row.origin] : [])]),
          terminalScreen(),
        ),
      );
    }
    const settings = Object.fromEntries(rows.map(({ setting, value, origin }) => [setting, { value: value ?? null, origin }]));
    return { schema: "llmops.config/1", file: loaded.file ?? null, ...(flags.for !== undefined && { command: flags.for }), settings };
  }

  /** The flags a command would have if it was started here without any. */
  private async flagsOf(name: string, loaded: LoadedSettings): Promise<Row[]> {
    const id = name
      .trim()
      .replace(/^llmops /, "")
      .replaceAll(/[ :]+/g, ":");
    const found = this.config.findCommand(id);
    if (!found) {
      const nearest = nearestOf(id, this.config.commandIDs)?.replaceAll(":", " ");
      throw new LlmopsError("INVALID_ARGUMENT", `There is no command "${name}".`, {
        hint: nearest === undefined ? "llmops --help lists them." : `Did you mean "${nearest}"?`,
      });
    }
    const command = (await found.load()) as unknown as { flags?: FlagSet; readsProject?: boolean };
    return viewFlags(found.id, command.flags ?? {}, command.readsProject === true ? loaded : undefined);
  }
}

interface Row {
  setting: string;
  value: unknown;
  origin: string;
}

function toRows({ settings, origins }: LoadedSettings): Row[] {
  return (Object.keys(SETTINGS) as SettingName[]).map((name) => {
    const { secret } = SETTINGS[name] as Setting<unknown>;
    const value = settings[name];
    return { setting: name, value: secret && value !== undefined ? "(set)" : withoutCredentials(value), origin: origins[name] };
  });
}

function withoutCredentials(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutCredentials);
  return typeof value === "string" ? withoutUrlCredentials(value) : value;
}

function shown(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  return Array.isArray(value) && value.length === 0 ? "" : JSON.stringify(value);
}
