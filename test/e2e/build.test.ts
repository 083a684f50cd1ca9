import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { expect, it } from "vitest";

const builtAt = () => statSync("oclif.manifest.json").mtimeMs;

it("npx, which builds before its first command, finds what npm ci has built as it is", () => {
  const before = builtAt();
  execFileSync(process.execPath, ["scripts/build.mjs", "--if-needed"]);
  expect(builtAt()).toBe(before);
});
