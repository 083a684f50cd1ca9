import { z } from "zod";
import type { Moment } from "./boot-clock.js";
import { TOLERANCE, type Booking, type BucketState } from "./ledger.js";

const momentShape = { boot: z.string(), at: z.number().min(0), wall: z.number() };
const amountSchema = z.number().min(0);
const bookingSchema = z.object({ bucket: z.string(), amount: amountSchema, limit: z.number(), windowMs: z.number().positive() });
const entrySchema = z.union([
  z.object({ ...momentShape, id: z.string(), book: z.array(bookingSchema) }),
  z.object({ ...momentShape, id: z.string(), paid: z.array(amountSchema) }),
  z.object({ ...momentShape, sealed: z.literal(true) }),
]);

/** One line of the log: a reservation, what became of one, or that nothing after it counts. */
export type Entry = z.infer<typeof entrySchema>;

/** What a line says, or undefined where that cannot be read. */
export function parseEntry(line: string): Entry | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

const snapshotSchema = z.object({ ...momentShape, buckets: z.record(z.string(), z.unknown()), open: z.record(z.string(), z.unknown()) });
const bucketSchema = z.object({ used: amountSchema.nullable(), endsAt: z.number(), windowMs: z.number().positive() });
const openSchema = z.array(z.object({ bucket: z.string(), amount: amountSchema }).nullable());

/** More than the clocks of two processes of one machine differ by. */
const SLACK_MS = 1000;

type Bucket = { used: number; endsAt: number; windowMs: number };
type Reserved = { name: string; bucket: Bucket; amount: number };
export interface Outcome {
  refused: number | undefined;
  states: BucketState[];
}

/** What all entries so far come to. Whoever reads the same entries comes to the same, which request found room included. */
export class LimitBooks {
  private moment: Moment | undefined;
  private buckets = new Map<string, Bucket>();
  private open = new Map<string, (Reserved | undefined)[]>();

  /** Whether there is room, without taking it. */
  look(bookings: readonly Booking[], moment: Moment): Outcome {
    const at = this.advance(moment);
    return outcomeOf(bookings, this.bucketsOf(bookings, at), at);
  }

  apply(entry: Entry): Outcome {
    const at = this.advance(entry);
    if ("book" in entry) return this.book(entry.id, entry.book, at);
    if ("paid" in entry) this.pay(entry.id, entry.paid);
    return { refused: undefined, states: [] };
  }

  /** All of it in one line, which `restore` reads. */
  snapshot(moment: Moment): string {
    const at = this.advance(moment);
    const running = [...this.buckets].filter(([, { endsAt }]) => endsAt > at);
    const isOpen = (one: Reserved | undefined) => one && one.bucket.endsAt > at && this.buckets.get(one.name) === one.bucket;
    const open = [...this.open].filter(([, all]) => all.some(isOpen));
    const written = open.map(([id, all]) => [id, all.map((one) => (isOpen(one) ? { bucket: one?.name, amount: one?.amount } : null))]);
    const buckets = Object.fromEntries(running) as object;
    return JSON.stringify({ ...(this.moment as Moment), buckets, open: Object.fromEntries(written) as object });
  }

  /** Begins with a snapshot, or with the limits.json of earlier versions; false where the line is neither. */
  restore(line: string, moment: Moment, onFull: (bucket: string) => void): boolean {
    const json = readObject(line);
    if (!json) return false;
    const read = snapshotSchema.safeParse(json);
    if (!read.success && ("boot" in json || "buckets" in json)) return false;
    // the windows of earlier versions end by the time of day
    const { buckets, open, ...taken } = read.data ?? { boot: "", at: moment.wall, wall: moment.wall, buckets: json, open: {} };
    this.moment = taken;
    this.buckets = new Map(Object.entries(buckets).flatMap(([name, value]) => readBucket(name, value, taken.at, onFull)));
    this.open = new Map(Object.entries(open).map(([id, value]) => [id, this.readOpen(value)]));
    return true;
  }

  private readOpen(value: unknown): (Reserved | undefined)[] {
    return (openSchema.safeParse(value).data ?? []).map((one) => {
      const bucket = one ? this.buckets.get(one.bucket) : undefined;
      return one && bucket ? { name: one.bucket, bucket, amount: one.amount } : undefined;
    });
  }

  private book(id: string, bookings: readonly Booking[], at: number): Outcome {
    const buckets = this.bucketsOf(bookings, at);
    const { refused } = outcomeOf(bookings, buckets, at);
    if (refused === undefined) {
      const reserved = bookings.map(({ bucket: name, amount }, i) => ({ name, bucket: buckets[i] as Bucket, amount }));
      for (const { name, bucket, amount } of reserved) {
        bucket.used += amount;
        this.buckets.set(name, bucket);
      }
      this.open.set(id, reserved);
    }
    return { ...outcomeOf(bookings, buckets, at), refused };
  }

  // a bucket whose window is over is nobody's any more: what is changed in it changes nothing
  private pay(id: string, amounts: readonly number[]): void {
    const reserved = this.open.get(id) ?? [];
    this.open.delete(id);
    for (const [i, one] of reserved.entries()) {
      if (one) one.bucket.used = Math.max(0, one.bucket.used + (amounts[i] ?? 0) - one.amount);
    }
  }

  private bucketsOf(bookings: readonly Booking[], at: number): Bucket[] {
    return bookings.map(({ bucket: name, windowMs }) => {
      const found = this.buckets.get(name);
      if (found && found.endsAt > at) return found;
      return { used: 0, endsAt: at + windowMs, windowMs };
    });
  }

  /**
   * Goes on to a moment and returns it. Where the machine was started again since the last one, as much time has passed as by the time of
   * day, which may have been set meanwhile: never less than none, and no window is longer than itself.
   */
  private advance({ boot, at, wall }: Moment): number {
    const last = this.moment;
    const isSameClock = last === undefined || (boot === last.boot && at >= last.at - SLACK_MS);
    if (!isSameClock) {
      const passed = Math.max(0, wall - last.wall);
      for (const bucket of this.buckets.values()) bucket.endsAt = at + Math.min(bucket.windowMs, bucket.endsAt - last.at - passed);
    }
    this.moment = { boot, at: isSameClock ? Math.max(at, last?.at ?? 0) : at, wall };
    return this.moment.at;
  }
}

function outcomeOf(bookings: readonly Booking[], buckets: readonly Bucket[], at: number): Outcome {
  const refused = bookings.findIndex(({ amount, limit }, i) => (buckets[i]?.used ?? 0) + amount > limit + TOLERANCE);
  const states = buckets.map(({ used, endsAt }) => ({ used, resetMs: endsAt - at }));
  return { refused: refused < 0 ? undefined : refused, states };
}

/** One whose use cannot be read counts as full until its window ends: what was spent must not be forgotten. */
function readBucket(name: string, value: unknown, at: number, onFull: (bucket: string) => void): [string, Bucket][] {
  const read = bucketSchema.safeParse(value);
  const window = read.data ?? bucketSchema.pick({ endsAt: true, windowMs: true }).safeParse(value).data;
  const used = read.data?.used ?? Infinity;
  if (used === Infinity) onFull(name);
  if (!window) return [];
  return [[name, { used, windowMs: window.windowMs, endsAt: Math.min(window.endsAt, at + window.windowMs) }]];
}

function readObject(line: string): object | undefined {
  try {
    return z.record(z.string(), z.unknown()).safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
