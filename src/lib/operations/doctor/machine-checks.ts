import { existsSync, readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { arch, platform, totalmem } from "node:os";
import { dirname, resolve } from "node:path";
import { availableCores, availableMemoryBytes } from "../../inference/engine/machine.js";
import { failed, ok, skipped, warning, type Check, type Finding } from "./finding.js";
import { formatSize } from "../../inference/models/format-size.js";
import { counted } from "../../base/errors/counted.js";

const LEAST_NODE = [20, 19] as const;
const LITTLE_DISK = 2e9;
const NO_DISK = 100e6;
const FEW_FILES = 1024;
/** A clock before this program was written is wrong. */
const BUILT = Date.UTC(2026, 10, 1);
const LATE_MS = 60_000;

export interface MachineFacts {
  /** Such as "20.20.2". */
  nodeVersion: string;
  /** Folders that are written to. */
  folders: readonly string[];
  now: number;
  /** What other machines' clocks say, by their address. */
  remoteClocks: () => Promise<{ url: string; time: number }[]>;
}

/** Node, processor, disk, open files, clock. */
export function machineChecks({ nodeVersion, folders, now, remoteClocks }: MachineFacts): Check[] {
  return [
    { name: "Node.js", run: () => checkNode(nodeVersion) },
    { name: "processor", run: checkProcessor },
    { name: "memory", run: checkMemoryLeft },
    { name: "disk", run: () => checkDisk(folders) },
    { name: "open files", run: checkOpenFiles },
    { name: "clock", run: () => checkClock(now, remoteClocks) },
  ];
}

function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return ok(`${version} on ${platform()} ${arch()}`);
  return failed(
    `${version} is too old: ${LEAST_NODE.join(".")} or newer is needed.`,
    "Install a current Node.js, from nodejs.org or with nvm.",
  );
}

function checkProcessor(): Finding {
  const cores = availableCores();
  const flags = new Set(/^(?:flags|Features)\s*:\s*(.*)$/m.exec(readIfThere("/proc/cpuinfo"))?.[1]?.split(" "));
  const known = ["avx", "avx2", "fma", "f16c", "avx512f", "avx_vnni", "amx_int8", "asimd", "asimddp", "i8mm"].filter((flag) =>
    flags.has(flag),
  );
  const text = `${counted(cores, "core")} may be used${known.length > 0 ? `; ${known.join(", ")}` : ""}`;
  if (arch() === "x64" && flags.size > 0 && !flags.has("avx2")) {
    return warning(
      `${text}. The processor lacks AVX2: models run several times slower on it.`,
      "On a virtual machine choose a CPU model that passes AVX2 on (such as host-passthrough).",
    );
  }
  return cores === 1
    ? warning(text, "One core serves one answer at a time: give the container or machine more, for a model on the processor.")
    : ok(text);
}

function checkMemoryLeft(): Finding {
  return ok(`${formatSize(availableMemoryBytes())} of ${formatSize(totalmem())} can be used`);
}

async function checkDisk(folders: readonly string[]): Promise<Finding> {
  const found = await Promise.all(
    folders.map(async (folder) => {
      const { bavail, bsize } = await statfs(nearestFolder(folder));
      return { folder, free: bavail * bsize };
    }),
  );
  const sizes = [...new Set(found.map(({ free }) => formatSize(free)))];
  const foldersOf = (size: string) => found.filter(({ free }) => formatSize(free) === size).map(({ folder }) => folder);
  const text = sizes.map((size) => `${size} free for ${foldersOf(size).join(", ")}`).join("; ");
  const least = Math.min(...found.map(({ free }) => free));
  if (least < NO_DISK)
    return failed(text, "Make room: nothing can be recorded, and the journal of what MLflow does not have yet may be lost.");
  return least < LITTLE_DISK ? warning(text, "Make room: models are larger. `llmops mlflow gc` removes deleted runs.") : ok(text);
}

/** The folder, or the first one above it that is there. */
function nearestFolder(folder: string): string {
  const path = resolve(folder);
  return existsSync(path) || path === dirname(path) ? path : nearestFolder(dirname(path));
}

function checkOpenFiles(): Finding {
  const limit = Number(/^Max open files\s+(\d+)/m.exec(readIfThere("/proc/self/limits"))?.[1]);
  if (Number.isNaN(limit)) return skipped("the limit is not known on this system");
  return limit < FEW_FILES
    ? warning(`at most ${limit}`, "A server with many clients needs more: ulimit -n 65536, or LimitNOFILE= of systemd.")
    : ok(`at most ${limit}`);
}

async function checkClock(now: number, remoteClocks: MachineFacts["remoteClocks"]): Promise<Finding> {
  const shown = new Date(now).toISOString();
  if (now < BUILT)
    return failed(`It says ${shown}, which is past.`, "Set it, or turn on time synchronization: runs and limits depend on it.");
  const clocks = await remoteClocks();
  const late = clocks.find(({ time }) => Math.abs(time - now) > LATE_MS);
  if (!late) return ok(clocks.length > 0 ? `${shown}, as ${clocks.map(({ url }) => url).join(" and ")} have it` : shown);
  const seconds = Math.round((now - late.time) / 1000);
  return warning(
    `${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} ${late.url}`,
    "Turn on time synchronization: runs of both would be in the wrong order.",
  );
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
