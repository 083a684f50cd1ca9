import { Readable } from "node:stream";
import type { ByteRange } from "../artifact-store.js";

/** Opens a part of a file. */
export type OpenPart = (range: ByteRange) => Promise<Readable>;

interface Rules {
  retries: number;
  isPassing: (failure: unknown) => boolean;
  /** What is thrown in the end for a failure. */
  toError: (failure: unknown) => Error;
}

/**
 * The bytes of a range, as a stream that opens what is left again where the connection breaks: as often as `retries` says without a byte
 * in between. The first part is opened before this returns, so that what is refused is thrown here.
 */
export async function resumedRead(range: ByteRange, open: OpenPart, rules: Rules): Promise<Readable> {
  const first = await open(range);
  const stream = Readable.from(pieces(range, { first, open, ...rules }), { objectMode: false });
  // one that is given up before it was read never gets to the end of the generator
  stream.once("close", () => first.destroy());
  return stream;
}

interface Reading extends Rules {
  first: Readable;
  open: OpenPart;
}

async function* pieces(
  { first: start, last }: ByteRange,
  { first, open, retries, isPassing, toError }: Reading,
): AsyncGenerator<Uint8Array> {
  let next = start;
  let part = first;
  for (let left = retries; ; left--) {
    try {
      for await (const piece of part as AsyncIterable<Uint8Array>) {
        yield piece;
        next += piece.byteLength;
        left = retries;
      }
      if (next > last) return;
      throw Object.assign(new Error(`the answer ended ${last + 1 - next} bytes early`), { code: "ECONNRESET" });
    } catch (failure) {
      if (left === 0 || !isPassing(failure)) throw toError(failure);
    }
    part = await open({ first: next, last });
  }
}
