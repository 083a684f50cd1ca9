import { LlmopsError } from "../../base/errors/llmops-error.js";

/** One entry in the books: so much of a bucket that may hold `limit` in its window. */
export interface Booking {
  bucket: string;
  amount: number;
  limit: number;
  windowMs: number;
}

export interface BucketState {
  used: number;
  resetMs: number;
}

/** `refused` is the index of the booking there was no room for; then nothing was booked. */
export interface BookingOutcome {
  refused: number | undefined;
  states: BucketState[];
  /**
   * Has each booking count for so much instead, in the very window it was booked in: one that is over has forgotten it, and the next
   * owes it nothing. Never refuses. Throws INTERNAL for what is not an amount.
   */
  correct: (amounts: readonly number[]) => Promise<void>;
}

/** Where limits are counted. Reserving is all or nothing, and nothing comes between looking and booking. */
export interface Ledger {
  /** Throws INTERNAL for what is not an amount, before anything is booked. */
  reserve(bookings: readonly Booking[]): Promise<BookingOutcome>;
  close(): Promise<void>;
}

/** Throws INTERNAL where an amount is not a finite number from 0 on: one such entry would spoil a bucket for good. */
export function checkAmounts(amounts: readonly number[]): void {
  const wrong = amounts.find((amount) => !Number.isFinite(amount) || amount < 0);
  if (wrong !== undefined) throw new LlmopsError("INTERNAL", `${wrong} was to be booked against a limit; nothing was.`);
}

interface Bucket {
  used: number;
  endsAt: number;
  windowMs: number;
}

const PRUNE_ABOVE = 10_000;
/** Rounding of sums of money must not refuse the last cent. */
export const TOLERANCE = 1e-9;

/** Counts in this process. Nothing is awaited between looking and booking, so requests cannot overtake each other. */
export class MemoryLedger implements Ledger {
  private readonly buckets = new Map<string, Bucket>();
  private readonly now: () => number;

  /** `now` gives milliseconds that never go back: setting the clock must not close or open a limit. */
  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  async reserve(bookings: readonly Booking[]): Promise<BookingOutcome> {
    checkAmounts(bookings.map(({ amount }) => amount));
    const buckets = bookings.map((booking) => this.bucketOf(booking));
    const refused = bookings.findIndex(({ amount, limit }, i) => (buckets[i]?.used ?? 0) + amount > limit + TOLERANCE);
    if (refused < 0) for (const [i, { amount }] of bookings.entries()) (buckets[i] as Bucket).used += amount;
    const states = buckets.map(({ used, endsAt }) => ({ used, resetMs: endsAt - this.now() }));
    if (refused >= 0) return { refused, states, correct: async () => undefined };
    return { refused: undefined, states, correct: async (amounts) => this.correct(bookings, buckets, amounts) };
  }

  async close(): Promise<void> {
    this.buckets.clear();
  }

  // a bucket whose window is over is nobody's any more: what is changed in it changes nothing
  private correct(bookings: readonly Booking[], buckets: readonly Bucket[], amounts: readonly number[]): void {
    checkAmounts(amounts);
    for (const [i, bucket] of buckets.entries()) {
      const difference = (amounts[i] ?? 0) - (bookings[i]?.amount ?? 0);
      bucket.used = Math.max(0, bucket.used + difference);
    }
  }

  private bucketOf({ bucket: name, windowMs }: Booking): Bucket {
    const found = this.buckets.get(name);
    if (found && found.endsAt > this.now()) return found;
    if (this.buckets.size > PRUNE_ABOVE) this.prune();
    const fresh = { used: 0, endsAt: this.now() + windowMs, windowMs };
    this.buckets.set(name, fresh);
    return fresh;
  }

  private prune(): void {
    for (const [name, { endsAt }] of this.buckets) if (endsAt <= this.now()) this.buckets.delete(name);
  }
}
