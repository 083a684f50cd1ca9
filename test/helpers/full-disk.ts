import { execFileSync, spawnSync } from "node:child_process";

/** Whether this machine can keep files of this process from growing: Linux with prlimit. */
export const canFillDisks = process.platform === "linux" && spawnSync("prlimit", ["--version"]).status === 0;

/**
 * Does work while no file of this process can grow beyond so many bytes: as on a disk that gets full, a write takes what fits and the next
 * fails. Afterwards there is room again. Work that waits is not covered.
 */
export function onFullDisk<T>(bytes: number, work: () => T): T {
  limit(`${bytes}`);
  try {
    return work();
  } finally {
    limit("unlimited");
  }
}

/** The soft limit alone, which may be raised again. */
function limit(bytes: string): void {
  execFileSync("prlimit", ["--pid", String(process.pid), `--fsize=${bytes}:`]);
}
