import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { systemCodeOf } from "../errors/llmops-error.js";

/** A process that nothing else is taken for: a number is given to another process one day, a number with its start is not. */
export interface ProcessIdentity {
  pid: number;
  /** Where that number counts: the machine since it was started, and on Linux the container. */
  place: string;
  /** When it started, in the system's own words; absent where the system does not say. */
  started?: string | undefined;
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  return (own ??= { pid: process.pid, place: thisPlace(), ...startOf(process.pid) });
}

let own: ProcessIdentity | undefined;

/** Whether a process is alive; undefined for one of another machine or container, of which nothing is known here. */
export function isRunning({ pid, place, started }: ProcessIdentity): boolean | undefined {
  if (place !== ownIdentity().place) return undefined;
  if (!exists(pid)) return false;
  return started === undefined || started === (startOf(pid).started ?? started);
}

/** This process in a file name: its number, and after a point what tells it from others of that number. */
export function ownMark(): string {
  return markOf(ownIdentity());
}

/** Whether the process of such a mark is alive; undefined for one of another machine, container or start of either. */
export function isMarkRunning(mark: string): boolean | undefined {
  const pid = Number.parseInt(mark, 10);
  const { place } = ownIdentity();
  const here = markOf({ pid, place, ...startOf(pid) });
  if (here.slice(0, -START_DIGITS) !== mark.slice(0, -START_DIGITS)) return undefined;
  if (!exists(pid)) return false;
  // where the system does not say when it started, its number has to do
  return here === mark || startOf(pid).started === undefined;
}

const START_DIGITS = 8;

function markOf({ pid, place, started = "" }: ProcessIdentity): string {
  const [where, when] = [place, started].map((text) => createHash("sha256").update(text).digest("hex").slice(0, START_DIGITS));
  return `${pid}.${where}${when}`;
}

/** Whether there is a process of that number, be it the one that is meant or another. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) === "EPERM";
  }
}

/** What the system calls this start of the machine; undefined where it has no name for it. */
export function bootId(): string | undefined {
  return orNothing(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
}

function thisPlace(): string {
  return [hostname(), bootId(), orNothing(() => readlinkSync("/proc/self/ns/pid"))].filter((part) => part !== undefined).join(" ");
}

/** Linux: the 22nd field of /proc/PID/stat, in ticks since the machine was started; elsewhere what ps says. */
function startOf(pid: number): { started?: string } {
  const started =
    process.platform === "linux"
      ? orNothing(
          () =>
            readFileSync(`/proc/${pid}/stat`, "latin1")
              .replace(/^.*\) /s, "")
              .split(" ")[19],
        )
      : orNothing(() => psStart(pid));
  return started === undefined || started === "" ? {} : { started };
}

function psStart(pid: number): string {
  return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
