import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describeSkipped } from "./helpers/tools.js";

/** The end-to-end tests run the built command line: it is built once, and not again where nothing has changed since. */
export default function setup(): void {
  execFileSync(process.execPath, ["scripts/build.mjs", "--if-needed"], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stdio: "inherit",
  });
  const skipped = describeSkipped();
  if (skipped !== undefined && process.env["CI"] !== "true") console.log(skipped);
}
