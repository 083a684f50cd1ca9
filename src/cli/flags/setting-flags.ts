import { Flags } from "@oclif/core";
import type { Flag } from "@oclif/core/interfaces";
import type { ConfigSetting } from "../../lib/base/config/setting.js";
import { SETTINGS } from "../../lib/base/config/settings.js";

/** Short letters and further names of flags. */
const CHARS: Record<string, "m" | "p"> = { model_path: "m", port: "p" };
const ALIASES: Record<string, string[]> = {
  model_path: ["model-path"],
  load_in_8bit: ["load-in-8bit"],
  load_in_4bit: ["load-in-4bit"],
  "tracking-uri": ["mlflow_tracking_uri"],
  experiment: ["mlflow_experiment_name"],
};

/** The flags of all settings that have one. They carry no defaults: those of file and environment come below them. */
export function settingFlags(): Record<string, Flag<unknown>> {
  const entries = Object.entries(SETTINGS).flatMap(([name, setting]) => {
    const { flag } = setting as ConfigSetting<unknown>;
    return flag === undefined ? [] : [[flag, toFlag(name, flag, setting)] as const];
  });
  return Object.fromEntries(entries);
}

function toFlag(
  name: string,
  flag: string,
  { about, env, default: standard, placeholder, several, choices }: ConfigSetting<unknown>,
): Flag<unknown> {
  const notes = notesOn(standard, env);
  const common = {
    description: notes.length > 0 ? `${about} [${notes.join("; ")}]` : about,
    helpGroup: (name.split(".")[0] ?? "").toUpperCase(),
    ...(CHARS[flag] && { char: CHARS[flag] }),
    aliases: ALIASES[flag] ?? [],
  };
  if (placeholder === undefined) return Flags.boolean({ ...common, allowNo: true });
  const value = { ...common, helpValue: placeholder, ...(choices && { options: [...choices] }) };
  if (several) return Flags.string({ ...value, multiple: true, multipleNonGreedy: true }) as unknown as Flag<unknown>;
  return Flags.string(value) as Flag<unknown>;
}

function notesOn(standard: unknown, env: readonly string[]): string[] {
  const empty = standard === undefined || (Array.isArray(standard) && standard.length === 0);
  const shown = typeof standard === "string" ? standard : JSON.stringify(standard);
  return [...(empty ? [] : [`default: ${shown}`]), ...(env.length > 0 ? [`env: ${env.join(", ")}`] : [])];
}
