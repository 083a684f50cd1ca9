import { inSlices, type Steps } from "../../base/slices/slices.js";
import type { Breakers } from "./dry.js";
import type { PromptBuilder } from "./prompt-builder.js";
import { Recent } from "./recent.js";
import type { TokenBytes } from "./token-bytes.js";

/** Longer texts are cut, as llama.cpp cuts them: to so many bytes, and to so many tokens after the first. */
const MOST_BYTES = 40;
const MOST_TAIL = 20;
/** Texts whose tokens are kept. */
const KEPT = 64;

/** What texts are made into tokens by. */
interface Vocabulary {
  bytes: Pick<TokenBytes, "of" | "nameOf">;
  prompts: Pick<PromptBuilder, "tokenize">;
  vocabularySize: number;
}

/** The texts that DRY's repetitions do not go past, in tokens of one vocabulary. */
export class DryBreakers {
  private readonly vocabulary: Vocabulary;
  private readonly kept = new Recent<Breakers>(KEPT);

  constructor(vocabulary: Vocabulary) {
    this.vocabulary = vocabulary;
  }

  /** The tokens that texts begin with, or have in them whole, each with how the text goes on. The vocabulary is looked through in slices. */
  async of(texts: readonly string[]): Promise<Breakers> {
    const all = new Map<number, readonly (readonly number[])[]>();
    for (const text of texts) {
      const found = this.kept.get(text) ?? (await this.find(text));
      this.kept.set(text, found);
      for (const [token, tails] of found) all.set(token, [...(all.get(token) ?? []), ...tails]);
    }
    return all;
  }

  private async find(text: string): Promise<Breakers> {
    // bytes, one a character: tokens may hold parts of characters
    const sought = Buffer.from(text).subarray(0, MOST_BYTES).toString("latin1");
    const rests = await inSlices(this.restsOf(sought));
    const found = new Map<number, readonly (readonly number[])[]>();
    const tails = new Map<string, readonly number[]>([["", []]]);
    for (const [token, all] of rests) {
      for (const rest of all) {
        if (tails.has(rest)) continue;
        const tokens = await this.vocabulary.prompts.tokenize(Buffer.from(rest, "latin1").toString("utf8"), { special: false });
        tails.set(rest, tokens.slice(0, MOST_TAIL));
      }
      found.set(
        token,
        all.map((rest) => tails.get(rest) ?? []),
      );
    }
    return found;
  }

  /** For each token that has the text in it, or ends with a beginning of it: what of the text comes after. */
  private *restsOf(sought: string): Steps<Map<number, readonly string[]>> {
    const { bytes, vocabularySize } = this.vocabulary;
    const found = new Map<number, readonly string[]>();
    for (let token = 0; token < vocabularySize; token++) {
      const own = bytes.of(token);
      const word = Buffer.from(own.length > 0 ? own : bytes.nameOf(token)).toString("latin1");
      const rests = word.includes(sought) ? [""] : restsAfter(word, sought);
      if (rests.length > 0) found.set(token, rests);
      if (token % 256 === 0) yield;
    }
    return found;
  }
}

/** What follows of a text where a word ends with a beginning of it, for each such beginning. */
function restsAfter(word: string, sought: string): string[] {
  const rests: string[] = [];
  for (let length = Math.min(word.length, sought.length - 1); length > 0; length--) {
    if (word.endsWith(sought.slice(0, length))) rests.push(sought.slice(length));
  }
  return rests;
}
