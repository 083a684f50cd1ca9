import { join } from "node:path";
import { z } from "zod";
import { readJson } from "./checkpoint.js";
import { findPreTokenizer, flatten, isByteLevel, type Step } from "./pre-tokenizers.js";
import { refusal } from "./refusal.js";
import { addTokens, TOKEN_TYPE, type Token, type Vocabulary } from "./vocabulary.js";

const stepSchema = z.looseObject({ type: z.string() }).nullish();
const tokenizerSchema = z.looseObject({
  model: z.looseObject({
    type: z.string().optional(),
    vocab: z.unknown(),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])).optional(),
    byte_fallback: z.boolean().nullish(),
    ignore_merges: z.boolean().nullish(),
    unk_token: z.string().nullish(),
  }),
  added_tokens: z.array(z.looseObject({ id: z.int().nonnegative(), content: z.string(), special: z.boolean().default(false) })).nullish(),
  normalizer: stepSchema,
  pre_tokenizer: stepSchema,
  post_processor: stepSchema,
});
/** Ways to cut text that llama.cpp computes without the classes of Unicode they are made of. */
const APPROXIMATED: ReadonlySet<string> = new Set(["tekken", "gpt-4o"]);
const vocabSchema = z.record(z.string(), z.int().nonnegative().max(10_000_000));

export type TokenizerFile = z.output<typeof tokenizerSchema> & { path: string; numbers: Record<string, number> };

/** tokenizer.json. Throws MODEL_INVALID for another kind than pairs that are merged (BPE), and where the merges are missing. */
export async function readTokenizerFile(folder: string): Promise<TokenizerFile> {
  const path = join(folder, "tokenizer.json");
  const file = await readJson(path, tokenizerSchema);
  const kind = file.model.type ?? (file.model.merges ? "BPE" : "unknown");
  if (kind !== "BPE") {
    throw refusal(path, `is a tokenizer of the kind ${kind}; those that merge pairs (BPE) can be converted`, {
      hint: "This model needs llama.cpp's own convert_hf_to_gguf.py.",
    });
  }
  if (!file.model.merges?.length) throw refusal(path, "has no merges: nothing says which tokens letters become");
  const vocab = vocabSchema.safeParse(file.model.vocab);
  if (!vocab.success) throw refusal(path, "has a vocabulary that does not give each token a number");
  return { ...file, path, numbers: vocab.data };
}

/** True where the tokens are bytes, as in GPT-2's; else they are pieces of text, as SentencePiece has them. */
export function mergesBytes({ pre_tokenizer: pre }: TokenizerFile): boolean {
  return isByteLevel(pre);
}

/** A tokenizer over bytes. Throws MODEL_INVALID where llama.cpp is not known to cut text as this one does. */
export function byteVocabulary(file: TokenizerFile, preTokenizer: string | undefined): Vocabulary {
  const { path, model, numbers, added_tokens: added, normalizer } = file;
  const pre = preTokenizer ?? findPreTokenizer(file.pre_tokenizer, { takesWholeWords: model.ignore_merges === true });
  if (pre === undefined) {
    throw refusal(path, "cuts text into words in a way that is not known here", {
      hint: "If you know llama.cpp's name for it, pass --pre-tokenizer NAME.",
    });
  }
  const tokens: (Token | undefined)[] = [];
  for (const [text, id] of Object.entries(numbers)) tokens[id] = { text, type: TOKEN_TYPE.normal, score: 0 };
  addTokens(tokens, added ?? []);
  const forms = flatten(normalizer).map(({ type }) => type);
  const notes = forms.map((form) => `The original normalizes text to ${form} first; llama.cpp does not.`);
  if (APPROXIMATED.has(pre)) notes.push("llama.cpp cuts words with combining marks, as Hindi has them, otherwise than the original.");
  const merges = (model.merges ?? []).map((merge) => (typeof merge === "string" ? merge : merge.join(" ")));
  return { model: "gpt2", pre, tokens, merges, addSpacePrefix: false, beginsWithBos: beginsWithBos(file), notes };
}

/** A tokenizer over pieces of text: what was merged earlier has the higher score, as SentencePiece would have it. */
export function pieceVocabulary(file: TokenizerFile): Vocabulary {
  const { model, numbers, added_tokens: added } = file;
  const ranks = new Map<string, number>();
  for (const [rank, merge] of (model.merges ?? []).entries()) {
    const merged = typeof merge === "string" ? merge.replace(" ", "") : merge.join("");
    if (!ranks.has(merged)) ranks.set(merged, rank);
  }
  const last = -ranks.size;
  const tokens: (Token | undefined)[] = [];
  for (const [text, id] of Object.entries(numbers)) {
    const type = pieceType(text, model.unk_token ?? undefined);
    tokens[id] = { text, type, score: type === TOKEN_TYPE.normal ? -(ranks.get(text) ?? -last) : 0 };
  }
  addTokens(tokens, added ?? []);
  return { model: "llama", pre: "default", tokens, addSpacePrefix: putsSpaceFirst(file), beginsWithBos: beginsWithBos(file), notes: [] };
}

function pieceType(text: string, unknown: string | undefined): number {
  if (text === (unknown ?? "<unk>")) return TOKEN_TYPE.unknown;
  return /^<0x[0-9A-F]{2}>$/.test(text) ? TOKEN_TYPE.byte : TOKEN_TYPE.normal;
}

function putsSpaceFirst({ normalizer, pre_tokenizer: pre }: TokenizerFile): boolean {
  const prepends = flatten(normalizer).some((step) => step.type === "Prepend");
  return prepends || flatten(pre).some((step) => step.type === "Metaspace" && step["prepend_scheme"] !== "never");
}

/** Whether the file's own template puts a special token before every text. */
function beginsWithBos({ post_processor: post }: TokenizerFile): boolean {
  const template = flatten(post as Step | null | undefined).find(({ type }) => type === "TemplateProcessing");
  const [first] = (template?.["single"] ?? []) as Record<string, unknown>[];
  return first !== undefined && "SpecialToken" in first;
}
