import { readFileSync } from "node:fs";
import { availableParallelism, freemem } from "node:os";

/** Cores this process may use: the affinity mask, and the quota of a container. At least 1. */
export function availableCores(): number {
  const [quota, period] = readFirst("/sys/fs/cgroup/cpu.max")?.split(" ").map(Number) ?? [];
  const cores = availableParallelism();
  return quota && period ? Math.max(1, Math.min(cores, Math.ceil(quota / period))) : cores;
}

/** Memory in bytes that can still be taken without swapping: what the system has left, or what the container may still use. */
export function availableMemoryBytes(): number {
  const kilobytes = /^MemAvailable:\s+(\d+) kB/m.exec(readFirst("/proc/meminfo") ?? "")?.[1];
  const system = kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
  const limit = Number(readFirst("/sys/fs/cgroup/memory.max"));
  const used = Number(readFirst("/sys/fs/cgroup/memory.current"));
  return limit > 0 && used >= 0 ? Math.min(system, limit - used) : system;
}

/** A small file of the system's, or undefined where there is none ("max" in a limit becomes NaN above). */
function readFirst(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}
