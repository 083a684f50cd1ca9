import Tinypool from "tinypool";
import { encodeChunk, type ChunkJob } from "./encode-chunk.js";

/** Encodes one chunk in a thread of its own; its bytes are handed back, not copied. */
export default function encode(job: ChunkJob): unknown {
  const encoded = encodeChunk(job);
  return Tinypool.move(encoded);
}
