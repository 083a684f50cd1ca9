import { BaseCommand } from "../../cli/command/base-command.js";
import { configSchema } from "../../lib/base/config/config-schema.js";

/** `llmops config schema`: what llmops.yaml may hold, for editors. */
export default class ConfigSchema extends BaseCommand {
  static override readsProject = false;
  static override summary = "Print the JSON Schema of llmops.yaml, for editors that complete and check it.";
  static override description =
    "The package has it as dist/llmops.schema.json. An editor with the YAML language server reads it from the first line of " +
    "llmops.yaml: # yaml-language-server: $schema=PATH. `llmops help project` explains the file.";
  static override examples = ["<%= config.bin %> config schema > .llmops/llmops.schema.json"];

  run(): Promise<object> {
    const schema = configSchema();
    if (!this.jsonEnabled()) this.log(JSON.stringify(schema, null, 2));
    return Promise.resolve(schema);
  }
}
