// Claim: --version and --help load nothing heavy: they cost little more than Node itself, at most 0.25 s of processor time.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { medianSorted } from "simple-statistics";

const RUNS = 10;
/** Of Linux's clock for processes. */
const TICKS_PER_SECOND = 100;
const bin = fileURLToPath(new URL("../bin/run.cjs", import.meta.url));
const cases = {
  "node -e 0": ["-e", "0"],
  "--version": [bin, "--version"],
  "--help": [bin, "--help"],
  "sweep --help": [bin, "sweep", "--help"],
};
const seen = Object.fromEntries(Object.keys(cases).map((name) => [name, { cpu: 0, times: [] }]));
// one after the other, so that what else the machine does falls on all alike
for (let run = 0; run < RUNS; run++) {
  for (const [name, args] of Object.entries(cases)) {
    const [start, before] = [performance.now(), childrenSeconds()];
    spawnSync(process.execPath, args, { cwd: tmpdir() });
    seen[name].times.push(performance.now() - start);
    seen[name].cpu += (childrenSeconds() - before) / RUNS;
  }
}
const median = (values) => medianSorted([...values].sort((a, b) => a - b));
const base = seen["node -e 0"];
for (const [name, { cpu, times }] of Object.entries(seen)) {
  const wall = `${median(times).toFixed(0).padStart(5)} ms   ${(median(times) / median(base.times)).toFixed(1)} x node`;
  console.log(`${name.padEnd(14)} ${wall}   ${Number.isNaN(cpu) ? "" : `${cpu.toFixed(3)} s of processor time`}`);
}

/** Processor time of children that have ended, user and system; NaN where there is no /proc. */
function childrenSeconds() {
  try {
    const [, fields = ""] = readFileSync("/proc/self/stat", "utf8").split(") ");
    const [user, system] = fields.split(" ").slice(13, 15).map(Number);
    return (user + system) / TICKS_PER_SECOND;
  } catch {
    return NaN;
  }
}
