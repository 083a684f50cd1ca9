import type { Checkpoint } from "./checkpoint.js";
import type { Family } from "./families.js";
import type { ModelConfig } from "./model-config.js";
import { refusal } from "./refusal.js";
import type { StoredTensor } from "./safetensors.js";
import { headRowsOf, type TensorRule } from "./tensor-rules.js";

/** A tensor of the new file and where its weights come from. */
export interface PlannedTensor {
  name: string;
  source: StoredTensor;
  /** Rows of one head whose halves become pairs; see `pairRows`. */
  headRows?: number | undefined;
  /** Added to every weight. */
  plus: number;
}

/** Parts that answers do not need: a buffer that is computed anew, and what sees pictures. */
const UNUSED = /(^|\.)rotary_emb\.inv_freq$|(^|\.)(vision_tower|vision_model|multi_modal_projector)\./;
const PICTURES = /(^|\.)(vision_tower|vision_model)\./;

/**
 * Every tensor a model of this family has, found in the checkpoint with the shape it has to have. Throws MODEL_INVALID for one that is
 * missing, has another shape, or that nobody knows.
 */
export function planTensors(
  checkpoint: Checkpoint,
  family: Family,
  config: ModelConfig,
): { tensors: PlannedTensor[]; seesPictures: boolean } {
  const { tensors, folder } = checkpoint;
  const left = new Set([...tensors.keys()].filter((name) => !UNUSED.test(name)));
  const embedding = [...left].find((name) => /(^|\.)embed_tokens\.weight$/.test(name));
  if (embedding === undefined) throw refusal(folder, "has no embedding (embed_tokens.weight) among its tensors");
  const prefix = embedding.slice(0, -"embed_tokens.weight".length);
  const take = (from: string, to: string, shape: readonly number[], more: Partial<PlannedTensor> = {}): PlannedTensor[] => {
    const source = tensors.get(from);
    if (!source) return [];
    left.delete(from);
    if (source.shape.join() !== shape.join()) {
      throw refusal(source.path, `has ${from} as ${source.shape.join(" x ")}; by config.json it is ${shape.join(" x ")}`);
    }
    return [{ name: to, source, plus: 0, ...more }];
  };
  const need: typeof take = (from, ...rest) => {
    const taken = take(from, ...rest);
    if (taken.length === 0) throw refusal(folder, `lacks the tensor ${from}`);
    return taken;
  };
  const { vocab_size: vocabulary, hidden_size: width } = config;
  const heads = { queries: config.num_attention_heads, keys: config.kvHeads };
  const norms = (name: string) => ({ plus: family.normsAddOne && name.endsWith("norm") ? 1 : 0 });
  const layer = (rule: TensorRule, index: number) => {
    const { from, to, bias } = rule;
    const shape = rule.shape(config);
    const headRows = headRowsOf(rule, shape[0] ?? 0, heads);
    const [theirs, ours] = [`${prefix}layers.${index}.${from}`, `blk.${index}.${to}`];
    const weight = need(`${theirs}.weight`, `${ours}.weight`, shape, { headRows, ...norms(to) });
    return bias ? [...weight, ...take(`${theirs}.bias`, `${ours}.bias`, shape.slice(0, 1), { headRows })] : weight;
  };
  const planned = [
    ...need(embedding, "token_embd.weight", [vocabulary, width]),
    ...Array.from({ length: config.num_hidden_layers }, (_, index) => family.layer.flatMap((rule) => layer(rule, index))).flat(),
    ...need(`${prefix}norm.weight`, "output_norm.weight", [width], norms("output_norm")),
    ...planOutput({ prefix, left, config }, (from) => need(from, "output.weight", [vocabulary, width])),
  ];
  const [stranger] = left;
  if (stranger !== undefined) {
    const more = left.size > 1 ? ` and ${left.size - 1} more` : "";
    throw refusal(folder, `has the tensor ${stranger}${more}, which a model of its architecture (${family.architecture}) does not have`);
  }
  return { tensors: planned, seesPictures: [...tensors.keys()].some((name) => PICTURES.test(name)) };
}

/** The output's own matrix; none where the embedding serves twice, also when a copy of that lies in the file. */
function planOutput(
  { prefix, left, config }: { prefix: string; left: Set<string>; config: ModelConfig },
  need: (from: string) => PlannedTensor[],
): PlannedTensor[] {
  const name = [...left].find((tensor) => /(^|\.)lm_head\.weight$/.test(tensor));
  if (name === undefined && config.tie_word_embeddings !== false) return [];
  if (config.tie_word_embeddings === true && name !== undefined) {
    left.delete(name);
    return [];
  }
  return need(name ?? `${prefix.replace(/model\.$/, "")}lm_head.weight`);
}
