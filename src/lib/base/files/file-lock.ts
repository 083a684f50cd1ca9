import { createHash, randomUUID } from "node:crypto";
import { constants, copyFileSync, linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { LlmopsError, systemCodeOf } from "../errors/llmops-error.js";
import { DRAFT_TAG, removeLeft } from "./left-drafts.js";
import { exists, isRunning, ownIdentity } from "./process-identity.js";

/** A lock that is held, with what releases it, or the number of the process that holds it. */
export type FileLock = { release: () => void; owner: undefined } | { owner: number };

/** Holders touch their lock so often: that is what processes elsewhere, which cannot ask for the holder, know it by. */
const HEARTBEAT_MS = 5000;
const SILENT_MS = 60_000;
const WAIT_MS = 30_000;
const holderSchema = z.object({ pid: z.int().positive(), place: z.string(), started: z.string().optional(), token: z.string() });

/**
 * Takes a lock file, unless a process that is alive has it. One that a process left that is gone is taken over, by one process alone.
 * A lock is never there without its holder: it is a link to a file that was filled before. Throws the system's error.
 */
export function takeLock(path: string): FileLock {
  const draft = `${path}.${randomUUID()}`;
  const token = randomUUID();
  try {
    writeFileSync(draft, JSON.stringify({ ...ownIdentity(), token }), { flag: "wx", mode: 0o600 });
    for (;;) {
      if (linkFilled(draft, path)) return held(path, token);
      const there = readHolder(path);
      if (!there) continue; // released meanwhile
      if (there.isAlive) return { owner: there.pid };
      const rival = takeOver(path, there.digest, draft);
      if (rival === undefined) return held(path, token);
      if (rival.pid !== undefined) return { owner: rival.pid };
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Does work while no other process does work under the same lock, waiting for it. Throws STORE_UNWRITABLE after `waitMs`, what `work` throws. */
export async function withFileLock<T>(path: string, work: () => T | Promise<T>, { waitMs = WAIT_MS } = {}): Promise<T> {
  const begun = performance.now();
  for (;;) {
    const lock = takeLock(path);
    if (lock.owner === undefined) {
      try {
        return await work();
      } finally {
        lock.release();
      }
    }
    if (performance.now() - begun > waitMs) throw busy(path, lock.owner);
    await sleep(2 + Math.random() * 20);
  }
}

/** Gives a filled draft another name as well, whole at once where the file system has links; false where that name is taken. */
export function linkFilled(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    const code = systemCodeOf(error) ?? "";
    if (code === "EEXIST") return false;
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(code)) throw error;
  }
  try {
    copyFileSync(draft, path, constants.COPYFILE_EXCL); // a file system without links; `readHolder` knows half-written ones
    return true;
  } catch (error) {
    if (systemCodeOf(error) === "EEXIST") return false;
    throw error;
  }
}

/**
 * Puts a draft in the place of a lock whose holder is gone. Who does that first takes a lock named after what stood in the old one, so that
 * of several who saw the same one exactly one replaces it, and nobody replaces what has been replaced since. Returns who was faster.
 */
function takeOver(path: string, digest: string, draft: string): { pid?: number } | undefined {
  const guard = takeLock(`${path}.${digest}`);
  if (guard.owner !== undefined) return { pid: guard.owner };
  try {
    if (readHolder(path)?.digest !== digest) return {};
    renameSync(draft, path);
    return undefined;
  } finally {
    guard.release();
  }
}

interface Holder {
  pid: number;
  isAlive: boolean;
  /** Of what stands in the lock. */
  digest: string;
}

/** Who holds a lock; undefined where there is none. */
function readHolder(path: string): Holder | undefined {
  let content: string;
  let silentMs: number;
  try {
    content = readFileSync(path, "utf8");
    silentMs = Date.now() - statSync(path).mtimeMs;
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  const digest = createHash("sha256").update(content).digest("hex").slice(0, 16);
  const holder = parseHolder(content);
  if (holder) return { pid: holder.pid, isAlive: isRunning(holder) ?? silentMs < SILENT_MS, digest };
  // of an earlier version, which wrote the number alone; or half-written, on a file system without links
  const pid = /^\d+$/.test(content) ? Number(content) : 0;
  return { pid, isAlive: pid > 0 ? exists(pid) && pid !== process.pid : silentMs < HEARTBEAT_MS, digest };
}

function parseHolder(content: string): z.output<typeof holderSchema> | undefined {
  try {
    return holderSchema.parse(JSON.parse(content));
  } catch {
    return undefined;
  }
}

function held(path: string, token: string): FileLock {
  removeLeftBeside(path);
  const heartbeat = setInterval(() => touch(path), HEARTBEAT_MS).unref();
  const release = () => {
    clearInterval(heartbeat);
    if (ownedBy(path, token)) rmSync(path, { force: true });
  };
  return { release, owner: undefined };
}

/**
 * What killed processes left of their tries: drafts, and locks named after what stood in this one. Of the latter only those go that are
 * dead, and only from the one who holds this lock: by then nobody relies on them, as something else stands in this one for ever.
 */
function removeLeftBeside(path: string): void {
  const name = basename(path).replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const left = new RegExp(`^${name}(?:(?:\\.[0-9a-f]{16})+(?:\\.${DRAFT_TAG})?|\\.${DRAFT_TAG})$`);
  removeLeft(dirname(path), left, (_, file) => {
    const holder = parseHolder(readFileSync(file, "utf8"));
    return holder && isRunning(holder);
  });
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // its folder was deleted: whoever writes there notices
  }
}

/** False for a lock that was taken over by a machine that heard nothing of this one for a minute. */
function ownedBy(path: string, token: string): boolean {
  try {
    return parseHolder(readFileSync(path, "utf8"))?.token === token;
  } catch {
    return false;
  }
}

function busy(path: string, owner: number): LlmopsError {
  return new LlmopsError("STORE_UNWRITABLE", `${path} has been held by process ${owner} for too long.`, {
    hint: "Wait for that process or stop it; what it leaves behind is cleaned up automatically.",
  });
}
