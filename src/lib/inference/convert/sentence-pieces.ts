import { readFile } from "node:fs/promises";
import { PbfReader } from "pbf";
import { messageOf } from "../../base/errors/llmops-error.js";
import { refusal } from "./refusal.js";
import type { Token, Vocabulary } from "./vocabulary.js";

interface PieceModel {
  pieces: Token[];
  /** trainer_spec.model_type: 1 unigram, 2 pairs that are merged. */
  kind: number;
  addDummyPrefix: boolean;
}

const BPE = 2;
const KINDS: Record<number, string> = { 1: "unigram", 3: "words", 4: "characters" };

/**
 * The vocabulary of a SentencePiece file (tokenizer.model). Format: google/sentencepiece, sentencepiece_model.proto; its types of
 * pieces have the same numbers as a GGUF's. Throws MODEL_INVALID for a file that is none, or of another kind than BPE.
 */
export async function readSentencePieces(path: string): Promise<Vocabulary> {
  const { pieces, kind, addDummyPrefix } = parse(path, await readFile(path));
  if (pieces.length === 0) throw refusal(path, "is not a SentencePiece model: it has no pieces");
  if (kind !== BPE) {
    throw refusal(path, `is a SentencePiece model of ${KINDS[kind] ?? `kind ${kind}`}; those that merge pairs (bpe) can be converted`);
  }
  return { model: "llama", pre: "default", tokens: pieces, addSpacePrefix: addDummyPrefix, notes: [] };
}

function parse(path: string, bytes: Uint8Array): PieceModel {
  try {
    return new PbfReader(bytes).readFields(readModel, { pieces: [], kind: 1, addDummyPrefix: true });
  } catch (cause) {
    throw refusal(path, `is not a SentencePiece model: ${messageOf(cause)}`, { cause });
  }
}

function readModel(tag: number, model: PieceModel, reader: PbfReader): void {
  if (tag === 1) model.pieces.push(reader.readMessage(readPiece, { text: "", score: 0, type: 1 }));
  if (tag === 2) reader.readMessage(readTrainer, model);
  if (tag === 3) reader.readMessage(readNormalizer, model);
}

function readPiece(tag: number, piece: Token, reader: PbfReader): void {
  if (tag === 1) piece.text = reader.readString();
  if (tag === 2) piece.score = reader.readFloat();
  if (tag === 3) piece.type = reader.readVarint();
}

function readTrainer(tag: number, model: PieceModel, reader: PbfReader): void {
  if (tag === 3) model.kind = reader.readVarint();
}

function readNormalizer(tag: number, model: PieceModel, reader: PbfReader): void {
  if (tag === 3) model.addDummyPrefix = reader.readBoolean();
}
