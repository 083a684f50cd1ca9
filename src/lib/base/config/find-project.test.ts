import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { findProjectFile, resolvePaths } from "./find-project.js";

it("the project of a folder is its own file, or inside a repository the nearest up to its root", () => {
  const root = temporaryFolder();
  const inner = join(root, "repo", "a", "b");
  mkdirSync(inner, { recursive: true });
  writeFileSync(join(root, "llmops.yaml"), "");
  expect(findProjectFile(inner)).toBeUndefined();
  mkdirSync(join(root, "repo", ".git"));
  expect(findProjectFile(inner)).toBeUndefined(); // above the repository's root
  writeFileSync(join(root, "repo", "llmops.yaml"), "");
  expect(findProjectFile(inner)).toBe(join(root, "repo", "llmops.yaml"));
  writeFileSync(join(inner, "llmops.yaml"), "");
  expect(findProjectFile(inner)).toBe(join(inner, "llmops.yaml"));
});

it("relative paths start in the file's folder; names, URIs and absolute paths stay", () => {
  const home = temporaryFolder();
  writeFileSync(join(home, "m.gguf"), "");
  const at = { file: join(home, "llmops.yaml"), folder: "/elsewhere" };
  expect(resolvePaths("qa.jsonl", "file", at)).toBe(join(home, "qa.jsonl"));
  expect(resolvePaths("/qa.jsonl", "file", at)).toBe("/qa.jsonl");
  expect(resolvePaths("runs", "store", at)).toBe(join(home, "runs"));
  expect(resolvePaths("sqlite:///m.db", "store", at)).toBe(`sqlite:///${join(home, "m.db")}`);
  expect(resolvePaths("http://h:5000", "store", at)).toBe("http://h:5000");
  expect(resolvePaths("@s.txt", "prompt", at)).toBe(`@${join(home, "s.txt")}`);
  expect(resolvePaths("Be brief.", "prompt", at)).toBe("Be brief.");
  expect(resolvePaths(["demo", "m.gguf"], "model", at)).toEqual(["demo", join(home, "m.gguf")]);
  expect(resolvePaths(["v1=m.gguf:0.5"], "assignment", at)).toEqual([`v1=${join(home, "m.gguf")}:0.5`]);
  expect(resolvePaths("qa.jsonl", "file", { ...at, folder: home })).toBe("qa.jsonl");
});
