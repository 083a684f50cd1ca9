import { Transform, type Readable, type TransformCallback } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { errorCodes, type FastifyInstance } from "fastify";
import { LlmopsError } from "../errors/llmops-error.js";

/** What bodies may be compressed with, by Content-Encoding (RFC 9110, section 8.4.1). */
const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};
const KNOWN = ["gzip", "deflate", "br"];

/**
 * Has compressed bodies read as what they decompress to, of which there is at most the limit of bodies: decompressing ends where more comes.
 * Throws UNSUPPORTED_MEDIA_TYPE for another encoding, and INVALID_ARGUMENT for a body that is not what its header says.
 */
export function readCompressedBodies(app: FastifyInstance, limitBytes: number): void {
  app.addHook("preParsing", (request, _reply, payload, done) => {
    const { "content-encoding": coding = "", "content-length": length = "0", "transfer-encoding": transfer } = request.headers;
    const encoding = coding.trim().toLowerCase();
    const hasBody = transfer !== undefined || Number(length) > 0;
    if (!hasBody || encoding === "identity" || encoding === "") return done(null, payload);
    const decoder = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding]?.() : undefined;
    if (!decoder) return done(unknownEncoding(encoding));
    done(null, decompressed(payload as Readable, decoder, { encoding, limitBytes }));
  });
}

function decompressed(
  body: Readable,
  decoder: Transform,
  { encoding, limitBytes }: { encoding: string; limitBytes: number },
): Decompressed {
  const out = new Decompressed(limitBytes);
  body.on("data", (part: Buffer) => (out.receivedEncodedLength += part.length));
  body.on("error", (cause) => out.destroy(cause));
  decoder.on("error", (cause) => out.destroy(notDecodable(encoding, cause)));
  out.on("close", () => {
    body.unpipe(decoder);
    decoder.destroy();
  });
  body.pipe(decoder).pipe(out);
  return out;
}

/** What a body decompresses to, up to a limit. */
class Decompressed extends Transform {
  /** Bytes of the compressed body: the length that Content-Length tells. */
  receivedEncodedLength = 0;
  private readonly limitBytes: number;
  private length = 0;

  constructor(limitBytes: number) {
    super();
    this.limitBytes = limitBytes;
  }

  override _transform(part: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.length += part.length;
    if (this.length > this.limitBytes) done(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE());
    else done(null, part);
  }
}

function unknownEncoding(encoding: string): LlmopsError {
  return new LlmopsError("UNSUPPORTED_MEDIA_TYPE", `Content-Encoding: "${encoding.slice(0, 80)}" is not one that bodies may have.`, {
    hint: `Available: ${KNOWN.join(", ")}.`,
  });
}

function notDecodable(encoding: string, cause: Error): LlmopsError {
  return new LlmopsError("INVALID_ARGUMENT", `The request body is not ${encoding}, as Content-Encoding says: ${cause.message}.`, { cause });
}
