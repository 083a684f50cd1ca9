import { timingSafeEqual } from "node:crypto";
import { messageOf } from "../../base/errors/llmops-error.js";
import { digestOf, keyFileText, parseKeyFile, type StoredKey } from "./key-file.js";
import { parseLimit, type Limit } from "./limit.js";
import { SCOPES, type Scope } from "./scopes.js";

/** Who asks: the owner of a key, or an address where no keys are needed. */
export interface Caller {
  id: string;
  name: string;
  limits: Limit[];
  maxParallel: number | undefined;
}

/** The owner of a key, with what that key may do. */
export interface KeyOwner extends Caller {
  scopes: readonly Scope[];
}

/** Keys by the scope they were given for. */
export type KeysByScope = Readonly<Partial<Record<Scope, readonly string[]>>>;

export interface ApiKeysOptions {
  /** Keys that hold as long as the server runs. */
  keys?: KeysByScope;
  /** A file of keys that may change meanwhile. */
  path?: string | undefined;
  /** Hears of a file that cannot be used. */
  log?: (message: string) => void;
}

/** Half of the second in which a revoked key has to be refused. */
const LOOK_AGAIN_MS = 500;

interface Entry {
  digest: Buffer;
  owner: KeyOwner;
}

/** The keys that open a server: fixed ones, and those of a file that may change while it runs. */
export class ApiKeys {
  private readonly fixed: readonly Entry[];
  private readonly path: string | undefined;
  private readonly log: (message: string) => void;
  private stored: readonly Entry[] = [];
  /** What was in the file; undefined where there was none. */
  private seen: string | undefined;
  private fault: string | undefined;
  private locked = false;
  private lookedAt = -Infinity;

  /** A file that is not one of keys locks too: then none of its keys opens, and the log says so. */
  constructor({ keys = {}, path, log = () => undefined }: ApiKeysOptions) {
    this.fixed = toEntries(keys);
    this.path = path;
    this.log = log;
    this.refresh();
  }

  /** True where a key is needed at all. A file whose last key was revoked, or that was removed, still locks: keys have been asked for. */
  get areNeeded(): boolean {
    this.refresh();
    return this.fixed.length > 0 || this.locked;
  }

  /** The owner of a key. Takes the same time whichever key is nearly right. */
  identify(presented: string): KeyOwner | undefined {
    this.refresh();
    const digest = digestOf(presented);
    let found: KeyOwner | undefined;
    for (const entry of [...this.fixed, ...this.stored]) if (timingSafeEqual(entry.digest, digest)) found = entry.owner;
    return found;
  }

  /**
   * Reads the file again, at most twice a second by a clock nobody can set. One that cannot be used changes nothing: the keys that
   * were good stay so, no others are let in, and the log says it.
   */
  private refresh(): void {
    if (this.path === undefined || performance.now() - this.lookedAt < LOOK_AGAIN_MS) return;
    try {
      this.read(this.path);
      if (this.fault !== undefined) this.log(`${this.path} can be read again.`);
      this.fault = undefined;
    } catch (error) {
      this.locked = true;
      const fault = messageOf(error);
      const valid = this.stored.length > 0 ? "The keys read before stay valid, and no others." : "None of its keys is let in.";
      if (fault !== this.fault) this.log(`${fault} ${valid}`);
      this.fault = fault;
    }
  }

  private read(path: string): void {
    this.lookedAt = performance.now();
    const text = keyFileText(path);
    if (text === this.seen) return;
    this.stored = text === undefined ? [] : parseKeyFile(path, text).flatMap((key) => (key.revoked_at === null ? [toEntry(key)] : []));
    this.seen = text;
    this.locked ||= text !== undefined;
  }
}

/** Keys as they are given in flags, variables and files: comma-separated, or one a line; lines that begin with # are comments. */
export function splitKeys(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .flatMap((line) => line.split(","))
    .map((key) => key.trim())
    .filter((key) => key !== "");
}

/** One that is given for several scopes has them all. */
function toEntries(keys: KeysByScope): Entry[] {
  const scopesOf = new Map<string, Scope[]>();
  for (const scope of SCOPES) for (const key of keys[scope] ?? []) scopesOf.set(key, [...(scopesOf.get(key) ?? []), scope]);
  return [...scopesOf].map(([key, scopes], i) => ({
    digest: digestOf(key),
    owner: { id: `fixed-${i + 1}`, name: scopesOf.size === 1 ? "api-key" : `api-key-${i + 1}`, limits: [], maxParallel: undefined, scopes },
  }));
}

function toEntry({ id, name, hash, limits, max_parallel: most, scopes }: StoredKey): Entry {
  const owner = { id, name, limits: limits.map(parseLimit), maxParallel: most ?? undefined, scopes };
  return { digest: Buffer.from(hash, "hex"), owner };
}
