import type { JsonObject } from "../openai/json-object.js";
import { choicesOf, deltaOf, hasContent, textIn } from "../openai/answer-check.js";

/** Of a text in English or in code, about: what a text is taken for that nobody counts. */
const BYTES_PER_TOKEN = 4;

/** About how many tokens so many bytes of text are. */
export function tokensOfBytes(bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

/** Counts the tokens of an answer whose provider does not say how many they were. */
export class TokenTally {
  private pieces = 0;
  private bytes = 0;
  /** All of it so far, of however many choices. */
  text = "";

  /** An event of a stream, or a whole answer. A role or an end alone is not a token. */
  add(event: JsonObject): void {
    for (const choice of choicesOf(event)) {
      if (!hasContent(choice)) continue;
      const text = textIn(deltaOf(choice));
      this.pieces++;
      this.text += text;
      // thoughts and calls are not text
      this.bytes += text === "" ? Buffer.byteLength(JSON.stringify(deltaOf(choice))) : Buffer.byteLength(text);
    }
  }

  /** One for each piece, and more where the pieces are long. */
  get guess(): number {
    return Math.max(this.pieces, tokensOfBytes(this.bytes));
  }
}
