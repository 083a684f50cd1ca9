// Runs the tests and prints which lines of src they execute, in their own process and in those of commands: by floor, and the folders with the
// fewest. Fails under the floors. With --report it counts again what the last run has left in coverage.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { executedLines } from "./command-coverage.mjs";

/** Percent of the lines. */
const FLOORS = { "src/lib": 85, "src/app": 85 };
const SHOWN = 15;
const root = fileURLToPath(new URL("..", import.meta.url));
const [kept, dumps, maps] = ["", "commands", "maps"].map((name) => join(root, "coverage", name));
const resolved = (name) => createRequire(import.meta.url).resolve(name);
const node = (args, env = {}) =>
  spawnSync(process.execPath, args, { cwd: root, stdio: "inherit", env: { ...process.env, ...env } }).status ?? 1;

const isReport = process.argv.includes("--report");
const status = isReport ? 0 : runTests(process.argv.slice(2));
const commands = executedLines({ dumps, dist: join(root, "dist"), maps });
const files = new Map();
for (const name of readdirSync(kept, { recursive: true }).filter((path) => path.endsWith("coverage-final.json"))) {
  for (const [path, { statementMap, s }] of Object.entries(JSON.parse(readFileSync(join(kept, name), "utf8")))) {
    const lines = files.get(path) ?? new Map();
    files.set(path, lines);
    for (const [id, { start }] of Object.entries(statementMap)) {
      lines.set(start.line, lines.get(start.line) === true || s[id] > 0 || commands.get(path)?.has(start.line) === true);
    }
  }
}
process.exitCode = Math.max(status, report(countFolders()));

function runTests(words) {
  rmSync(kept, { recursive: true, force: true });
  mkdirSync(dumps, { recursive: true });
  const built = node(["scripts/build.mjs", "--if-needed"]);
  const mapped = node([
    resolved("typescript/bin/tsc"),
    "-p",
    "tsconfig.build.json",
    "--sourceMap",
    "--declaration",
    "false",
    "--outDir",
    maps,
  ]);
  if (built + mapped > 0) process.exit(1);
  const vitest = join(dirname(resolved("vitest/package.json")), "vitest.mjs");
  return node([vitest, "run", "--coverage", "--config", "vitest.coverage.config.ts", ...words], { LLMOPS_COVERAGE_DIR: dumps });
}

function countFolders() {
  const folders = new Map();
  for (const [path, lines] of files) {
    const inside = dirname(relative(root, path));
    const floor = inside.split("/").slice(0, 2).join("/");
    for (const folder of new Set([inside, floor])) {
      const { covered = 0, total = 0 } = folders.get(folder) ?? {};
      const executed = [...lines.values()].filter(Boolean).length;
      folders.set(folder, { covered: covered + executed, total: total + lines.size });
    }
  }
  return folders;
}

function shareOf({ covered, total }) {
  return total === 0 ? 1 : covered / total;
}

/** The exit code. */
function report(folders) {
  const worst = [...folders].sort(([, one], [, other]) => shareOf(one) - shareOf(other));
  const line = ([folder, counts]) =>
    `${(100 * shareOf(counts)).toFixed(1).padStart(5)} %  ${String(counts.total).padStart(5)} lines  ${folder}`;
  console.log(`\nLines executed, by floor, then the ${SHOWN} folders with the fewest:`);
  for (const one of worst.filter(([folder]) => folder.split("/").length === 2)) console.log(line(one));
  console.log("");
  for (const one of worst.slice(0, SHOWN)) console.log(line(one));
  const low = Object.entries(FLOORS).filter(([folder, floor]) => 100 * shareOf(folders.get(folder) ?? { covered: 0, total: 1 }) < floor);
  for (const [folder, floor] of low) console.error(`${folder} has less than ${floor} % of its lines executed.`);
  return low.length > 0 ? 1 : 0;
}
