import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeSkipped } from "./helpers/tools.js";

/**
 * The end-to-end tests run the built command line: it is built once, and not again where nothing has changed since. What they need to know
 * of one another is kept in a folder that is removed when they end.
 */
export default function setup(): () => void {
  execFileSync(process.execPath, ["scripts/build.mjs", "--if-needed"], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdio: "inherit",
  });
  const skipped = describeSkipped();
  if (skipped !== undefined && process.env["CI"] !== "true") console.log(skipped);
  const folder = mkdtempSync(join(tmpdir(), "llmops-tests-"));
  process.env["TESTED_LIBRARY_DIR"] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
