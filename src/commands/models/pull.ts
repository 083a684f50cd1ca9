import type { PullDocument } from "../../app/documents/models.js";
import { Args } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { formatSize } from "../../lib/inference/models/format-size.js";
import { openModelFile } from "../../lib/inference/models/model-file.js";
import { quantizationOf } from "../../lib/inference/models/model-facts.js";
import { pull } from "../../app/models/pull.js";

/** `llmops models pull`: a model from Hugging Face. */
export default class ModelsPull extends BaseCommand {
  static override summary = "Download a GGUF model from Hugging Face into the cache, and verify its checksum.";
  static override description =
    "An interrupted download resumes where it stopped. HF_TOKEN gives access to models that need a token; HF_ENDPOINT names a mirror. A cached model " +
    "is not downloaded again and works offline. Every command accepts the same reference as a model.";
  static override examples = [
    "<%= config.bin %> models pull hf:Qwen/Qwen3-0.6B-GGUF:Q8_0",
    "<%= config.bin %> serve --model_path hf:Qwen/Qwen3-0.6B-GGUF:Q8_0",
  ];
  static override args = {
    reference: Args.string({ required: true, description: "hf:owner/repo, hf:owner/repo:QUANT or hf:owner/repo/file.gguf" }),
  };

  async run(): Promise<PullDocument> {
    const { args } = await this.parse(ModelsPull);
    const { path, known, verified } = await pull(args.reference, this.asHost());
    const file = await openModelFile(path);
    const quantization = quantizationOf(file.header);
    const checked = verified ? "checksum verified" : "the server provides no checksum";
    this.log(`${path}: ${quantization}, ${formatSize(file.sizeBytes)}; ${known ? "it was there" : "downloaded"}, ${checked}.`);
    return { schema: "llmops.pull/1", path, size_bytes: file.sizeBytes, quantization, known, verified };
  }
}
