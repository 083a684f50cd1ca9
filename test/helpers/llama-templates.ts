import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const FOLDER = "models/templates";

/**
 * The chat templates of real models that llama.cpp's sources have, by name: from the git bundle that comes with node-llama-cpp. Takes a
 * second or two.
 */
export function llamaTemplates(): Map<string, string> {
  const bundle = join(dirname(createRequire(import.meta.url).resolve("node-llama-cpp")), "..", "llama", "gitRelease.bundle");
  const clone = mkdtempSync(join(tmpdir(), "llmops-templates-"));
  try {
    const { status, stderr } = spawnSync("git", ["clone", "--quiet", "--no-checkout", bundle, clone], { encoding: "utf8" });
    if (status !== 0) throw new Error(`git cannot clone ${bundle}: ${stderr}`);
    const checkout = spawnSync("git", ["-C", clone, "checkout", "--quiet", "HEAD", "--", FOLDER], { encoding: "utf8" });
    if (checkout.status !== 0) throw new Error(`git cannot check out ${FOLDER}: ${checkout.stderr}`);
    const files = readdirSync(join(clone, FOLDER)).filter((name) => name.endsWith(".jinja"));
    return new Map(files.sort().map((name) => [name.slice(0, -".jinja".length), readFileSync(join(clone, FOLDER, name), "utf8")]));
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
}
