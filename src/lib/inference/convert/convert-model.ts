import { chatTemplateEntries, readChatTemplates } from "./chat-template-files.js";
import { Checkpoint } from "./checkpoint.js";
import { checkFamily, findFamily, notesOf } from "./families.js";
import { parseConfig, readRawConfig } from "./model-config.js";
import { generalEntries, shapeEntries } from "./model-entries.js";
import { readVocabulary } from "./read-vocabulary.js";
import { planRope } from "./rope.js";
import { planTensors } from "./tensor-plan.js";
import { tokenizerEntries } from "./tokenizer-entries.js";
import { writeTensors, type WriteOptions } from "./write-tensors.js";

/** How a folder is understood. */
export interface ReadingOptions {
  /** llama.cpp's name for how text is cut into words, where that cannot be told. */
  preTokenizer?: string | undefined;
}

/** A folder that was understood, before anything is written. */
export interface ConversionPlan {
  /** Hugging Face's class. */
  className: string;
  architecture: string;
  /** Bytes of weights to read. */
  sizeBytes: number;
  /** Where answers will differ from the original's. */
  notes: readonly string[];
  /** Writes the GGUF; whole or not at all. */
  write(options: WriteOptions): Promise<void>;
}

/**
 * Understands a model's folder as Hugging Face keeps it: config.json, safetensors, a tokenizer. Throws MODEL_INVALID for what is missing,
 * broken, or not known here.
 */
export async function planConversion(folder: string, { preTokenizer }: ReadingOptions = {}): Promise<ConversionPlan> {
  const raw = await readRawConfig(folder);
  const family = findFamily(raw);
  const config = parseConfig(raw, family.defaults);
  checkFamily(family, config, raw.path);
  const rope = planRope(config, { path: raw.path, kinds: family.ropeKinds });
  const vocabulary = await readVocabulary(folder, preTokenizer);
  const templates = await readChatTemplates(folder);
  const checkpoint = await Checkpoint.open(folder);
  const { tensors, seesPictures } = planTensors(checkpoint, family, config);
  const beyond = vocabulary.tokens.length - config.vocab_size;
  const notes = [
    ...notesOf(family, config),
    ...vocabulary.notes,
    ...templates.notes,
    ...(seesPictures ? ["The vision part of the model is left out."] : []),
    ...(beyond > 0 ? [`${beyond} tokens of the tokenizer have no row in the embedding and are left out.`] : []),
  ];
  return {
    className: raw.className,
    architecture: family.architecture,
    sizeBytes: tensors.reduce((sum, { source }) => sum + source.sizeBytes, 0),
    notes,
    async write(options) {
      const metadata = new Map([
        ...(await generalEntries(folder, family, options.type)),
        ...shapeEntries(config, family, rope),
        ...(await tokenizerEntries(folder, vocabulary, config)),
        ...chatTemplateEntries(templates),
      ]);
      await writeTensors({ checkpoint, tensors, rope, layers: config.num_hidden_layers, metadata }, options);
    },
  };
}
