import { Flags } from "@oclif/core";
import type { ServeOptions } from "../../app/serving/serve.js";
import { CONFIG_FILE } from "../../lib/base/config/find-project.js";
import { loadSettings } from "../../lib/base/config/load-settings.js";
import type { Settings } from "../../lib/base/config/settings.js";
import { settingFlags } from "./setting-flags.js";

/** The flags of `serve`. */
export const serveFlags = {
  config: Flags.string({ helpValue: "FILE", description: `configuration to read [default: ${CONFIG_FILE} if there is one]` }),
  "api-key": keyFlag("a key that clients must send", "LLMOPS_API_KEY or by `llmops keys create`"),
  "read-api-key": keyFlag("a key that reads metrics, experiments and runs", "LLMOPS_READ_API_KEY"),
  "admin-api-key": keyFlag("a key that may do everything", "LLMOPS_ADMIN_API_KEY"),
  set: Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "NAME=VALUE",
    helpGroup: "SERVING",
    description:
      "default parameter of requests, such as temperature=0.3 or system=TEXT; @FILE reads what sweep --best and optimize --apply wrote, except prompts, which are templates for dataset rows",
  }),
  ...settingFlags(),
};

function keyFlag(what: string, better: string) {
  return Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "KEY",
    helpGroup: "SECURITY",
    description: `${what}, or several, comma-separated; safer in ${better}, which process lists do not show`,
  });
}

/** What is to be served, from flags, environment and file; `leftOut` says what of --set is not. Throws CONFIG_INVALID and INVALID_ARGUMENT. */
export async function serveOptionsOf(
  flags: Readonly<Record<string, unknown>>,
): Promise<ServeOptions & { settings: Settings; leftOut: readonly string[] }> {
  const { config, set = [], ...keys } = flags as { config?: string; set?: string[] } & Partial<Record<string, string[]>>;
  const served = set.length === 0 ? undefined : (await import("../../app/serving/served-setting.js")).servedSetting(set);
  const { settings } = loadSettings({ flags, given: served?.given ?? new Map(), file: config });
  const apiKeys = { infer: keys["api-key"] ?? [], read: keys["read-api-key"] ?? [], admin: keys["admin-api-key"] ?? [] };
  return { settings, apiKeys, leftOut: served?.leftOut ?? [] };
}
