import { readFileSync } from "node:fs";
import { z } from "zod";
import { PRIVATE, writeWhole } from "../files/write-whole.js";
import { MemoryLedger, type Booking } from "./ledger.js";

/** Shorter windows are over before a restart is. */
const KEPT_FROM_MS = 3_600_000;
const WRITE_AFTER_MS = 1000;

/** Counts in this process and keeps long windows in a file, so that a restart forgets no spending. */
export class FileLedger extends MemoryLedger {
  private readonly path: string;
  private readonly onProblem: (message: string) => void;
  private timer: NodeJS.Timeout | undefined;

  constructor(path: string, onProblem: (message: string) => void) {
    super();
    this.path = path;
    this.onProblem = onProblem;
    for (const [name, { used, endsAt, windowMs }] of readBuckets(path, onProblem)) {
      // the file has the time of day, which may have been set since: no window is longer than itself
      const leftMs = Math.min(windowMs, endsAt - Date.now());
      if (leftMs > 0) this.buckets.set(name, { used, windowMs, endsAt: this.now() + leftMs });
    }
  }

  protected override onChange(bookings: readonly Booking[]): void {
    if (bookings.some(({ windowMs }) => windowMs >= KEPT_FROM_MS)) this.timer ??= setTimeout(() => this.write(), WRITE_AFTER_MS).unref();
  }

  override async close(): Promise<void> {
    if (this.timer) this.write();
    await super.close();
  }

  private write(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const sinceStart = Date.now() - this.now();
    const kept = [...this.buckets]
      .filter(([, { windowMs, endsAt }]) => windowMs >= KEPT_FROM_MS && endsAt > this.now())
      .map(([name, bucket]) => [name, { ...bucket, endsAt: bucket.endsAt + sinceStart }] as const);
    try {
      writeWhole(this.path, JSON.stringify(Object.fromEntries(kept)), PRIVATE);
    } catch (error) {
      this.onProblem(`What limits have used up could not be kept: ${(error as Error).message}`);
    }
  }
}

const bucketSchema = z.object({ used: z.number().min(0).nullable(), endsAt: z.number(), windowMs: z.number().positive() });
type Stored = { used: number; endsAt: number; windowMs: number };

/** The buckets of the file. One whose use cannot be read counts as full until its window ends: what was spent must not be forgotten. */
function readBuckets(path: string, onProblem: (message: string) => void): [string, Stored][] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  try {
    const entries = Object.entries(z.record(z.string(), z.unknown()).parse(JSON.parse(text)));
    return entries.flatMap(([name, value]) => {
      const read = bucketSchema.safeParse(value);
      const used = read.success ? (read.data.used ?? Infinity) : Infinity;
      const { endsAt, windowMs } = read.success ? read.data : windowOf(value);
      if (used === Infinity) onProblem(`${path} does not say what of ${name} is used up: it counts as full until its window ends.`);
      return Number.isFinite(endsAt) && windowMs > 0 ? [[name, { used, endsAt, windowMs }] as [string, Stored]] : [];
    });
  } catch {
    onProblem(`${path} is not readable as JSON: limits begin anew.`);
    return [];
  }
}

function windowOf(value: unknown): Pick<Stored, "endsAt" | "windowMs"> {
  const read = bucketSchema.pick({ endsAt: true, windowMs: true }).safeParse(value);
  return read.success ? read.data : { endsAt: NaN, windowMs: 0 };
}
