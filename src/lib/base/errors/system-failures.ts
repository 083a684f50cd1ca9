import type { ErrorCode } from "./codes.js";

/** What the system refused, in words; what to do about it; and the code it has here. */
interface SystemFailure {
  code: ErrorCode;
  what: string;
  hint: string;
}

const FULL =
  "Free some space, or use another disk: LLMOPS_STATE_DIR, LLMOPS_CACHE_DIR, --tracking-uri, and output paths decide where files go.";
const RIGHTS = "Grant yourself access (chmod, chown), or name another place.";
const FILES = "Allow more with `ulimit -n 4096` (LimitNOFILE= in systemd, the ulimit of a container in Docker).";
const MEMORY = "Allow more with `ulimit -v unlimited` or a larger container, or end other programs.";

const FAILURES: Readonly<Record<string, SystemFailure>> = {
  EMFILE: refused("this process may open no more files", FILES),
  ENFILE: refused("the machine can open no more files", FILES),
  ENOSPC: refused("the disk is full", FULL),
  EDQUOT: refused("your share of the disk is used up", FULL),
  EFBIG: refused("a file may not become that large", FULL),
  EROFS: refused("the file system is read-only", "Name a place that can be written to."),
  EACCES: refused("it may not be read or written", RIGHTS),
  EPERM: refused("it is not allowed", RIGHTS),
  EISDIR: refused("a folder is in the place of a file", "Move it away, or name another file."),
  EEXIST: refused("something of that name already exists", "Move it away, or name another place."),
  ENOTDIR: refused("a file is in the place of a folder", "Move it away, or name another folder."),
  ELOOP: refused("symbolic links lead in a circle", "Fix the links, or name another place."),
  ENAMETOOLONG: refused("a name is too long", "Names have at most 255 bytes, and paths 4096."),
  EIO: refused("the disk fails", "Check the system log for disk errors (dmesg)."),
  ENOMEM: { code: "OUT_OF_MEMORY", what: "the machine gives no more memory", hint: MEMORY },
  ERR_WORKER_OUT_OF_MEMORY: { code: "OUT_OF_MEMORY", what: "a thread has no more memory", hint: MEMORY },
};

/** SQLite says it in words alone. */
const FULL_WORDS = /disk is full/i;

/** What to do about it where a full disk is behind an error; `otherwise` for all else. */
export function hintWhereFull(thrown: unknown, otherwise: string): string {
  const { hint } = systemFailureOf(thrown) ?? {};
  return hint === FULL || (thrown instanceof Error && FULL_WORDS.test(thrown.message)) ? FULL : otherwise;
}

/** Engines of JavaScript say it in words alone. */
const MEMORY_WORDS = /out of memory|array buffer allocation failed|cannot allocate/i;
const DEEPEST_CAUSE = 5;

/** What the system refused, where that is behind an error or one of its causes. */
export function systemFailureOf(thrown: unknown): SystemFailure | undefined {
  let error: unknown = thrown;
  for (let depth = 0; depth < DEEPEST_CAUSE && error instanceof Error; depth++) {
    const { code } = error as { code?: unknown };
    if (typeof code === "string" && Object.hasOwn(FAILURES, code)) return FAILURES[code];
    if (error instanceof RangeError && MEMORY_WORDS.test(error.message)) return FAILURES["ENOMEM"];
    if (code === "ENOENT" && (error as { syscall?: unknown }).syscall === "uv_cwd") {
      return refused("the current folder was deleted", "Change to a folder that exists.");
    }
    error = error.cause;
  }
  return undefined;
}

function refused(what: string, hint: string): SystemFailure {
  return { code: "SYSTEM_REFUSED", what, hint };
}
