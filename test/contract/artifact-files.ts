import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import type { ArtifactFiles } from "../../src/lib/tracking/artifact-store.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { errorCodeOf } from "./opened-backend.js";

/** Files in one kind of place, and the URI of a run's that nobody else uses. */
export interface OpenedFiles {
  files: ArtifactFiles;
  uri: string;
}

/** What holds of artifacts, wherever they are kept. */
export function artifactFilesContract(open: () => Promise<OpenedFiles>): void {
  it("writes text, bytes, and streams, and writes over them", async () => {
    const { files, uri } = await open();
    await files.write(uri, "text.txt", "größer");
    await files.write(uri, "deep/er/bytes.bin", new Uint8Array([0, 255]));
    await files.write(uri, "deep/stream.txt", Readable.from(["one ", "two"]));
    await files.write(uri, "empty", "");
    expect(await text(await files.read(uri, "text.txt"))).toBe("größer");
    expect(await text(await files.read(uri, "deep/stream.txt"))).toBe("one two");
    expect(await text(await files.read(uri, "empty"))).toBe("");
    await files.write(uri, "text.txt", "other");
    expect(await text(await files.read(uri, "text.txt"))).toBe("other");
    expect(await files.list(uri, "")).toEqual([
      { path: "deep", isFolder: true, sizeBytes: 0 },
      { path: "empty", isFolder: false, sizeBytes: 0 },
      { path: "text.txt", isFolder: false, sizeBytes: 5 },
    ]);
    expect(await files.list(uri, "deep")).toEqual([
      { path: "deep/er", isFolder: true, sizeBytes: 0 },
      { path: "deep/stream.txt", isFolder: false, sizeBytes: 7 },
    ]);
    for (const none of ["none", "text.txt", "de"]) expect(await files.list(uri, none), none).toEqual([]);
  });

  it.each(["a b.txt", "a+b&c=d.txt", "a%20b.txt", "é ü 漢字 🎉", "'\"<x>", "#?:@!$*()~,;", "tab\tnew\nline", ".hidden", "x".repeat(200)])(
    "has a file called %j",
    async (name) => {
      const { files, uri } = await open();
      await files.write(uri, `folder/${name}`, name);
      expect(await files.list(uri, "folder")).toEqual([{ path: `folder/${name}`, isFolder: false, sizeBytes: Buffer.byteLength(name) }]);
      expect(await text(await files.read(uri, `folder/${name}`))).toBe(name);
      await files.delete(uri, `folder/${name}`);
      expect(await files.list(uri, "folder")).toEqual([]);
    },
  );

  it("reads parts of a file", async () => {
    const { files, uri } = await open();
    await files.write(uri, "a.txt", "0123456789");
    const facts = await files.describe(uri, "a.txt");
    expect(facts.sizeBytes).toBe(10);
    expect(Math.abs(facts.modifiedMs - Date.now())).toBeLessThan(3_600_000);
    for (const [first, last, expected] of [
      [0, 0, "0"],
      [3, 5, "345"],
      [9, 9, "9"],
      [0, 9, "0123456789"],
    ] as const)
      expect(await text(await files.read(uri, "a.txt", { facts, range: { first, last } }))).toBe(expected);
    await files.write(uri, "a.txt", "another");
    expect((await files.describe(uri, "a.txt")).version).not.toBe(facts.version);
  });

  it("says what is not there, and takes no path that leaves its folder", async () => {
    const { files, uri } = await open();
    await files.write(uri, "folder/a.txt", "text");
    for (const path of ["none", "folder", "folder/a.txt/b"]) {
      expect(await errorCodeOf(files.describe(uri, path)), path).toBe("RESOURCE_DOES_NOT_EXIST");
      expect(await errorCodeOf(files.read(uri, path)), path).toBe("RESOURCE_DOES_NOT_EXIST");
    }
    expect(await errorCodeOf(files.fetch(uri, "none", temporaryFolder()))).toBe("RESOURCE_DOES_NOT_EXIST");
    for (const path of ["../a.txt", "a/../../b", "/etc/passwd", "%2e%2e/x", "a\\..\\..\\b", "x\0"]) {
      expect(await errorCodeOf(files.read(uri, path)), path).toBe("INVALID_PARAMETER_VALUE");
      expect(await errorCodeOf(files.write(uri, path, "")), path).toBe("INVALID_PARAMETER_VALUE");
      expect(await errorCodeOf(files.list(uri, path)), path).toBe("INVALID_PARAMETER_VALUE");
      expect(await errorCodeOf(files.delete(uri, path)), path).toBe("INVALID_PARAMETER_VALUE");
    }
    for (const path of ["", ".", "./"]) expect(await errorCodeOf(files.write(uri, path, "x")), path).toBe("INVALID_PARAMETER_VALUE");
    expect(await errorCodeOf(files.write(uri, "x".repeat(1100), ""))).toBe("INVALID_PARAMETER_VALUE");
  });

  it("deletes a file, a folder, and nothing beside them", async () => {
    const { files, uri } = await open();
    for (const path of ["a/1.txt", "a/b/2.txt", "ab/3.txt", "a.txt"]) await files.write(uri, path, "text");
    await files.delete(uri, "none");
    await files.delete(uri, "a");
    expect((await files.list(uri, "")).map(({ path }) => path)).toEqual(["a.txt", "ab"]);
    await files.delete(uri, "");
    expect(await files.list(uri, "")).toEqual([]);
  });

  it("is files of this machine, one or a folder", async () => {
    const { files, uri } = await open();
    await files.write(uri, "model/MLmodel", "flavors: {}");
    await files.write(uri, "model/data/weights.bin", "1234");
    const folder = await files.fetch(uri, "model", temporaryFolder());
    expect(readFileSync(join(folder, "data", "weights.bin"), "utf8")).toBe("1234");
    expect(readFileSync(await files.fetch(uri, "model/MLmodel", temporaryFolder()), "utf8")).toBe("flavors: {}");
  });

  it("leaves what was there where an upload breaks off", async () => {
    const { files, uri } = await open();
    await files.write(uri, "a.txt", "before");
    for (const path of ["a.txt", "new.txt"]) {
      const broken = Readable.from(
        (async function* () {
          yield "half of ";
          throw Object.assign(new Error("aborted"), { code: "ECONNRESET" });
        })(),
      );
      expect(await errorCodeOf(files.write(uri, path, broken)), path).toBe("INVALID_PARAMETER_VALUE");
    }
    expect((await files.list(uri, "")).map(({ path }) => path)).toEqual(["a.txt"]);
    expect(await text(await files.read(uri, "a.txt"))).toBe("before");
  });
}
