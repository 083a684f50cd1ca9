import { readFileSync } from "node:fs";
import { PRIVATE, writeWhole } from "../files/write-whole.js";
import { MemoryLedger, type Booking, type Verdict } from "./ledger.js";

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
    for (const [name, bucket] of readBuckets(path, onProblem)) this.buckets.set(name, bucket);
  }

  override async reserve(bookings: readonly Booking[]): Promise<Verdict> {
    const verdict = super.reserve(bookings);
    this.writeSoon(bookings);
    return verdict;
  }

  override async adjust(bookings: readonly Booking[]): Promise<void> {
    await super.adjust(bookings);
    this.writeSoon(bookings);
  }

  override async close(): Promise<void> {
    if (this.timer) this.write();
    await super.close();
  }

  private writeSoon(bookings: readonly Booking[]): void {
    if (bookings.some(({ windowMs }) => windowMs >= KEPT_FROM_MS)) this.timer ??= setTimeout(() => this.write(), WRITE_AFTER_MS).unref();
  }

  private write(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const kept = [...this.buckets].filter(([, { windowMs, endsAt }]) => windowMs >= KEPT_FROM_MS && endsAt > Date.now());
    try {
      writeWhole(this.path, JSON.stringify(Object.fromEntries(kept)), PRIVATE);
    } catch (error) {
      this.onProblem(`What limits have used up could not be kept: ${(error as Error).message}`);
    }
  }
}

type Buckets = [string, { used: number; endsAt: number; windowMs: number }][];

function readBuckets(path: string, onProblem: (message: string) => void): Buckets {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  try {
    return Object.entries(JSON.parse(text) as Record<string, Buckets[number][1]>);
  } catch {
    onProblem(`${path} is not readable as JSON: limits begin anew.`);
    return [];
  }
}
