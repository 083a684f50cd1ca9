import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { expect, it } from "vitest";

const builtAt = () => statSync("oclif.manifest.json").mtimeMs;

it("npx, which builds before its first command, finds what npm ci has built as it is", () => {
  const before = builtAt();
  execFileSync(process.execPath, ["scripts/build.mjs", "--if-needed"]);
  expect(builtAt()).toBe(before);
});

it("the application is built with the React that is for its users, also by tests", () => {
  const files = readdirSync("dist/web/assets");
  expect(files.filter((name) => name.startsWith("index-") && name.endsWith(".js"))).toHaveLength(1);
  expect(files.filter((name) => name.includes("jsx-dev"))).toEqual([]);
});

it("no page waits for the browser's language data: the hook that asks for it is replaced", () => {
  // the listener is the hook's own; a new version of its package that names its file otherwise would bring it back
  const scripts = readdirSync("dist/web/assets").filter((name) => name.endsWith(".js"));
  expect(scripts.filter((name) => readFileSync(`dist/web/assets/${name}`, "utf8").includes("languagechange"))).toEqual([]);
});
