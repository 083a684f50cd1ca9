import { closeSync, constants, fstatSync, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { LlmopsError, messageOf, systemCodeOf } from "../../base/errors/llmops-error.js";
import { systemFailureOf } from "../../base/errors/system-failures.js";
import { counted } from "../../base/errors/counted.js";
import { LimitFiles } from "./limit-files.js";
import type { Moment } from "./boot-clock.js";
import { LimitBooks, parseEntry, type Entry, type Outcome } from "./limit-books.js";
import type { Booking } from "./ledger.js";

/** A log is folded into the snapshot the next one begins with when it has grown to this. */
const FOLD_ABOVE_BYTES = 1_000_000;
const SYNC_AFTER_MS = 1000;
const PIECE_BYTES = 65_536;
const RETRY_AFTER_S = 10;

type Owed = { id: string; paid: number[] };

/**
 * The log of what limits have used up, which all servers with one folder of state share. Each entry is one write at its end, so what was
 * booked outlives the process whatever kills it, and where an entry stands decides whether there was room for it: all who read come to
 * the same. A log that is sealed goes on in the next, limits.N.log, which begins with what the last one came to.
 */
export class LimitLog {
  private readonly files: LimitFiles;
  private readonly moment: () => Moment;
  private readonly onProblem: (message: string) => void;
  private books = new LimitBooks();
  private generation = 0;
  private file: number | undefined;
  private offset = 0;
  private foldAbove = FOLD_ABOVE_BYTES;
  private rest = Buffer.alloc(0);
  private isSealed = false;
  /** What was paid that could not be written yet. No more than was open then: nothing new is let in meanwhile. */
  private owed: Owed[] = [];
  /** Why nothing can be written. */
  private trouble: unknown;
  /** Something of the reservation is in the log. */
  private hasBegun = false;
  private timer: NodeJS.Timeout | undefined;
  private syncing: Promise<void> = Promise.resolve();

  constructor(folder: string, { moment, onProblem }: { moment: () => Moment; onProblem: (message: string) => void }) {
    this.files = new LimitFiles(folder);
    this.moment = moment;
    this.onProblem = onProblem;
    this.attempt(() => this.files.isThere() && this.catchUp());
  }

  /** Whether there is room, without taking it. */
  look(bookings: readonly Booking[]): Outcome {
    this.attempt(() => this.catchUp());
    return this.books.look(bookings, this.moment());
  }

  /**
   * Writes a reservation and returns what became of it. Throws SYSTEM_REFUSED where it cannot be written: a restart would forget what is
   * then spent.
   */
  book(id: string, bookings: readonly Booking[]): Outcome {
    this.hasBegun = false;
    const outcome = this.attempt(() => (this.writeOwed(), this.place({ id, book: [...bookings] })));
    if (outcome) return outcome;
    // whoever reads a part of the line completes it
    if (this.hasBegun) this.owed.push({ id, paid: bookings.map(() => 0) });
    const why = systemFailureOf(this.trouble)?.what ?? messageOf(this.trouble);
    throw new LlmopsError(
      "SYSTEM_REFUSED",
      `Budgets cannot be tracked at the moment (${why}), so requests that count against one are refused.`,
      {
        hint: "Try again later. The server's log names the file.",
        retryAfterSeconds: RETRY_AFTER_S,
        cause: this.trouble,
      },
    );
  }

  /** Writes what was paid of a reservation. While that cannot be written the log keeps the worst case, this process what was paid. */
  pay(id: string, paid: readonly number[]): void {
    this.owed.push({ id, paid: [...paid] });
    this.attempt(() => this.writeOwed());
    for (const owed of this.owed) this.books.apply({ ...this.moment(), ...owed }); // it counts once, however often it is read
  }

  private writeOwed(): void {
    for (let [first] = this.owed; first; [first] = this.owed) {
      this.place(first);
      this.owed.shift();
    }
  }

  /** Writes an entry at a place where it counts. */
  private place(what: Owed | { id: string; book: Booking[] }): Outcome {
    const entry: Entry = { ...this.moment(), ...what };
    let outcome: Outcome | undefined;
    while (!outcome) {
      this.catchUp();
      const length = this.write(entry);
      outcome = this.isAtEnd(length) ? this.books.apply(entry) : this.catchUp(what.id); // none where it stands behind a seal
    }
    this.timer ??= setTimeout(() => this.sync(), SYNC_AFTER_MS).unref();
    if (this.offset > this.foldAbove) this.attempt(() => (this.seal(), this.catchUp()));
    return outcome;
  }

  /** Forces to the disk what was written. */
  async close(): Promise<void> {
    if (this.timer) this.sync();
    await this.syncing;
    this.leave();
  }

  private attempt<T>(work: () => T): T | undefined {
    try {
      const done = work();
      this.trouble = undefined;
      return done;
    } catch (error) {
      const until = "Until it can be, what counts against a limit of an hour or more is answered 503.";
      if (!this.trouble) this.onProblem(`What limits have used up cannot be written down: ${messageOf(error)}. ${until}`);
      this.trouble = error;
      return undefined;
    }
  }

  /** A line begins with a line's end as well, so that one that was cut short spoils no other. */
  private write(entry: Entry): number {
    const line = Buffer.from(`\n${JSON.stringify(entry)}\n`);
    const written = writeSync(this.file as number, line);
    this.hasBegun ||= written > 0;
    if (written < line.length) throw Object.assign(new Error("ENOSPC: only a part of a line could be written"), { code: "ENOSPC" });
    return line.length;
  }

  /** Nothing of others came before what was just written, so that it needs not be read. */
  private isAtEnd(length: number): boolean {
    const { size } = fstatSync(this.file as number);
    const isAlone = size === this.offset + length && this.rest.length === 0;
    if (isAlone) this.offset = size;
    return isAlone;
  }

  private seal(): void {
    this.catchUp();
    this.write({ ...this.moment(), sealed: true });
  }

  /** Reads what is new, also in the logs after a sealed one. Returns what became of the entry that is asked for. */
  private catchUp(id?: string): Outcome | undefined {
    let outcome: Outcome | undefined;
    for (;;) {
      if (this.file === undefined) this.openNewest();
      outcome = this.read(id) ?? outcome;
      if (!this.isSealed) return outcome;
      this.create(this.generation + 1);
      this.leave();
    }
  }

  private read(id: string | undefined): Outcome | undefined {
    const { size, nlink } = fstatSync(this.file as number);
    let outcome: Outcome | undefined;
    let [cutShort, unreadable] = [0, 0];
    for (const line of this.newLines(size)) {
      const entry = parseEntry(line);
      if (!entry && line.endsWith("}")) unreadable++;
      else if (!entry) cutShort++;
      else if ("sealed" in entry) this.isSealed = true;
      else if (!this.isSealed) {
        const found = this.books.apply(entry);
        if (entry.id === id) outcome = found;
      }
    }
    const path = this.files.pathOf(this.generation);
    if (unreadable > 0)
      this.onProblem(`${counted(unreadable, "line")} of ${path} cannot be read, so what was booked there is not counted.`);
    // what could not be written whole was not let in
    if (cutShort > 0) this.onProblem(`${counted(cutShort, "line")} of ${path} cut short, as on a full disk: nothing spent is missing.`);
    if (nlink === 0) this.isSealed = true; // deleted: it goes on in a new one
    return outcome;
  }

  private newLines(size: number): string[] {
    const pieces = [this.rest];
    while (this.offset < size) {
      const piece = Buffer.alloc(Math.min(PIECE_BYTES, size - this.offset));
      const count = readSync(this.file as number, piece, 0, piece.length, this.offset);
      if (count === 0) break;
      this.offset += count;
      pieces.push(piece.subarray(0, count));
    }
    const bytes = Buffer.concat(pieces);
    const end = bytes.lastIndexOf(10) + 1;
    this.rest = bytes.subarray(end);
    const lines = bytes.subarray(0, end).toString("utf8").split("\n");
    return lines.filter((line) => line.trim() !== "");
  }

  private openNewest(): void {
    for (;;) {
      const there = this.files.generations();
      const usable = there.find((generation) => this.open(generation));
      if (usable !== undefined) return;
      if (there.length === 0) this.takeOver();
      this.create((there[0] ?? 0) + 1);
    }
  }

  /** Begins with a log; false where it cannot be opened. */
  private open(generation: number): boolean {
    const path = this.files.pathOf(generation);
    let content: Buffer;
    try {
      content = readFileSync(path);
      this.file = openSync(path, constants.O_RDWR | constants.O_APPEND);
    } catch (error) {
      if (systemCodeOf(error) !== "ENOENT") this.onProblem(`${path} cannot be used: ${messageOf(error)}`);
      return false;
    }
    const end = content.indexOf(10);
    const first = content.subarray(0, end < 0 ? content.length : end);
    this.books = new LimitBooks();
    const isWhole = this.books.restore(first.toString("utf8"), this.moment(), (bucket) => this.noteFull(path, bucket));
    if (!isWhole) this.onProblem(`${path} does not begin with what was used up before: limits begin anew.`);
    this.generation = generation;
    this.offset = first.length;
    this.foldAbove = 2 * first.length + FOLD_ABOVE_BYTES;
    this.rest = Buffer.alloc(0);
    this.isSealed = false;
    return true;
  }

  private takeOver(): void {
    const text = this.files.earlier();
    if (text === undefined) return;
    const path = this.files.earlierPath;
    const isRead = this.books.restore(text, this.moment(), (bucket) => this.noteFull(path, bucket));
    if (!isRead) this.onProblem(`${path} is not readable as JSON: limits begin anew.`);
  }

  private noteFull(path: string, bucket: string): void {
    this.onProblem(`${path} does not say what of ${bucket} is used up: it counts as full until its window ends.`);
  }

  /** Makes a log that begins with what is known here, unless another process was faster: then that one counts. */
  private create(generation: number): void {
    if (this.files.create(generation, `${this.books.snapshot(this.moment())}\n`)) this.sync(generation);
  }

  /** Forces a log to the disk, without holding the process up; then the ones before it are not needed. */
  private sync(newest = this.generation): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    // one that is gone by now was folded into the next
    this.syncing = this.syncing.then(() => this.files.settle(newest)).catch(() => undefined);
  }

  private leave(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }
}
