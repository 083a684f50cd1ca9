import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readJson } from "./checkpoint.js";
import { refusal } from "./refusal.js";
import { readSentencePieces } from "./sentence-pieces.js";
import { byteVocabulary, mergesBytes, pieceVocabulary, readTokenizerFile } from "./tokenizer-json.js";
import { addTokens, type AddedToken, type Vocabulary } from "./vocabulary.js";

const named = z.looseObject({ content: z.string(), special: z.boolean().default(false) });
const decoderSchema = z.looseObject({ added_tokens_decoder: z.record(z.string(), named).optional() });

/**
 * The tokenizer of a folder: tokenizer.json over bytes, tokenizer.model (SentencePiece), or tokenizer.json over pieces, in this order,
 * with the tokens that were added. Throws MODEL_INVALID where there is none, or one that llama.cpp cannot be told of.
 */
export async function readVocabulary(folder: string, preTokenizer?: string): Promise<Vocabulary> {
  const pieces = join(folder, "tokenizer.model");
  const file = existsSync(join(folder, "tokenizer.json")) ? await readTokenizerFile(folder) : undefined;
  if (file && mergesBytes(file)) return byteVocabulary(file, preTokenizer);
  if (preTokenizer !== undefined) throw refusal(folder, "has a tokenizer over pieces, which knows no --pre-tokenizer");
  if (!existsSync(pieces)) {
    if (file) return pieceVocabulary(file);
    throw refusal(folder, "has neither tokenizer.json nor tokenizer.model", { hint: "Put the model's tokenizer into the folder." });
  }
  const vocabulary = await readSentencePieces(pieces);
  addTokens(vocabulary.tokens, file?.added_tokens ?? []);
  addTokens(vocabulary.tokens, await readAdded(folder));
  return { ...vocabulary, beginsWithBos: file && pieceVocabulary(file).beginsWithBos };
}

/** Tokens that older folders name in two files of their own. */
async function readAdded(folder: string): Promise<AddedToken[]> {
  const [older, config] = [join(folder, "added_tokens.json"), join(folder, "tokenizer_config.json")];
  const numbers = existsSync(older) ? await readJson(older, z.record(z.string(), z.int().nonnegative())) : {};
  const { added_tokens_decoder: decoder = {} } = existsSync(config) ? await readJson(config, decoderSchema) : {};
  const added = Object.entries(numbers).map(([content, id]) => ({ id, content, special: /^<\|.*\|>$/.test(content) }));
  const described = Object.entries(decoder).map(([id, token]) => ({ ...token, id: Number(id) }));
  return [...added, ...described].filter(({ id }) => Number.isSafeInteger(id) && id >= 0 && id < 10_000_000);
}
