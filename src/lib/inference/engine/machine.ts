import { readFileSync } from "node:fs";
import { availableParallelism, freemem } from "node:os";

type ReadFile = (path: string) => string | undefined;

/** Cores this process may use: the affinity mask, and the quota of a container, rounded up. At least 1. */
export function availableCores(read: ReadFile = readSystemFile): number {
  const quota = cpuQuota(read) ?? Infinity;
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(quota)));
}

/**
 * Cores' worth of time that this process's control groups allow it, such as 1.5; undefined without a limit. The least of its own group
 * and those above it (cgroups(7), versions 1 and 2).
 */
export function cpuQuota(read: ReadFile = readSystemFile): number | undefined {
  const limits = (read("/proc/self/cgroup") ?? "0::/").split("\n").flatMap((line) => {
    const [, controllers = "", path = "/"] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers !== "" && !controllers.split(",").includes("cpu")) return [];
    return groupsOf(path).flatMap((group) => (controllers === "" ? quotaOfV2(group, read) : quotaOfV1(group, controllers, read)) ?? []);
  });
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** A group and all above it, up to the root. In a container only the root may be there, which is then its own group. */
function groupsOf(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "");
  return ["", ...names.map((_, i) => `/${names.slice(0, i + 1).join("/")}`)];
}

function quotaOfV2(group: string, read: ReadFile): number | undefined {
  const [quota, period] = (read(`/sys/fs/cgroup${group}/cpu.max`) ?? "").split(" ").map(Number);
  return quota && period ? quota / period : undefined;
}

function quotaOfV1(group: string, controllers: string, read: ReadFile): number | undefined {
  for (const mount of new Set(["cpu", controllers])) {
    const [quota, period] = ["quota", "period"].map((name) => Number(read(`/sys/fs/cgroup/${mount}${group}/cpu.cfs_${name}_us`)));
    if (quota && period && quota > 0) return quota / period;
  }
  return undefined;
}

/** Memory in bytes that can still be taken without swapping: what the system has left, or what the container may still use. */
export function availableMemoryBytes(): number {
  const kilobytes = /^MemAvailable:\s+(\d+) kB/m.exec(readSystemFile("/proc/meminfo") ?? "")?.[1];
  const system = kilobytes === undefined ? freemem() : Number(kilobytes) * 1024;
  const limit = Number(readSystemFile("/sys/fs/cgroup/memory.max"));
  const used = Number(readSystemFile("/sys/fs/cgroup/memory.current"));
  return limit > 0 && used >= 0 ? Math.min(system, limit - used) : system;
}

/** A small file of the system's, or undefined where there is none ("max" in a limit becomes NaN above). */
export function readSystemFile(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined;
  }
}
