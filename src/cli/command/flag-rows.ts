import type { Config } from "@oclif/core";
import type { LoadedSettings } from "../../lib/base/config/load-settings.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { nearestOf } from "../../lib/base/errors/nearest.js";
import type { SettingRow } from "../../lib/report/settings-table.js";
import { viewFlags, type FlagSet } from "./project-flags.js";

/** The flags a command would have if it was started here without any. Throws INVALID_ARGUMENT for one there is not. */
export async function flagRowsOf(config: Config, name: string, loaded: LoadedSettings): Promise<SettingRow[]> {
  const id = name
    .trim()
    .replace(/^llmops /, "")
    .replaceAll(/[ :]+/g, ":");
  const found = config.findCommand(id);
  if (!found) {
    const nearest = nearestOf(id, config.commandIDs)?.replaceAll(":", " ");
    throw new LlmopsError("INVALID_ARGUMENT", `Unknown command "${name}".`, {
      hint: nearest === undefined ? "llmops --help lists them." : `Did you mean "${nearest}"?`,
    });
  }
  const command = (await found.load()) as unknown as { flags?: FlagSet; readsProject?: boolean };
  return viewFlags(found.id, command.flags ?? {}, command.readsProject === true ? loaded : undefined);
}
