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
export interface Verdict {
  refused: number | undefined;
  states: BucketState[];
}

/** Where limits are counted. Reserving is all or nothing, and nothing comes between looking and booking. */
export interface Ledger {
  reserve(bookings: readonly Booking[]): Promise<Verdict>;
  /** Corrects what was reserved, by positive or negative amounts; never refuses. */
  adjust(bookings: readonly Booking[]): Promise<void>;
  close(): Promise<void>;
}

interface Bucket {
  used: number;
  endsAt: number;
  windowMs: number;
}

const PRUNE_ABOVE = 10_000;
/** Rounding of sums of money must not refuse the last cent. */
const TOLERANCE = 1e-9;

/** Counts in this process. Nothing is awaited between looking and booking, so requests cannot overtake each other. */
export class MemoryLedger implements Ledger {
  protected readonly buckets = new Map<string, Bucket>();
  private readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  async reserve(bookings: readonly Booking[]): Promise<Verdict> {
    const buckets = bookings.map((booking) => this.bucketOf(booking));
    const refused = bookings.findIndex(({ amount, limit }, i) => (buckets[i]?.used ?? 0) + amount > limit + TOLERANCE);
    if (refused < 0) for (const [i, { amount }] of bookings.entries()) (buckets[i] as Bucket).used += amount;
    const states = buckets.map(({ used, endsAt }) => ({ used, resetMs: endsAt - this.now() }));
    return { refused: refused < 0 ? undefined : refused, states };
  }

  async adjust(bookings: readonly Booking[]): Promise<void> {
    for (const booking of bookings) {
      const bucket = this.bucketOf(booking);
      bucket.used = Math.max(0, bucket.used + booking.amount);
    }
  }

  async close(): Promise<void> {
    this.buckets.clear();
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
