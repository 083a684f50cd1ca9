import { detectFormat } from "../chat/formats/detect-format.js";
import type { ChatFormat } from "../chat/formats/format.js";
import { Recent } from "./recent.js";
import type { TokenBytes } from "./token-bytes.js";

/** Requests may bring templates of their own. */
const KEPT_FORMATS = 16;

/** How a model writes its answers, and the control tokens that marks in them are made of. */
export interface ModelFormat {
  format: ChatFormat;
  /** The bytes of their names, by token. */
  marks: ReadonlyMap<number, Uint8Array>;
}

/** The formats of a model's answers, by its chat templates. */
export class ModelFormats {
  private readonly bytes: TokenBytes;
  private readonly vocabularySize: number;
  private readonly kept = new Recent<ModelFormat>(KEPT_FORMATS);

  constructor(bytes: TokenBytes, vocabularySize: number) {
    this.bytes = bytes;
    this.vocabularySize = vocabularySize;
  }

  /** The format that answers to prompts of this template have. */
  for(template: string | undefined): ModelFormat {
    const key = template ?? "";
    const known = this.kept.get(key);
    if (known) return known;
    const format = detectFormat(template);
    const texts = JSON.stringify(format).replaceAll('\\"', '"').replaceAll("\\n", "\n");
    const found = { format, marks: this.bytes.controlsIn(texts, this.vocabularySize) };
    this.kept.set(key, found);
    return found;
  }
}
