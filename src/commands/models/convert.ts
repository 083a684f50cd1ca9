import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../base-command.js";
import { availableCores } from "../../lib/engine/machine.js";
import { formatSize } from "../../lib/models/format-size.js";
import { openModelFile } from "../../lib/models/model-file.js";
import { quantizationOf } from "../../lib/models/model-facts.js";
import { WEIGHT_TYPES } from "../../lib/quantize/presets.js";
import { checkModelOutput, withByteProgress } from "../../model-output.js";

interface ConvertDocument {
  schema: "llmops.convert/1";
  from: { path: string; class: string; size_bytes: number };
  to: { path: string; architecture: string; quantization: string; size_bytes: number };
  notes: readonly string[];
  seconds: number;
}

/** `llmops models convert`: a GGUF file of a Hugging Face folder. */
export default class ModelsConvert extends BaseCommand {
  static override summary = "Make a GGUF file of a model's folder as Hugging Face keeps it.";
  static override description =
    "The folder has config.json, the weights as safetensors (one file or several) and the tokenizer. Llama, Mistral, SmolLM, Qwen2, Qwen3, " +
    "Phi-3, Gemma, Gemma 2 and Gemma 3 are understood, and anything else is refused by name. Memory stays small whatever the model's size; the " +
    "file appears whole or not at all.";
  static override examples = [
    "<%= config.bin %> models convert ./SmolLM2-135M-Instruct --out smollm2-f16.gguf",
    "<%= config.bin %> models convert ./Qwen3-0.6B --out qwen3-q8_0.gguf --type q8_0",
  ];
  static override args = { folder: Args.string({ required: true, description: "folder with config.json and *.safetensors" }) };
  static override flags = {
    type: Flags.option({ options: WEIGHT_TYPES, default: "f16", description: "how weights are kept" })(),
    out: Flags.string({ char: "o", required: true, helpValue: "FILE", description: "file to write" }),
    "pre-tokenizer": Flags.string({
      helpValue: "NAME",
      description: "llama.cpp's name for how text is cut into words, where it is not known",
    }),
    threads: Flags.integer({ min: 1, max: 64, description: "that encode [default: one a core]" }),
    force: Flags.boolean({ description: "replace a file that is there" }),
  };

  async run(): Promise<ConvertDocument> {
    const { args, flags } = await this.parse(ModelsConvert);
    const signal = this.listenForInterrupt();
    checkModelOutput(flags.out, flags.force);
    const { planConversion } = await import("../../lib/convert/convert-model.js");
    const begun = performance.now();
    const plan = await planConversion(args.folder, { preTokenizer: flags["pre-tokenizer"] });
    for (const note of plan.notes) this.note(`Note: ${note}`);
    const options = { out: flags.out, type: flags.type, threads: flags.threads ?? availableCores(), signal };
    await withByteProgress(plan.sizeBytes, (onBytes) => plan.write({ ...options, onBytes }));
    const made = await openModelFile(flags.out);
    const seconds = Math.round(performance.now() - begun) / 1000;
    const quantization = quantizationOf(made.header);
    this.log(
      `Wrote ${made.path}: ${plan.architecture}, ${quantization}, ${formatSize(made.sizeBytes)} of ${formatSize(plan.sizeBytes)} (${seconds} s).`,
    );
    return {
      schema: "llmops.convert/1",
      from: { path: args.folder, class: plan.className, size_bytes: plan.sizeBytes },
      to: { path: made.path, architecture: plan.architecture, quantization, size_bytes: made.sizeBytes },
      notes: plan.notes,
      seconds,
    };
  }
}
