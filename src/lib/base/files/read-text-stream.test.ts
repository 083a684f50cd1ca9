import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { readTextLines, readTextPieces, readUtf8 } from "./read-text-stream.js";

const folder = mkdtempSync(join(tmpdir(), "llmops-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "text.txt");
const lines = ["größe", "", "問い 🙂", "x".repeat(300_000), "last"];

async function linesOf(bytes: Buffer): Promise<string[]> {
  writeFileSync(path, bytes);
  const read: string[] = [];
  for await (const { text, line } of readTextLines(readUtf8(path))) expect(read.push(text)).toBe(line);
  return read;
}

async function piecesOf(bytes: Buffer): Promise<string> {
  writeFileSync(path, bytes);
  let text = "";
  for await (const piece of readTextPieces(readUtf8(path))) text += piece;
  return text;
}

describe("a text file read as a stream", () => {
  it.each([
    ["UTF-8", (text: string) => Buffer.from(text)],
    ["UTF-8 with a mark", (text: string) => Buffer.from(`\uFEFF${text}`)],
    ["UTF-16 LE", (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le")],
    ["UTF-16 BE", (text: string) => Buffer.from(`\uFEFF${text}`, "utf16le").swap16()],
  ])("is the same lines in %s, with CRLF and as gzip", async (_, encode) => {
    for (const end of ["\n", "\r\n"]) {
      const bytes = encode(lines.join(end));
      expect(await linesOf(bytes)).toEqual(lines);
      expect(await linesOf(gzipSync(bytes))).toEqual(lines);
      expect(await piecesOf(bytes)).toBe(lines.join(end));
    }
    expect(await linesOf(Buffer.alloc(0))).toEqual([]);
    expect(await linesOf(Buffer.from("a"))).toEqual(["a"]);
  });

  it("is refused with the place where it is not text", async () => {
    const latin = Buffer.from("one\ntwo\nthr\xe9e x", "latin1");
    for (const read of [linesOf, piecesOf]) {
      expect((await errorOf(() => read(latin))).message).toMatch(/line 3: byte 4 \(0xE9\) is not UTF-8/);
      expect((await errorOf(() => read(Buffer.from("a\nb\n", "utf16le")))).message).toMatch(/line 1: byte 2 is a NUL/);
      expect((await errorOf(() => read(gzipSync("hello hello").subarray(0, 15)))).message).toMatch(/not a whole gzip file/);
    }
  });

  it("shows the bytes as they lie on disk to who asks", async () => {
    const bytes = gzipSync("hello");
    writeFileSync(path, bytes);
    const seen: Buffer[] = [];
    for await (const piece of readUtf8(path, (chunk) => seen.push(chunk))) expect(piece.toString()).toBe("hello");
    expect(Buffer.concat(seen)).toEqual(bytes);
  });
});
