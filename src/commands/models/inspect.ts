import type { ModelDocument } from "../../app/documents/models.js";
import { ENGINE_PARAMETERS } from "../../lib/base/config/engine-parameters.js";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { CACHE_ELEMENT_BYTES } from "../../lib/inference/engine/engine-options.js";
import { describeModel } from "../../lib/inference/models/describe-model.js";
import { DEMO_MODEL, openModelFile } from "../../lib/inference/models/model-file.js";
import { renderModel } from "../../lib/report/model-table.js";
import { resolveModelReference } from "../../app/models/model-reference.js";
import { trackingUriFlag } from "../../cli/flags/store-flags.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";

/** `llmops models inspect`: what is in a model file. */
export default class ModelsInspect extends BaseCommand {
  static override summary = "Describe a GGUF file: architecture, parameters, quantization, context, and the memory it needs.";
  static override description = "Only the header is read, so any file takes just a moment. The memory is an estimate on the high side.";
  static override examples = [
    "<%= config.bin %> models inspect model.gguf",
    "<%= config.bin %> models inspect models:/qa@champion --ctx-size 8192 --slots 8 --json",
  ];
  static override args = {
    model: Args.string({ default: DEMO_MODEL, description: "GGUF file, runs:/ or models:/ reference, or demo" }),
  };
  static override flags = {
    "ctx-size": Flags.integer({ min: 16, description: "context size in tokens to estimate the memory for [default: several]" }),
    slots: Flags.integer({ min: 1, max: 256, default: 4, description: "requests answered at the same time" }),
    "cache-type": Flags.option({
      options: ENGINE_PARAMETERS.cacheType.names,
      default: ENGINE_PARAMETERS.cacheType.default,
      description: "how the context is kept",
    })(),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<ModelDocument> {
    const { args, flags } = await this.parse(ModelsInspect);
    const file = await openModelFile((await resolveModelReference(args.model, flags["tracking-uri"], this.asHost())) ?? args.model);
    const description = describeModel(file, {
      slots: flags.slots,
      context: flags["ctx-size"],
      cacheElementBytes: CACHE_ELEMENT_BYTES[flags["cache-type"]],
    });
    this.log(renderModel(description, terminalScreen()));
    return { schema: "llmops.model/1", ...description };
  }
}
