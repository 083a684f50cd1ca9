import { execFileSync, spawn } from "node:child_process";
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { PRIVATE, writeWhole, writeWholeStream } from "./write-whole.js";

const errorOf = (work: () => Promise<unknown>) =>
  work().then(
    () => new Error("none"),
    (error: unknown) => error as Error,
  );
const modeOf = (path: string) => statSync(path).mode & 0o777;
const writers = [
  ["writeWhole", async (...args: Parameters<typeof writeWhole>) => writeWhole(...args)],
  [
    "writeWholeStream",
    (path: string, content: string | Uint8Array, options = {}) => writeWholeStream(path, Readable.from([content]), options),
  ],
] as const;

describe.each(writers)("%s", (_, write) => {
  it("replaces a file and leaves nothing beside it", async () => {
    const folder = temporaryFolder();
    for (const content of ["one", "two"]) {
      await write(join(folder, "a"), content);
      expect(readFileSync(join(folder, "a"), "utf8")).toBe(content);
    }
    expect(readdirSync(folder)).toEqual(["a"]);
  });

  it("keeps private files and their new folders to one user, and a file's own narrower mode", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "new", "keys");
    await write(path, "secret", PRIVATE);
    expect([modeOf(path), modeOf(join(folder, "new"))]).toEqual([0o600, 0o700]);
    const other = join(folder, "other");
    writeFileSync(other, "");
    chmodSync(other, 0o640);
    await write(other, "more");
    expect(modeOf(other)).toBe(0o640);
    await write(other, "more", PRIVATE);
    expect(modeOf(other)).toBe(0o600);
  });

  it("takes a name of the longest length there is", async () => {
    const path = join(temporaryFolder(), "x".repeat(255));
    await write(path, "content");
    expect(readFileSync(path, "utf8")).toBe("content");
  });

  it("leaves a folder in its place, what was there, and no draft, when it fails", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "taken"));
    writeFileSync(join(folder, "there"), "before");
    expect(await errorOf(() => write(join(folder, "taken"), ""))).toMatchObject({ code: "EISDIR" });
    expect(await errorOf(() => write(join(folder, "there"), "", { exclusive: true }))).toMatchObject({ code: "EEXIST" });
    expect(await errorOf(() => write(join(folder, "no", "such"), ""))).toMatchObject({ code: "ENOENT" });
    expect(readFileSync(join(folder, "there"), "utf8")).toBe("before");
    expect(readdirSync(folder)).toEqual(["taken", "there"]);
  });

  it("replaces what a link names and keeps the link", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "real"), "");
    symlinkSync("real", join(folder, "link"));
    await write(join(folder, "link"), "content");
    expect(lstatSync(join(folder, "link")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, "real"), "utf8")).toBe("content");
  });

  it.skipIf(process.platform === "win32")("writes to a pipe and does not replace it", async () => {
    const pipe = join(temporaryFolder(), "pipe");
    execFileSync("mkfifo", [pipe]);
    const reader = spawn("cat", [pipe]);
    const read = new Promise((resolve) => reader.stdout.on("data", (data) => resolve(String(data))));
    await write(pipe, "content");
    expect(await read).toBe("content");
    expect(statSync(pipe).isFIFO()).toBe(true);
  });
});

it("a stream that breaks leaves the file as it was", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "a"), "before");
  const broken = Readable.from(
    (function* () {
      yield "half";
      throw new Error("cut");
    })(),
  );
  expect((await errorOf(() => writeWholeStream(join(folder, "a"), broken))).message).toBe("cut");
  expect(readFileSync(join(folder, "a"), "utf8")).toBe("before");
  expect(readdirSync(folder)).toEqual(["a"]);
});
