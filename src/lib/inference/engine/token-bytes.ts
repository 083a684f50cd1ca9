import type { LlamaModel } from "node-llama-cpp";
import type { Steps } from "../../base/slices/slices.js";
import { openVocabulary, type NativeVocabulary } from "./addon-context.js";

/** What llama.cpp says a token is (llama.h, LLAMA_TOKEN_ATTR_*). */
const CONTROL = 1 << 3;
const USER_DEFINED = 1 << 4;
const UNKNOWN = 1 << 0;

/** Vocabulary kinds whose tokens stand for the same bytes wherever they occur (llama.h, LLAMA_VOCAB_TYPE_*). */
const SENTENCE_PIECE = 1;
const BYTE_PAIR = 2;

/**
 * The bytes every token stands for. Text made of them is exact also where a character spans several
 * tokens, and costs no call into llama.cpp once a token has been seen.
 */
export class TokenBytes {
  private readonly model: LlamaModel;
  private readonly vocabulary: NativeVocabulary;
  private readonly kind: number;
  private readonly known: (Uint8Array | undefined)[] = [];
  private controls: Map<number, string> | undefined;

  constructor(model: LlamaModel) {
    this.model = model;
    this.vocabulary = openVocabulary(model);
    this.kind = this.vocabulary.getVocabularyType();
  }

  /** The token's bytes in running text: none for control tokens, which are not part of an answer. */
  of(token: number): Uint8Array {
    return (this.known[token] ??= this.find(token));
  }

  /** The name of a token as the vocabulary has it, for control tokens: "<|im_end|>". */
  nameOf(token: number): string {
    return this.vocabulary.getTokenString(token);
  }

  /** Whether the vocabulary is made of bytes, and splits texts into words before anything else. */
  get isBytePair(): boolean {
    return this.kind === BYTE_PAIR;
  }

  /** The names of all special tokens that could stand in a text: control tokens, and those that are read as such in any text. */
  specialNames(vocabularySize: number): { control: string[]; userDefined: string[] } {
    const names = { control: [] as string[], userDefined: [] as string[] };
    for (let token = 0; token < vocabularySize; token++) {
      const attributes = this.vocabulary.getTokenAttributes(token);
      if ((attributes & (CONTROL | USER_DEFINED)) === 0) continue;
      const name = this.nameOf(token);
      if (name.length > 1) names[(attributes & CONTROL) === 0 ? "userDefined" : "control"].push(name);
    }
    return names;
  }

  /** The control tokens whose names stand in a text, with the bytes of their names: what a format's marks are made of. */
  controlsIn(text: string, vocabularySize: number): ReadonlyMap<number, Uint8Array> {
    this.controls ??= this.findControls(vocabularySize);
    return new Map([...this.controls].filter(([, name]) => text.includes(name)).map(([token, name]) => [token, Buffer.from(name, "utf8")]));
  }

  /** All control tokens with the bytes of their names. */
  allControls(vocabularySize: number): ReadonlyMap<number, Uint8Array> {
    this.controls ??= this.findControls(vocabularySize);
    return new Map([...this.controls].map(([token, name]) => [token, Buffer.from(name, "utf8")]));
  }

  private findControls(vocabularySize: number): Map<number, string> {
    const found = new Map<number, string>();
    for (let token = 0; token < vocabularySize; token++) {
      if ((this.vocabulary.getTokenAttributes(token) & CONTROL) === 0) continue;
      const name = this.nameOf(token);
      if (name.length > 1) found.set(token, name);
    }
    return found;
  }

  /** Bytes of the longest token in running text. */
  *longest(vocabularySize: number): Steps<number> {
    let longest = 1;
    for (let token = 0; token < vocabularySize; token++) {
      longest = Math.max(longest, this.of(token).length);
      if (token % 256 === 0) yield;
    }
    return longest;
  }

  private find(token: number): Uint8Array {
    const attributes = this.vocabulary.getTokenAttributes(token);
    if ((attributes & (CONTROL | UNKNOWN)) !== 0) return new Uint8Array(0);
    const piece = this.vocabulary.getTokenString(token);
    if ((attributes & USER_DEFINED) !== 0) return Buffer.from(piece, "utf8");
    if (this.kind === BYTE_PAIR) return fromByteLevel(piece) ?? Buffer.from(piece, "utf8");
    if (this.kind === SENTENCE_PIECE) return fromSentencePiece(piece);
    return Buffer.from(this.model.detokenize([token as never]), "utf8");
  }
}

/** Text of tokens one by one, holding back a character until its last byte is there. */
export class TokenText {
  private readonly bytes: TokenBytes;
  private readonly marks: ReadonlyMap<number, Uint8Array> | undefined;
  private readonly decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  /** `marks` are the bytes of control tokens that are shown all the same. */
  constructor(bytes: TokenBytes, marks?: ReadonlyMap<number, Uint8Array>) {
    this.bytes = bytes;
    this.marks = marks;
  }

  push(token: number): string {
    return this.decoder.decode(this.marks?.get(token) ?? this.bytes.of(token), { stream: true });
  }

  /** What is left at the end: U+FFFD for a character that was never completed. */
  flush(): string {
    return this.decoder.decode();
  }
}

/** GPT-2's byte-level alphabet: printable bytes stand for themselves, the other 68 for U+0100 and on. */
const BYTE_OF_CHARACTER = new Map<string, number>();
for (let byte = 0, spare = 256; byte < 256; byte++) {
  const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  BYTE_OF_CHARACTER.set(String.fromCharCode(printable ? byte : spare++), byte);
}

function fromByteLevel(piece: string): Uint8Array | undefined {
  const bytes = Array.from(piece, (character) => BYTE_OF_CHARACTER.get(character));
  return bytes.includes(undefined) ? undefined : Uint8Array.from(bytes as number[]);
}

function fromSentencePiece(piece: string): Uint8Array {
  const byte = /^<0x([0-9A-F]{2})>$/.exec(piece)?.[1];
  return byte === undefined ? Buffer.from(piece.replaceAll("\u2581", " "), "utf8") : Uint8Array.of(parseInt(byte, 16));
}
