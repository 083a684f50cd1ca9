import type { Booking, Ledger } from "../../src/lib/serving/access/ledger.js";

/** A ledger in whose place another can come, as after a restart, and that knows its buckets. */
export class Books implements Ledger {
  ledger: Ledger | undefined;
  readonly buckets = new Map<string, Booking>();

  async reserve(bookings: readonly Booking[]) {
    for (const booking of bookings) this.buckets.set(booking.bucket, booking);
    return (this.ledger as Ledger).reserve(bookings);
  }

  async close(): Promise<void> {
    await this.ledger?.close();
  }

  /** What has been booked in each bucket, by the ledger itself. */
  async used(buckets: readonly Booking[] = [...this.buckets.values()]): Promise<number[]> {
    const looks = buckets.map((booking) => this.reserve([{ ...booking, amount: 0, limit: 1e9 }]));
    return (await Promise.all(looks)).map(({ states }) => states[0]?.used ?? NaN);
  }
}
