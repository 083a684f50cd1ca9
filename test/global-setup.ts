import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describeSkipped } from "./helpers/tools.js";

/** The end-to-end tests run the built command line: build it once. */
export default function setup(): void {
  execFileSync(process.execPath, ["scripts/build.mjs"], { cwd: fileURLToPath(new URL("..", import.meta.url)), stdio: "inherit" });
  const skipped = describeSkipped();
  if (skipped !== undefined && process.env["CI"] !== "true") console.log(skipped);
}
