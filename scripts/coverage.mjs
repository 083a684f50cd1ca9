// Runs the tests that run in their own process with coverage, and prints the folders of src of which least is executed.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const SHOWN = 15;
const root = fileURLToPath(new URL("..", import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const args = ["run", "--coverage", "--config", "vitest.coverage.config.ts", ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, [vitest, ...args], { cwd: root, stdio: "inherit" });

const files = Object.entries(JSON.parse(readFileSync(join(root, "coverage", "coverage-summary.json"), "utf8")));
const folders = new Map();
for (const [path, { lines }] of files.filter(([name]) => name !== "total")) {
  const inside = dirname(relative(root, path));
  for (const folder of new Set([inside, ...["src/lib", "src/app", "src/cli", "src/commands"].filter((one) => inside.startsWith(one))])) {
    const { covered = 0, total = 0 } = folders.get(folder) ?? {};
    folders.set(folder, { covered: covered + lines.covered, total: total + lines.total });
  }
}
const shareOf = ({ covered, total }) => (total === 0 ? 1 : covered / total);
const worst = [...folders].sort(([, one], [, other]) => shareOf(one) - shareOf(other));
const line = ([folder, counts]) =>
  `${(100 * shareOf(counts)).toFixed(1).padStart(5)} %  ${String(counts.total).padStart(5)} lines  ${folder}`;
console.log(`\nLines executed, by floor, then the ${SHOWN} folders with the fewest:`);
for (const one of worst.filter(([folder]) => folder.split("/").length === 2)) console.log(line(one));
console.log("");
for (const one of worst.slice(0, SHOWN)) console.log(line(one));
process.exitCode = status ?? 1;
