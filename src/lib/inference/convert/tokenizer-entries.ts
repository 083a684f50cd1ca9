import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { GgufEntry } from "../models/gguf-writer.js";
import { readJson } from "./checkpoint.js";
import type { ModelConfig } from "./model-config.js";
import { fillTokens, type Vocabulary } from "./vocabulary.js";

const special = z
  .union([z.string(), z.looseObject({ content: z.string() })])
  .nullish()
  .transform((token) => (typeof token === "object" ? token?.content : token));
const settingsSchema = z.looseObject({
  bos_token: special,
  eos_token: special,
  unk_token: special,
  pad_token: special,
  add_bos_token: z.boolean().nullish(),
  add_eos_token: z.boolean().nullish(),
});
type Settings = z.output<typeof settingsSchema>;

const generationSchema = z.looseObject({
  eos_token_id: z
    .union([z.int(), z.array(z.int())])
    .nullish()
    .transform((ids) => [ids ?? []].flat()),
});

/** Everything a GGUF says of a tokenizer: tokens and their roles. */
export async function tokenizerEntries(folder: string, vocabulary: Vocabulary, config: ModelConfig): Promise<Map<string, GgufEntry>> {
  const settings = await readOptional(folder, "tokenizer_config.json", settingsSchema);
  const generation = await readOptional(folder, "generation_config.json", generationSchema);
  const tokens = fillTokens(vocabulary.tokens, config.vocab_size);
  const entries = new Map<string, GgufEntry>([
    ["tokenizer.ggml.model", { type: "string", value: vocabulary.model }],
    ["tokenizer.ggml.pre", { type: "string", value: vocabulary.pre }],
    ["tokenizer.ggml.tokens", { type: "string[]", value: tokens.map(({ text }) => text) }],
    ["tokenizer.ggml.token_type", { type: "int32[]", value: tokens.map(({ type }) => type) }],
  ]);
  if (vocabulary.merges) entries.set("tokenizer.ggml.merges", { type: "string[]", value: vocabulary.merges });
  else entries.set("tokenizer.ggml.scores", { type: "float32[]", value: tokens.map(({ score }) => score) });
  const numbers = new Map(vocabulary.tokens.flatMap((token, id) => (token && id < tokens.length ? [[token.text, id]] : [])));
  for (const [role, id] of roles(settings, { numbers, config, ends: generation?.eos_token_id ?? [] })) {
    if (id < tokens.length) entries.set(`tokenizer.ggml.${role}_token_id`, { type: "uint32", value: id });
  }
  const begins = settings?.add_bos_token ?? vocabulary.beginsWithBos ?? vocabulary.model === "llama";
  entries.set("tokenizer.ggml.add_bos_token", { type: "bool", value: begins });
  entries.set("tokenizer.ggml.add_eos_token", { type: "bool", value: settings?.add_eos_token ?? false });
  entries.set("tokenizer.ggml.add_space_prefix", { type: "bool", value: vocabulary.addSpacePrefix });
  return entries;
}

async function readOptional<T>(folder: string, name: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const path = join(folder, name);
  return existsSync(path) ? readJson(path, schema) : undefined;
}

interface Known {
  numbers: ReadonlyMap<string, number>;
  config: ModelConfig;
  /** Tokens that end an answer, by generation_config.json. */
  ends: readonly number[];
}

/** Roles with tokens' numbers: the tokenizer's own settings first, then config.json. Further ends are "eot" and "eom". */
function roles(settings: Settings | undefined, { numbers, config, ends }: Known): [role: string, id: number][] {
  const find = (text: string | null | undefined, ids: readonly number[]) => (text == null ? undefined : numbers.get(text)) ?? ids[0];
  const eos = find(settings?.eos_token, config.eos_token_id);
  const [eot, eom] = [...new Set([...ends, ...config.eos_token_id])].filter((id) => id !== eos);
  const found: [string, number | undefined][] = [
    ["bos", find(settings?.bos_token, config.bos_token_id)],
    ["eos", eos],
    ["eot", eot],
    ["eom", eom],
    ["unknown", find(settings?.unk_token, [])],
    ["padding", find(settings?.pad_token, config.pad_token_id)],
  ];
  return found.filter((pair): pair is [string, number] => pair[1] !== undefined && pair[1] >= 0);
}
