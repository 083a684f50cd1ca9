import type { ModelsRemovedDocument } from "../../app/documents/models.js";
import { Args } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { findCached, removeCached } from "../../app/models/cached-models.js";
import { formatSize } from "../../lib/inference/models/format-size.js";

/** `llmops models rm`: makes room in the cache. */
export default class ModelsRm extends BaseCommand {
  static override summary = "Remove models from the cache; files elsewhere are never touched.";
  static override examples = ["<%= config.bin %> models rm hf_Qwen_Qwen3-0.6B-Q8_0"];
  static override strict = false;
  static override args = { model: Args.string({ required: true, description: "names or paths, as `models list` shows them" }) };

  async run(): Promise<ModelsRemovedDocument> {
    const { argv } = await this.parse(ModelsRm);
    // all are found before any is removed
    const models = await Promise.all((argv as string[]).map((name) => findCached(name)));
    for (const model of new Set(models)) {
      await removeCached(model);
      this.log(`Removed ${model.name} (${formatSize(model.size_bytes)}).`);
    }
    return { schema: "llmops.models-removed/1", removed: models.map(({ name, path, size_bytes }) => ({ name, path, size_bytes })) };
  }
}
