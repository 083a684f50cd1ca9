import { randomUUID } from "node:crypto";
import { bootMoment, type Moment } from "./boot-clock.js";
import { checkAmounts, MemoryLedger, type Booking, type BucketState, type Ledger, type BookingOutcome } from "./ledger.js";
import type { Outcome } from "./limit-books.js";
import { LimitLog } from "./limit-log.js";

/** Shorter windows are over before a restart is: they are counted in this process alone. */
const KEPT_FROM_MS = 3_600_000;
const isKept = ({ windowMs }: Booking) => windowMs >= KEPT_FROM_MS;

/** Keeps long windows in a log on disk, so that neither a restart nor `kill -9` forgets spending and servers with one folder share it. */
export class FileLedger implements Ledger {
  private readonly log: LimitLog;
  private readonly here = new MemoryLedger();
  private readonly name = randomUUID().slice(0, 13);
  private sequence = 0;

  /** `onProblem` hears of what cannot be read or written. While it cannot be written `reserve` throws SYSTEM_REFUSED for long windows. */
  constructor(folder: string, onProblem: (message: string) => void, moment: () => Moment = bootMoment) {
    this.log = new LimitLog(folder, { moment, onProblem });
  }

  async reserve(bookings: readonly Booking[]): Promise<BookingOutcome> {
    checkAmounts(bookings.map(({ amount }) => amount));
    const kept = bookings.filter(isKept);
    if (kept.length === 0) return this.here.reserve(bookings);
    const here = await this.here.reserve(bookings.filter((one) => !isKept(one)));
    const id = `${this.name}/${this.sequence++}`;
    let there: Outcome;
    try {
      there = here.refused === undefined ? this.log.book(id, kept) : this.log.look(kept);
    } catch (error) {
      await here.correct(here.states.map(() => 0));
      throw error;
    }
    const { refused, states } = together(bookings, there, here);
    if (refused !== undefined) {
      if (here.refused === undefined) await here.correct(here.states.map(() => 0));
      return { refused, states, correct: async () => undefined };
    }
    const correct = async (amounts: readonly number[]) => {
      checkAmounts(amounts);
      await here.correct(amounts.filter((_, i) => !isKept(bookings[i] as Booking)));
      this.log.pay(
        id,
        amounts.filter((_, i) => isKept(bookings[i] as Booking)),
      );
    };
    return { refused: undefined, states, correct };
  }

  async close(): Promise<void> {
    await this.log.close();
    await this.here.close();
  }
}

/** What became of bookings of which some were made there and some here, in the order they were asked in. */
function together(bookings: readonly Booking[], there: Outcome, here: Outcome): Outcome {
  const places = { there: 0, here: 0 };
  let refused: number | undefined;
  const states = bookings.map((booking, i) => {
    const [of, place] = isKept(booking) ? [there, places.there++] : [here, places.here++];
    if (of.refused === place) refused ??= i;
    return of.states[place] as BucketState;
  });
  return { refused, states };
}
