/** What a token is, as a GGUF says it (llama.h, LLAMA_TOKEN_TYPE_*). */
export const TOKEN_TYPE = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

export interface Token {
  text: string;
  type: number;
  /** Higher ones are merged first, where merges are not listed. */
  score: number;
}

/** A tokenizer as llama.cpp takes it. */
export interface Vocabulary {
  /** llama.cpp's name: "gpt2" merges bytes by a list, "llama" pieces by their scores. */
  model: "gpt2" | "llama";
  /** How text is cut into words before; llama.cpp's name. */
  pre: string;
  /** By number. Gaps are undefined until they are filled. */
  tokens: (Token | undefined)[];
  merges?: readonly string[];
  /** A space is put before the first word. */
  addSpacePrefix: boolean;
  /** The first token of every text, by what the tokenizer does itself; undefined where it does not say. */
  beginsWithBos?: boolean | undefined;
  notes: readonly string[];
}

/** A token that was added to a vocabulary, or given a role in it. */
export interface AddedToken {
  id: number;
  content: string;
  special: boolean;
}

/** Puts added tokens to their places: special ones are control tokens, others are found in any text. */
export function addTokens(tokens: (Token | undefined)[], added: readonly AddedToken[]): void {
  for (const { id, content, special } of added) {
    const known = tokens[id];
    if (known?.type === TOKEN_TYPE.unknown || known?.type === TOKEN_TYPE.byte) continue;
    tokens[id] = { text: content, type: special ? TOKEN_TYPE.control : TOKEN_TYPE.userDefined, score: known?.score ?? 0 };
  }
}

/** As many tokens as the embedding has rows: rows without a token get a name nothing can be. */
export function fillTokens(tokens: readonly (Token | undefined)[], rows: number): Token[] {
  return Array.from({ length: rows }, (_, id) => tokens[id] ?? { text: `[PAD${id}]`, type: TOKEN_TYPE.unused, score: 0 });
}
