import { join } from "node:path";
import { z } from "zod";
import { otherBase } from "../models/adapter-file.js";
import { GGML_TYPE } from "../models/ggml-types.js";
import { notWritten, writeGguf, type GgufEntry, type GgufTensor } from "../models/gguf-writer.js";
import type { ModelFile } from "../models/model-file.js";
import { architectureNumber, architectureOf } from "../models/model-facts.js";
import { encodeChunk } from "../quantize/encode-chunk.js";
import { Checkpoint, readJson } from "./checkpoint.js";
import { familyOf } from "./families.js";
import { refusal } from "./refusal.js";
import type { StoredTensor } from "./safetensors.js";
import { headRowsOf, pairRows, type TensorRule } from "./tensor-rules.js";

const configSchema = z.looseObject({
  peft_type: z.string(),
  r: z.int().positive(),
  lora_alpha: z.number(),
  use_rslora: z.boolean().nullish(),
  use_dora: z.boolean().nullish(),
  fan_in_fan_out: z.boolean().nullish(),
  bias: z.string().nullish(),
  modules_to_save: z.array(z.string()).nullish(),
  rank_pattern: z.record(z.string(), z.unknown()).nullish(),
  alpha_pattern: z.record(z.string(), z.unknown()).nullish(),
});
type AdapterConfig = z.output<typeof configSchema>;

const CONFIG = "adapter_config.json";
const WEIGHTS = "adapter_model.safetensors";

/**
 * Writes a LoRA adapter as PEFT keeps it (a folder) as a GGUF for this base model. Layout: llama.cpp's convert_lora_to_gguf.py writes the
 * same: a pair of matrices for every one that is changed, of which the second has its rows ordered as the base's. Throws MODEL_INVALID for
 * another kind of adapter, or one of another base. Gives the bytes of weights that were read.
 */
export async function convertAdapter(
  folder: string,
  base: ModelFile,
  { out, signal }: { out: string; signal: AbortSignal },
): Promise<number> {
  const config = await readJson(join(folder, CONFIG), configSchema);
  checkKind(join(folder, CONFIG), config);
  const checkpoint = await Checkpoint.open(folder, WEIGHTS);
  try {
    const tensors: GgufTensor[] = [];
    for (const source of checkpoint.tensors.values()) tensors.push(await toTensor({ checkpoint, base, folder }, source));
    // PEFT divides by the root of the rank, where llama.cpp always divides by the rank
    const alpha = config.use_rslora ? config.lora_alpha * Math.sqrt(config.r) : config.lora_alpha;
    const metadata = new Map<string, GgufEntry>([
      ["general.architecture", { type: "string", value: architectureOf(base.header) }],
      ["general.type", { type: "string", value: "adapter" }],
      ["adapter.type", { type: "string", value: "lora" }],
      ["adapter.lora.alpha", { type: "float32", value: alpha }],
    ]);
    signal.throwIfAborted();
    await writeGguf(out, metadata, tensors);
    return [...checkpoint.tensors.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  } catch (cause) {
    throw signal.aborted ? cause : notWritten(out, cause);
  } finally {
    await checkpoint.close();
  }
}

function checkKind(path: string, config: AdapterConfig): void {
  const { peft_type: type, bias, modules_to_save: saved } = config;
  const isEmpty = (pattern: object | null | undefined) => Object.keys(pattern ?? {}).length === 0;
  const problem = [
    [type !== "LORA", `is an adapter of the kind ${type}`],
    [config.use_dora, "is an adapter with DoRA"],
    [config.fan_in_fan_out, "has its matrices the other way round (fan_in_fan_out)"],
    [bias != null && bias !== "none", `also changes biases (${bias})`],
    [(saved ?? []).length > 0, `also replaces whole modules (${saved?.join(", ")})`],
    [!isEmpty(config.rank_pattern) || !isEmpty(config.alpha_pattern), "has ranks or alphas of their own for some modules"],
  ].find(([applies]) => applies);
  if (!problem) return;
  throw refusal(path, `${String(problem[1])}, which cannot be converted`, {
    hint: "Merge it into its model (merge_and_unload) and convert that: llmops models convert DIR.",
  });
}

interface AdapterContext {
  checkpoint: Checkpoint;
  base: ModelFile;
  folder: string;
}

async function toTensor({ checkpoint, base, folder }: AdapterContext, source: StoredTensor): Promise<GgufTensor> {
  const { shape } = source;
  const { target, side, rule, rows } = placeOf(source, { base, folder });
  const bytes = await readWhole(checkpoint, source);
  const ordered = rule && side === "B" ? inOrder(bytes, { rule, rows, header: base.header }) : bytes;
  const data = encodeChunk({ bytes: ordered, from: source.type, to: GGML_TYPE.F32, plus: 0 });
  return { name: `${target}.lora_${side.toLowerCase()}`, dimensions: shape.toReversed(), type: GGML_TYPE.F32, data: () => [data] };
}

interface AdapterPlace {
  /** The matrix that is changed. */
  target: string;
  /** A has its columns, B its rows. */
  side: string;
  rule: TensorRule | undefined;
  rows: number;
}

/** What of the base a tensor changes. Throws MODEL_INVALID where that has no such matrix, or one of another shape. */
function placeOf({ name, shape }: StoredTensor, { base, folder }: Pick<AdapterContext, "base" | "folder">): AdapterPlace {
  const [, module = "", side = ""] = /^(.*)\.lora_([AB])(?:\.\w+)?\.weight$/.exec(name) ?? [];
  const { target, rule } = targetOf(module, architectureOf(base.header));
  const [columns, rows] = base.header.tensors.find((tensor) => tensor.name === target)?.dimensions ?? [];
  if (target === undefined || columns === undefined || rows === undefined) {
    throw otherBase(folder, base, `it changes ${name}, which that has not`);
  }
  const [expected, found] = side === "A" ? [columns, shape[1]] : [rows, shape[0]];
  if (expected === found) return { target, side, rule, rows };
  throw otherBase(folder, base, `${name} is ${shape.join(" x ")}, the model's matrix ${rows} x ${columns}`);
}

function targetOf(module: string, architecture: string): { target?: string; rule?: TensorRule | undefined } {
  const [, layer, part] = /\.layers\.(\d+)\.(.+)$/.exec(module) ?? [];
  if (layer === undefined) return /(^|\.)lm_head$/.test(module) ? { target: "output.weight" } : {};
  const rule = familyOf(architecture)?.layer.find(({ from }) => from === part);
  return rule ? { target: `blk.${layer}.${rule.to}.weight`, rule } : {};
}

function inOrder(
  bytes: Uint8Array<ArrayBuffer>,
  { rule, rows, header }: { rule: TensorRule; rows: number; header: ModelFile["header"] },
): Uint8Array<ArrayBuffer> {
  const queries = architectureNumber(header, "attention.head_count");
  const keys = architectureNumber(header, "attention.head_count_kv") || queries;
  const headRows = headRowsOf(rule, rows, { queries, keys });
  return headRows === undefined ? bytes : pairRows(bytes, headRows, bytes.byteLength / rows);
}

async function readWhole(checkpoint: Checkpoint, source: StoredTensor): Promise<Uint8Array<ArrayBuffer>> {
  for await (const chunk of checkpoint.read(source, source.sizeBytes)) return chunk;
  throw refusal(source.path, `has nothing in the tensor ${source.name}`);
}
