import { Args, Flags } from "@oclif/core";
import type { ConvertDocument } from "../../app/documents/models.js";
import { BaseCommand } from "../../cli/command/base-command.js";
import { checkModelOutput } from "../../cli/output/model-output.js";
import { formatSize } from "../../lib/inference/models/format-size.js";
import { WEIGHT_TYPES } from "../../lib/inference/quantize/presets.js";

/** `llmops models convert`: a GGUF file of a Hugging Face folder. */
export default class ModelsConvert extends BaseCommand {
  static override summary = "Convert a Hugging Face model folder to a GGUF file.";
  static override description =
    "The folder has config.json, the weights as safetensors (one file or several) and the tokenizer. Llama, Mistral, SmolLM, Qwen2, Qwen3, " +
    "Phi-3, Gemma, Gemma 2, and Gemma 3 are supported; anything else is rejected by name. Memory use stays small whatever the model's size; the " +
    "file appears whole or not at all. A PEFT LoRA adapter is converted for the model that --base names.";
  static override examples = [
    "<%= config.bin %> models convert ./SmolLM2-135M-Instruct --out smollm2-f16.gguf",
    "<%= config.bin %> models convert ./Qwen3-0.6B --out qwen3-q8_0.gguf --type q8_0",
    "<%= config.bin %> models convert ./my-lora --base smollm2-f16.gguf --out my-lora.gguf",
  ];
  static override args = { folder: Args.string({ required: true, description: "folder with config.json and *.safetensors" }) };
  static override flags = {
    type: Flags.option({ options: WEIGHT_TYPES, description: "weight type [default: f16]" })(),
    base: Flags.string({ helpValue: "FILE", description: "GGUF file of the model an adapter belongs to" }),
    out: Flags.string({ char: "o", required: true, helpValue: "FILE", description: "file to write" }),
    "pre-tokenizer": Flags.string({
      helpValue: "NAME",
      description: "llama.cpp's name for the tokenizer's splitting of text into words, if llmops does not know it",
    }),
    threads: Flags.integer({ min: 1, max: 64, description: "number of encoding threads [default: one per core]" }),
    force: Flags.boolean({ description: "replace an existing file" }),
  };

  async run(): Promise<ConvertDocument> {
    const { args, flags } = await this.parse(ModelsConvert);
    const { out, type, base, "pre-tokenizer": preTokenizer, threads } = flags;
    checkModelOutput(out, flags.force);
    const { convert } = await import("../../app/models/convert.js");
    const { isAdapter, ...document } = await convert({ folder: args.folder, out, type, base, preTokenizer, threads }, this.asHost());
    const { from, to, seconds } = document;
    const what = isAdapter ? `adapter for ${to.architecture}` : `${to.architecture}, ${to.quantization}`;
    this.log(`Wrote ${to.path}: ${what}, ${formatSize(to.size_bytes)} of ${formatSize(from.size_bytes)} (${seconds} s).`);
    return { schema: "llmops.convert/1", ...document };
  }
}
