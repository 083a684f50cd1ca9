import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BUNDLE = fileURLToPath(new URL("../../node_modules/node-llama-cpp/llama/gitRelease.bundle", import.meta.url));

/** Texts of llama.cpp's repository at the version that node-llama-cpp brings, by path. */
export function readLlamaSources(paths: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "llama-source-"));
  try {
    execFileSync("git", ["clone", "--quiet", "--bare", BUNDLE, folder], { stdio: "pipe" });
    return paths.map((path) => execFileSync("git", ["--git-dir", folder, "show", `HEAD:${path}`], { encoding: "utf8", maxBuffer: 1e8 }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
