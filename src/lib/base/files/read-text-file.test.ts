import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { readJsonFile, readTextFile } from "./read-text-file.js";

const folder = mkdtempSync(join(tmpdir(), "llmops-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "text.txt");
const MARK = "\uFEFF";
const ENCODERS: Record<string, (text: string) => Buffer> = {
  "UTF-8": (text) => Buffer.from(text),
  "UTF-8 with a mark": (text) => Buffer.from(MARK + text),
  "UTF-16 LE": (text) => Buffer.from(MARK + text, "utf16le"),
  "UTF-16 BE": (text) => Buffer.from(MARK + text, "utf16le").swap16(),
};

describe("readTextFile", () => {
  it.each(Object.entries(ENCODERS))("reads any text written as %s, also as gzip and with CRLF", (_, encode) => {
    const texts = fc.string({ unit: "grapheme" }).filter((text) => !/[\0\r]/.test(text) && !text.startsWith(MARK));
    fc.assert(
      fc.property(texts, fc.boolean(), fc.boolean(), (text, zipped, crlf) => {
        const bytes = encode(crlf ? text.replaceAll("\n", "\r\n") : text);
        writeFileSync(path, zipped ? gzipSync(bytes) : bytes);
        expect(readTextFile(path)).toBe(text);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ["Latin-1", Buffer.from("one\ncaf\xe9 two", "latin1"), /line 2: byte 4 \(0xE9\) is not UTF-8 .*iconv/],
    ["a cut character", Buffer.from([0x61, 0xe2, 0x82]), /line 1: byte 2 \(half a character\)/],
    ["UTF-16 without a mark", Buffer.from("hello", "utf16le"), /line 1: byte 2 is a NUL.*iconv -f UTF-16LE/],
    ["UTF-16 without a mark, with an accent", Buffer.from("hello é\n", "utf16le"), /line 1: byte 2 is a NUL.*iconv -f UTF-16LE/],
    ["big-endian UTF-16 without a mark", Buffer.from("é\nhello", "utf16le").swap16(), /line 1: byte 1 is a NUL.*iconv -f UTF-16BE/],
    ["UTF-32", Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), /line 1: character 1 is a NUL.*UTF-32/],
    [
      "half a surrogate pair",
      Buffer.concat([Buffer.from(`${MARK}a\n`, "utf16le"), Buffer.from([0x00, 0xd8, 0x61, 0x00])]),
      /line 2: .*UTF-16LE/,
    ],
    ["a cut gzip file", gzipSync("hello hello").subarray(0, 15), /not a whole gzip file/],
  ])("refuses %s with its place", async (_, bytes, message) => {
    writeFileSync(path, bytes);
    expect(await errorOf(() => readTextFile(path))).toMatchObject({ code: "INVALID_ARGUMENT" });
    expect((await errorOf(() => readTextFile(path))).message).toMatch(message);
  });

  it.runIf(existsSync("/dev/zero"))("reads a pipe to its end, and a device that has none no further than a text may be", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const writer = spawn("sh", ["-c", 'head -c 200000 /dev/zero | tr "\\0" a > "$0"', pipe]);
    expect(readTextFile(pipe)).toBe("a".repeat(200_000));
    writer.kill();
    expect(await errorOf(() => readTextFile("/dev/zero"))).toMatchObject({
      code: "INVALID_ARGUMENT",
      message: "more than 400 MiB of text",
    });
    expect(() => readTextFile(folder)).toThrow("EISDIR");
  });

  it("leaves it to the caller what a missing file means", () => {
    expect(() => readTextFile("/no/such/file")).toThrow(expect.objectContaining({ code: "ENOENT" }));
  });

  it("reads JSON behind a byte order mark", () => {
    writeFileSync(path, `${MARK}{"a": 1}\r\n`);
    expect(readJsonFile(path)).toEqual({ a: 1 });
  });
});
