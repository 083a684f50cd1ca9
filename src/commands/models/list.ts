import type { ModelsDocument } from "../../app/documents/models.js";
import { listModels } from "../../app/models/list-models.js";
import { BaseCommand } from "../../cli/command/base-command.js";
import { trackingUriFlag } from "../../cli/flags/store-flags.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";
import { formatSize } from "../../lib/inference/models/format-size.js";
import { broken, whole } from "../../lib/report/fit-columns.js";
import { plainTable } from "../../lib/report/plain-table.js";

const HEAD = [broken("model"), whole("kind", 2), whole("architecture", 4), whole("weights", 3), whole("size", 1), broken("versions", 0)];

/** `llmops models list`: what --model_path can name. */
export default class ModelsList extends BaseCommand {
  static override summary = "List available models: the demo model, the cache, the registry.";
  static override examples = ["<%= config.bin %> models list", "<%= config.bin %> models list --json"];
  static override flags = { "tracking-uri": trackingUriFlag };

  async run(): Promise<ModelsDocument> {
    const { flags } = await this.parse(ModelsList);
    const models = await listModels({ trackingUri: flags["tracking-uri"] }, { note: (text) => this.note(text) });
    const rows = models.map(({ model, kind, architecture, quantization, size_bytes: size, versions }) => [
      ...[model, kind, architecture ?? "", quantization ?? "", size === null ? "" : formatSize(size), versions.join(", ")],
    ]);
    this.log(plainTable(HEAD, rows, terminalScreen()));
    return { schema: "llmops.models/1", models };
  }
}
