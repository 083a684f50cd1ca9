import type { QuantizeDocument } from "../../app/documents/models.js";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { availableCores } from "../../lib/inference/engine/machine.js";
import { formatSize } from "../../lib/inference/models/format-size.js";
import { openModelFile, type ModelFile } from "../../lib/inference/models/model-file.js";
import { quantizationOf } from "../../lib/inference/models/model-facts.js";
import { PRESET_NAMES } from "../../lib/inference/quantize/presets.js";
import { withByteProgress } from "../../app/models/byte-progress.js";
import { checkModelOutput } from "../../cli/output/model-output.js";
import { resolveModelReference } from "../../app/models/model-reference.js";
import { trackingUriFlag } from "../../cli/flags/store-flags.js";

/** `llmops models quantize`: a smaller model file. */
export default class ModelsQuantize extends BaseCommand {
  static override summary = "Make a smaller, faster file from a GGUF model with floating-point weights.";
  static override description =
    "q8_0 takes about half the size of F16 with almost the same answers; q6_k takes two fifths, q5_k_m a third, q4_k_m and q4_0 less than a third, and they lose " +
    "more. llama.cpp reads all of them. Memory use stays small whatever the model's size; the file appears whole or not at all.";
  static override examples = ["<%= config.bin %> models quantize model-f16.gguf --out model-q8_0.gguf --type q8_0"];
  static override args = { model: Args.string({ required: true, description: "GGUF file with F16, BF16 or F32 weights" }) };
  static override flags = {
    type: Flags.option({ options: PRESET_NAMES, default: "q8_0", description: "how weights are kept" })(),
    out: Flags.string({ char: "o", required: true, helpValue: "FILE", description: "file to write" }),
    threads: Flags.integer({ min: 1, max: 64, description: "number of encoding threads [default: one per core]" }),
    force: Flags.boolean({ description: "replace an existing file" }),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<QuantizeDocument> {
    const { args, flags } = await this.parse(ModelsQuantize);
    const host = this.asHost();
    const { signal } = host;
    const file = await openModelFile((await resolveModelReference(args.model, flags["tracking-uri"], host)) ?? args.model);
    checkModelOutput(flags.out, flags.force);
    const { quantizeFile } = await import("../../lib/inference/quantize/quantize-file.js");
    const begun = performance.now();
    const options = { out: flags.out, preset: flags.type, threads: flags.threads ?? availableCores(), signal };
    await withByteProgress(host, file.sizeBytes, (onBytes) => quantizeFile(file, { ...options, onBytes }));
    const made = await openModelFile(flags.out);
    const seconds = Math.round(performance.now() - begun) / 1000;
    const describe = ({ path, header, sizeBytes }: ModelFile) => ({ path, quantization: quantizationOf(header), size_bytes: sizeBytes });
    const share = Math.round((100 * made.sizeBytes) / file.sizeBytes);
    this.log(`Wrote ${made.path}: ${formatSize(made.sizeBytes)}, ${share} % of ${formatSize(file.sizeBytes)} (${seconds} s).`);
    return { schema: "llmops.quantize/1", from: describe(file), to: describe(made), seconds };
  }
}
