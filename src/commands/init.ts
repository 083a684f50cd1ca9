import { existsSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Flags } from "@oclif/core";
import { BaseCommand } from "../base-command.js";
import { configTemplate } from "../lib/config/config-template.js";
import { CONFIG_FILE } from "../lib/config/load-settings.js";
import { LlmopsError, messageOf } from "../lib/errors/llmops-error.js";

/** `llmops init`: a commented configuration file. */
export default class Init extends BaseCommand {
  static override summary = "Write a commented llmops.yaml.";
  static override examples = ["<%= config.bin %> init", "<%= config.bin %> init --out deploy/llmops.yaml"];
  static override flags = {
    out: Flags.string({ default: CONFIG_FILE, helpValue: "FILE", description: "where to write it" }),
    force: Flags.boolean({ description: "replace a file that is there" }),
  };

  async run(): Promise<object> {
    const { flags } = await this.parse(Init);
    const path = resolve(flags.out);
    if (existsSync(path) && !flags.force) {
      throw new LlmopsError("INVALID_ARGUMENT", `${path} is there already.`, {
        hint: "Choose another place with --out, or replace it with --force.",
      });
    }
    try {
      writeFileSync(path, configTemplate());
    } catch (error) {
      throw new LlmopsError("INVALID_ARGUMENT", `${path} cannot be written: ${messageOf(error)}.`, {
        hint: "Choose another place with --out.",
      });
    }
    if (!this.jsonEnabled())
      this.log(`Wrote ${path}. Everything in it is commented out: uncomment what should differ, then \`llmops serve\`.`);
    return { schema: "llmops.init/1", files: [path] };
  }
}
