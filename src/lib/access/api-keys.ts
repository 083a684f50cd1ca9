import { timingSafeEqual } from "node:crypto";
import { statSync } from "node:fs";
import { digestOf, readKeyFile, type StoredKey } from "./key-file.js";
import { parseLimit, type Limit } from "./limit.js";

/** Who asks: the owner of a key, or an address where no keys are needed. */
export interface Caller {
  id: string;
  name: string;
  limits: Limit[];
  maxParallel: number | undefined;
}

const LOOK_AGAIN_MS = 1000;

interface Entry {
  digest: Buffer;
  caller: Caller;
}

/** The keys that open a server: fixed ones, and those of a file that may change while it runs. */
export class ApiKeys {
  private readonly fixed: readonly Entry[];
  private readonly path: string | undefined;
  private stored: readonly Entry[] = [];
  private seen = "";
  private locked = false;
  private lookedAt = 0;

  constructor({ keys, path }: { keys: readonly string[]; path?: string | undefined }) {
    this.fixed = keys.map((key, i) => ({
      digest: digestOf(key),
      caller: { id: `fixed-${i + 1}`, name: keys.length === 1 ? "api-key" : `api-key-${i + 1}`, limits: [], maxParallel: undefined },
    }));
    this.path = path;
    this.refresh();
  }

  /** True where a key is needed at all. A file whose last key was revoked, or that was removed, still locks: keys have been asked for. */
  get areNeeded(): boolean {
    this.refresh();
    return this.fixed.length > 0 || this.locked;
  }

  /** The owner of a key. Takes the same time whichever key is nearly right. */
  identify(presented: string): Caller | undefined {
    this.refresh();
    const digest = digestOf(presented);
    let found: Caller | undefined;
    for (const entry of [...this.fixed, ...this.stored]) if (timingSafeEqual(entry.digest, digest)) found = entry.caller;
    return found;
  }

  /** Reads the file again when it has changed; at most once a second. */
  private refresh(): void {
    if (this.path === undefined || Date.now() - this.lookedAt < LOOK_AGAIN_MS) return;
    this.lookedAt = Date.now();
    const stamp = stampOf(this.path);
    if (stamp === this.seen) return;
    this.stored = readKeyFile(this.path).flatMap((key) => (key.revoked_at === null ? [toEntry(key)] : []));
    this.seen = stamp;
    this.locked ||= stamp !== "";
  }
}

function toEntry({ id, name, hash, limits, max_parallel: most }: StoredKey): Entry {
  return { digest: Buffer.from(hash, "hex"), caller: { id, name, limits: limits.map(parseLimit), maxParallel: most ?? undefined } };
}

function stampOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return "";
  }
}
