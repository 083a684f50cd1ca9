import type { LoadedSettings } from "../base/config/load-settings.js";
import type { ConfigSetting } from "../base/config/setting.js";
import { SETTINGS, type SettingName } from "../base/config/settings.js";
import { withoutUrlCredentials } from "../base/errors/url-credentials.js";
import { broken, whole } from "./fit-columns.js";
import { plainTable } from "./plain-table.js";
import type { Screen } from "./screen.js";

/** A setting or flag, with its value and where that comes from. */
export interface SettingRow {
  setting: string;
  value: unknown;
  origin: string;
}

/** Every setting, without secrets. */
export function settingRows({ settings, origins }: LoadedSettings): SettingRow[] {
  return (Object.keys(SETTINGS) as SettingName[]).map((name) => {
    const { secret } = SETTINGS[name] as ConfigSetting<unknown>;
    const value = settings[name];
    return { setting: name, value: secret && value !== undefined ? "(set)" : withoutCredentials(value), origin: origins[name] };
  });
}

/** Settings, or the flags of a command, as a table. */
export function renderSettings(
  rows: readonly SettingRow[],
  { ofCommand, withOrigin }: { ofCommand: boolean; withOrigin: boolean },
  screen: Screen,
): string {
  const head = [whole(ofCommand ? "flag" : "setting"), broken("value", 0), ...(withOrigin ? [broken("from", 0)] : [])];
  return plainTable(
    head,
    rows.map(({ setting, value, origin }) => [setting, shown(value), ...(withOrigin ? [origin] : [])]),
    screen,
  );
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
