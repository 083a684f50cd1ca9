// Runs the tests; those that are named, or all. Where all run on CI (CI=true), the lines they execute are counted too, and must not be fewer than
// the floors of coverage.mjs.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const words = process.argv.slice(2);
const isCounted = process.env.CI === "true" && words.length === 0;
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const args = isCounted ? [fileURLToPath(new URL("coverage.mjs", import.meta.url))] : [vitest, "run", ...words];
const { status } = spawnSync(process.execPath, args, { cwd: fileURLToPath(new URL("..", import.meta.url)), stdio: "inherit" });
process.exitCode = status ?? 1;
