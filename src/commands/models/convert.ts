import type { ConvertDocument } from "../../app/documents/models.js";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { availableCores } from "../../lib/inference/engine/machine.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { formatSize } from "../../lib/inference/models/format-size.js";
import { openModelFile } from "../../lib/inference/models/model-file.js";
import { architectureOf, quantizationOf } from "../../lib/inference/models/model-facts.js";
import { WEIGHT_TYPES, type WeightType } from "../../lib/inference/quantize/presets.js";
import type { Host } from "../../app/host/host.js";
import { withByteProgress } from "../../app/models/byte-progress.js";
import { checkModelOutput } from "../../cli/output/model-output.js";

interface ConvertFlags {
  out: string;
  type?: WeightType | undefined;
  base?: string | undefined;
  "pre-tokenizer"?: string | undefined;
  threads?: number | undefined;
}

interface Converted {
  className: string;
  sizeBytes: number;
  notes: readonly string[];
}

/** `llmops models convert`: a GGUF file of a Hugging Face folder. */
export default class ModelsConvert extends BaseCommand {
  static override summary = "Make a GGUF file of a model's folder as Hugging Face keeps it.";
  static override description =
    "The folder has config.json, the weights as safetensors (one file or several) and the tokenizer. Llama, Mistral, SmolLM, Qwen2, Qwen3, " +
    "Phi-3, Gemma, Gemma 2 and Gemma 3 are understood, and anything else is refused by name. Memory stays small whatever the model's size; the " +
    "file appears whole or not at all. A LoRA adapter as PEFT keeps it is converted for its model, which --base names.";
  static override examples = [
    "<%= config.bin %> models convert ./SmolLM2-135M-Instruct --out smollm2-f16.gguf",
    "<%= config.bin %> models convert ./Qwen3-0.6B --out qwen3-q8_0.gguf --type q8_0",
    "<%= config.bin %> models convert ./my-lora --base smollm2-f16.gguf --out my-lora.gguf",
  ];
  static override args = { folder: Args.string({ required: true, description: "folder with config.json and *.safetensors" }) };
  static override flags = {
    type: Flags.option({ options: WEIGHT_TYPES, description: "how weights are kept [default: f16]" })(),
    base: Flags.string({ helpValue: "FILE", description: "GGUF file of the model an adapter belongs to" }),
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
    const host = this.asHost();
    checkModelOutput(flags.out, flags.force);
    const begun = performance.now();
    const isAdapter = existsSync(join(args.folder, "adapter_config.json"));
    const from = isAdapter ? await this.convertAdapter(args.folder, flags, host.signal) : await this.convertModel(args.folder, flags, host);
    const made = await openModelFile(flags.out);
    const seconds = Math.round(performance.now() - begun) / 1000;
    const to = {
      ...{ path: made.path, architecture: architectureOf(made.header), quantization: quantizationOf(made.header) },
      size_bytes: made.sizeBytes,
    };
    const what = isAdapter ? `an adapter for ${to.architecture}` : `${to.architecture}, ${to.quantization}`;
    this.log(`Wrote ${made.path}: ${what}, ${formatSize(made.sizeBytes)} of ${formatSize(from.sizeBytes)} (${seconds} s).`);
    const { notes, className, sizeBytes } = from;
    return { schema: "llmops.convert/1", from: { path: args.folder, class: className, size_bytes: sizeBytes }, to, notes, seconds };
  }

  private async convertModel(folder: string, flags: ConvertFlags, host: Host): Promise<Converted> {
    if (flags.base !== undefined) {
      throw new LlmopsError("INVALID_ARGUMENT", `${folder} is a model, which has no --base.`, { hint: "Leave --base out." });
    }
    const { planConversion } = await import("../../lib/inference/convert/convert-model.js");
    const plan = await planConversion(folder, { preTokenizer: flags["pre-tokenizer"] });
    for (const note of plan.notes) this.note(`Note: ${note}`);
    const options = { out: flags.out, type: flags.type ?? "f16", threads: flags.threads ?? availableCores(), signal: host.signal };
    await withByteProgress(host, plan.sizeBytes, (onBytes) => plan.write({ ...options, onBytes }));
    return plan;
  }

  private async convertAdapter(folder: string, flags: ConvertFlags, signal: AbortSignal): Promise<Converted> {
    if (flags.base === undefined) {
      throw new LlmopsError("INVALID_ARGUMENT", `${folder} is an adapter: its model must be known.`, {
        hint: "Name the GGUF file of the model it was trained on: --base FILE.",
      });
    }
    const idle = (["type", "pre-tokenizer", "threads"] as const).find((name) => flags[name] !== undefined);
    if (idle) throw new LlmopsError("INVALID_ARGUMENT", `--${idle} does nothing for an adapter.`, { hint: "Leave it out." });
    const { convertAdapter } = await import("../../lib/inference/convert/convert-adapter.js");
    const sizeBytes = await convertAdapter(folder, await openModelFile(flags.base), { out: flags.out, signal });
    return { className: "LoRA", sizeBytes, notes: [] };
  }
}
