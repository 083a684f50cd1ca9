import { LRUCache } from "lru-cache";

interface Kept {
  value: unknown;
  version: string;
  tookMs: number;
  madeAt: number;
}

const MOST_ENTRIES = 64;
/** Of the time it took: so a store that changes all the time is not read all the time. */
const REST = 10;

/** Results of queries for as long as the database stays as it was. */
export class ViewCache {
  private readonly kept = new LRUCache<string, Kept>({ max: MOST_ENTRIES });
  private version = "";
  private usedOlder = false;

  /** Says which state of the database is read from now on. */
  see(version: string): void {
    this.version = version;
    this.usedOlder = false;
  }

  /** Whether all that was given since then is of that state. */
  get isCurrent(): boolean {
    return !this.usedOlder;
  }

  has(name: string): boolean {
    return this.kept.get(name)?.version === this.version;
  }

  /** A result, made where none is kept of this state. One that took `slowMs` or longer may be of an older state for ten times its making. */
  async get<T>(name: string, make: () => Promise<T>, slowMs = Infinity): Promise<T> {
    const kept = this.kept.get(name);
    const isFresh = kept?.version === this.version;
    const isRecent = kept && kept.tookMs >= slowMs && performance.now() - kept.madeAt < REST * kept.tookMs;
    if (kept && (isFresh || isRecent)) {
      this.usedOlder ||= !isFresh;
      return kept.value as T;
    }
    const start = performance.now();
    const value = await make();
    const now = performance.now();
    this.kept.set(name, { value, version: this.version, tookMs: now - start, madeAt: now });
    return value;
  }
}
