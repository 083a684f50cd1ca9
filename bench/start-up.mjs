// Claim: --version and --help load nothing heavy: they cost little more than Node itself.
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { medianSorted } from "simple-statistics";

const RUNS = 15;
const bin = fileURLToPath(new URL("../bin/run.cjs", import.meta.url));
const cases = {
  "node -e 0": ["-e", "0"],
  "--version": [bin, "--version"],
  "--help": [bin, "--help"],
  "sweep --help": [bin, "sweep", "--help"],
};
const times = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
for (let run = 0; run < RUNS; run++) {
  for (const [name, args] of Object.entries(cases)) {
    const start = performance.now();
    spawnSync(process.execPath, args, { cwd: tmpdir() });
    times[name].push(performance.now() - start);
  }
}
const median = (values) => medianSorted([...values].sort((a, b) => a - b));
const base = median(times["node -e 0"]);
for (const [name, values] of Object.entries(times)) {
  console.log(`${name.padEnd(14)} ${median(values).toFixed(0).padStart(5)} ms   ${(median(values) / base).toFixed(1)} x node`);
}
