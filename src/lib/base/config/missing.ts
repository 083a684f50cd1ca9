import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { optionalSecret } from "./environment.js";
import type { LoadedSettings } from "./load-settings.js";

/** Whether a scorer, or a plugin, is named by a file that is not there. */
export function isMissingModule(name: string): boolean {
  return /^\.{0,2}\/|\.[cm]?js$/.test(name) && !existsSync(resolve(name));
}

/** Whether a rubric is named by a file that is not there. */
export function isMissingRubric(name: string): boolean {
  return /[/\\]|\.ya?ml$/.test(name) && !existsSync(resolve(name));
}

/** Files that settings name and that are not there, in words. */
export function missingFiles({ settings, origins }: LoadedSettings): string[] {
  const named = [
    ["dataset", settings.dataset],
    ["system", textFile(settings.system)],
    ["prompt", textFile(settings.prompt)],
    ["serving.system", textFile(settings["serving.system"])],
    ["security.api_key_file", settings["security.api_key_file"]],
    ...settings.scorers.filter(isMissingModule).map((name) => ["scorers", name] as const),
    ...settings.plugins.filter(isMissingModule).map((name) => ["plugins", name] as const),
    ...settings["judge.rubrics"].filter(isMissingRubric).map((name) => ["judge.rubrics", name] as const),
  ] as const;
  return named.flatMap(([name, path]) =>
    path === undefined || existsSync(resolve(path)) ? [] : [`${origins[name]}: ${name} is ${path}, which does not exist.`],
  );
}

function textFile(text: string | undefined): string | undefined {
  return text?.startsWith("@") ? text.slice(1) : undefined;
}

/** Variables of the environment that settings name and that are not set, in words. */
export function missingVariables({ settings, origins }: LoadedSettings): string[] {
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
