import { LRUCache } from "lru-cache";
import type { JsonBytes } from "../../store-views.js";

interface Kept {
  bytes: JsonBytes;
  version: string;
  tookMs: number;
  madeAt: number;
}

interface Making {
  version: string;
  bytes: Promise<JsonBytes>;
}

const MOST_BYTES = 32 * 1024 * 1024;
/** A document that took so long may be of a state that is over, */
const SLOW_MS = 100;
/** but not for longer than this. */
const OLDEST_MS = 60_000;
/** Of the time it took: a store that changes all the time is read for a tenth of the time at most. */
const REST = 10;
const CURRENT = '{"is_current":true,';

/**
 * Documents that are long in the making, kept. One of a state that is over is given at once, says so, and is made anew meanwhile, so that
 * a store which somebody writes to answers as soon as one that nobody does.
 */
export class RecentDocuments {
  private readonly versionNow: () => Promise<string>;
  private readonly kept = new LRUCache<string, Kept>({ maxSize: MOST_BYTES, sizeCalculation: ({ bytes }) => bytes.byteLength + 1 });
  private readonly making = new Map<string, Making>();

  /** `versionNow` names the state of the store: it differs after every write. */
  constructor(versionNow: () => Promise<string>) {
    this.versionNow = versionNow;
  }

  /** The document of a name, which begins with is_current: true. Throws what making it throws. */
  async get(name: string, make: () => Promise<JsonBytes>): Promise<JsonBytes> {
    const version = await this.versionNow();
    const kept = this.kept.get(name);
    if (kept?.version === version) return kept.bytes;
    const now = performance.now();
    if (kept && kept.tookMs >= SLOW_MS && now - kept.madeAt < OLDEST_MS) {
      const isDue = now - kept.madeAt >= REST * kept.tookMs && !this.making.has(name);
      if (isDue) this.make(name, version, make).catch(() => this.kept.delete(name)); // whoever asks next is told
      return asOlder(kept.bytes);
    }
    const making = this.making.get(name);
    return making?.version === version ? making.bytes : this.make(name, version, make);
  }

  private async make(name: string, version: string, make: () => Promise<JsonBytes>): Promise<JsonBytes> {
    const start = performance.now();
    const making = { version, bytes: make() };
    this.making.set(name, making);
    try {
      const bytes = await making.bytes;
      const now = performance.now();
      this.kept.set(name, { bytes, version, tookMs: now - start, madeAt: now });
      return bytes;
    } finally {
      if (this.making.get(name) === making) this.making.delete(name);
    }
  }
}

function asOlder(bytes: JsonBytes): JsonBytes {
  return Buffer.concat([Buffer.from(CURRENT.replace("true", "false")), bytes.subarray(CURRENT.length)]);
}
