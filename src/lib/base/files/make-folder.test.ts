import { existsSync, writeFileSync } from "node:fs";
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
