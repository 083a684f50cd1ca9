import { randomUUID } from "node:crypto";
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, systemCodeOf } from "../errors/llmops-error.js";
import { linkFilled } from "../files/file-lock.js";
import { PRIVATE } from "../files/write-whole.js";
import type { Moment } from "./boot-clock.js";
import { LimitBooks, parseEntry, type Entry, type Outcome } from "./limit-books.js";
import type { Booking } from "./ledger.js";

/** A log is folded into the snapshot the next one begins with when it has grown to this. */
const FOLD_ABOVE_BYTES = 1_000_000;
const SYNC_AFTER_MS = 1000;
const PIECE_BYTES = 65_536;

/**
 * The log of what limits have used up, which all servers with one folder of state share. Each entry is one write at its end, so what was
 * booked outlives the process whatever kills it, and where an entry stands decides whether there was room for it: all who read come to
 * the same. A log that is sealed goes on in the next, limits.N.log, which begins with what the last one came to.
 */
export class LimitLog {
  private readonly folder: string;
  private readonly moment: () => Moment;
  private readonly onProblem: (message: string) => void;
  private books = new LimitBooks();
  private generation = 0;
  private file: number | undefined;
  private offset = 0;
  private foldAbove = FOLD_ABOVE_BYTES;
  private rest = Buffer.alloc(0);
  private isSealed = false;
  /** Something was counted here that could not be written. */
  private isBehind = false;
  private isTroubled = false;
  private timer: NodeJS.Timeout | undefined;
  private syncing: Promise<void> = Promise.resolve();

  constructor(folder: string, { moment, onProblem }: { moment: () => Moment; onProblem: (message: string) => void }) {
    this.folder = folder;
    this.moment = moment;
    this.onProblem = onProblem;
    this.attempt(() => this.isThere() && this.catchUp());
  }

  /** Whether there is room, without taking it. */
  look(bookings: readonly Booking[]): Outcome {
    this.attempt(() => this.catchUp());
    return this.books.look(bookings, this.moment());
  }

  /** Writes an entry and returns what became of it. One that cannot be written counts in this process, until it can. */
  append(what: { id: string; book: readonly Booking[] } | { id: string; paid: readonly number[] }): Outcome {
    const entry = { ...this.moment(), ...what } as Entry & { id: string };
    const outcome = this.attempt(() => {
      if (this.isBehind) this.seal();
      for (;;) {
        this.catchUp();
        const length = this.write(entry);
        if (this.isAtEnd(length)) return this.books.apply(entry);
        const outcome = this.catchUp(entry.id);
        if (outcome) return outcome; // else it stands behind a seal
      }
    });
    if (outcome) {
      this.isBehind = false;
      this.timer ??= setTimeout(() => this.sync(), SYNC_AFTER_MS).unref();
      if (this.offset > this.foldAbove) this.attempt(() => (this.seal(), this.catchUp()));
    } else this.isBehind = true;
    return outcome ?? this.books.apply(entry);
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
      this.isTroubled = false;
      return done;
    } catch (error) {
      const until = "Until it can be, it counts in this server alone, and a restart forgets it.";
      if (!this.isTroubled) this.onProblem(`What limits have used up could not be kept: ${messageOf(error)}. ${until}`);
      this.isTroubled = true;
      return undefined;
    }
  }

  /** A line begins with a line's end as well, so that one that was cut short spoils no other. */
  private write(entry: Entry): number {
    const line = Buffer.from(`\n${JSON.stringify(entry)}\n`);
    if (writeSync(this.file as number, line) < line.length) throw new Error("ENOSPC: only a part of a line could be written");
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
    let unreadable = 0;
    for (const line of this.newLines(size)) {
      const entry = parseEntry(line);
      if (!entry) unreadable++;
      else if ("sealed" in entry) this.isSealed = true;
      else if (!this.isSealed) {
        const found = this.books.apply(entry);
        if (entry.id === id) outcome = found;
      }
    }
    if (unreadable > 0)
      this.onProblem(`${unreadable} lines of ${this.pathOf(this.generation)} cannot be read: what they booked is not counted.`);
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
      const there = this.generations();
      const usable = there.find((generation) => this.open(generation));
      if (usable !== undefined) return;
      if (there.length === 0 && !this.isBehind) this.takeOver();
      this.create((there[0] ?? 0) + 1);
    }
  }

  /** Begins with a log; false where it cannot be opened. */
  private open(generation: number): boolean {
    const path = this.pathOf(generation);
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

  /** What an earlier version left. */
  private takeOver(): void {
    const path = join(this.folder, "limits.json");
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch {
      return; // none
    }
    const isRead = this.books.restore(text, this.moment(), (bucket) => this.noteFull(path, bucket));
    if (!isRead) this.onProblem(`${path} is not readable as JSON: limits begin anew.`);
  }

  private noteFull(path: string, bucket: string): void {
    this.onProblem(`${path} does not say what of ${bucket} is used up: it counts as full until its window ends.`);
  }

  /** Makes a log that begins with what is known here, unless another process was faster: then that one counts. */
  private create(generation: number): void {
    mkdirSync(this.folder, { recursive: true, mode: PRIVATE.folderMode });
    const draft = this.pathOf(generation, `.${randomUUID()}.draft`);
    try {
      writeFileSync(draft, `${this.books.snapshot(this.moment())}\n`, { flag: "wx", mode: PRIVATE.mode });
      if (linkFilled(draft, this.pathOf(generation))) this.sync(generation);
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** Forces a log to the disk, without holding the process up; then the ones before it are not needed. */
  private sync(newest = this.generation): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const work = async () => {
      const file = await open(this.pathOf(newest), "r");
      await file.sync().finally(() => file.close());
      const old = this.generations().filter((generation) => generation < newest);
      const paths = old.map((generation) => this.pathOf(generation));
      if (newest === 1) paths.push(join(this.folder, "limits.json"));
      await Promise.all(paths.map((path) => rm(path, { force: true })));
    };
    // one that is gone by now was folded into the next
    this.syncing = this.syncing.then(work).catch(() => undefined);
  }

  private leave(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  /** Newest first. */
  private generations(): number[] {
    try {
      const numbers = readdirSync(this.folder).flatMap((name) => /^limits\.(\d{1,15})\.log$/.exec(name)?.[1] ?? []);
      return numbers.map(Number).sort((a, b) => b - a);
    } catch {
      return [];
    }
  }

  private isThere(): boolean {
    return this.generations().length > 0 || existsSync(join(this.folder, "limits.json"));
  }

  private pathOf(generation: number, more = ""): string {
    return join(this.folder, `limits.${generation}.log${more}`);
  }
}
