import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { makeFolder } from "./make-folder.js";

it("makes a folder and those above it, and takes one that is there", () => {
  const folder = join(temporaryFolder(), "a", "b");
  makeFolder(folder, 0o700);
  makeFolder(folder);
  expect(existsSync(folder)).toBe(true);
});

it("throws what the system says", () => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");
  expect(() => makeFolder(join(file, "below"))).toThrow(/ENOTDIR/);
});

it.skipIf(!existsSync("/proc/self"))("ends with what the system says where a folder takes no folders, instead of trying forever", () => {
  expect(() => makeFolder("/proc/nope")).toThrow(/ENOENT.*proc.nope/);
  expect(() => makeFolder("/proc/nope/below/it")).toThrow(/ENOENT.*proc.nope/);
});

it("throws what a link to nowhere is, and takes a link to a folder", () => {
  const folder = temporaryFolder();
  symlinkSync(join(folder, "nowhere"), join(folder, "broken"));
  symlinkSync(folder, join(folder, "link"));
  expect(() => makeFolder(join(folder, "broken"))).toThrow(/EEXIST/);
  makeFolder(join(folder, "link"));
  makeFolder(join(folder, "link", "a", "b"));
  expect(existsSync(join(folder, "a", "b"))).toBe(true);
});
