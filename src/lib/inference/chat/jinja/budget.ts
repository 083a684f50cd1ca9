import type { Steps } from "../../../base/slices/slices.js";

/** What one rendering may do at most, so that no template stops the program or fills its memory. */
export interface Limits {
  /** Units of work: about one for each part of an expression, each turn of a loop, and 16 characters that are looked at. */
  work: number;
  /** Units of work between two pauses: macros and filters are done without one, while the event loop waits. */
  stretch: number;
  /** Bytes of the texts, lists and dictionaries that are made, about. */
  bytes: number;
}

const LIMITS: Limits = { work: 4_000_000, stretch: 500_000, bytes: 32_000_000 };
/** For short questions that show what a template does with them. */
export const PROBE_LIMITS: Limits = { work: 50_000, stretch: 50_000, bytes: 1_000_000 };

/** More is allowed for every character that a template is given: it is looked at again and again, and copied. */
const PER_CHARACTER: Limits = { work: 4, stretch: 2, bytes: 32 };
const CHARACTERS_PER_UNIT = 16;
/** Others have their turn after so much work. */
const PAUSE_AFTER = 1000;

/** Rendering takes more than it may. */
export class BudgetError extends Error {}

/** What one rendering has used of what it may. */
export class Budget {
  private readonly limits: Limits;
  private bytes = 0;
  /** Work up to the last pause, and after it. */
  private before = 0;
  private since = 0;
  /** The most work until the next pause. */
  private most = 0;

  constructor(limits: Limits = LIMITS) {
    this.limits = { ...limits };
  }

  /** Allows more, for so many characters that the template is given. */
  allow(characters: number): void {
    for (const name of ["work", "stretch", "bytes"] as const) this.limits[name] += characters * PER_CHARACTER[name];
    this.setMost();
  }

  /** The pause is over. */
  resume(): void {
    this.before += this.since;
    this.since = 0;
    this.setMost();
  }

  /** Counts work. Throws BudgetError. */
  spend(units: number): void {
    this.since += units;
    // NaN is too much too
    if (!(this.since <= this.most)) throw this.exceeded();
  }

  /** Counts bytes. Throws BudgetError. */
  make(bytes: number): void {
    this.bytes += bytes;
    if (!(this.bytes <= this.limits.bytes)) throw new BudgetError(`it makes texts and lists of more than ${this.limits.bytes} bytes`);
  }

  get isDue(): boolean {
    return this.since > PAUSE_AFTER;
  }

  /** Work and bytes so far. */
  get used(): { work: number; bytes: number } {
    return { work: this.before + this.since, bytes: this.bytes };
  }

  private setMost(): void {
    this.most = Math.min(this.limits.stretch, this.limits.work - this.before);
  }

  private exceeded(): BudgetError {
    const { work, stretch } = this.limits;
    const [limit, where] = this.most < stretch ? [work, ""] : [stretch, " in one macro or filter"];
    return new BudgetError(`it takes more than ${limit} steps of work${where}`);
  }
}

/** That of the rendering whose step is being done: values are made in many places, and one step ends before the next one begins. */
let current: Budget | undefined;

/** Does work within a budget. Throws BudgetError where it does not suffice. */
export function* within<T>(budget: Budget, work: Steps<T>): Steps<T> {
  for (;;) {
    const outer = current;
    current = budget;
    budget.resume();
    try {
      const step = work.next();
      if (step.done === true) return step.value;
    } finally {
      current = outer;
    }
    yield;
  }
}

/** Counts units of work. Throws BudgetError. */
export function spend(units: number): void {
  current?.spend(units);
}

/** Counts the bytes of a value that is about to be made. Throws BudgetError. */
export function make(bytes: number): void {
  current?.make(bytes);
}

/** Counts the work of looking at so many characters, or at items that are only moved. Throws BudgetError. */
export function look(characters: number): void {
  current?.spend(characters / CHARACTERS_PER_UNIT);
}

const BYTES_PER_LIST = 16;
const BYTES_PER_ITEM = 8;

/** Counts a list that is about to be made, and its items. Throws BudgetError. */
export function makeItems(count: number): void {
  make(BYTES_PER_LIST + count * BYTES_PER_ITEM);
  look(count);
}

const BYTES_PER_OBJECT = 64;

/** Counts objects that are about to be made, such as a dictionary and its entries. Throws BudgetError. */
export function makeObjects(count: number): void {
  make(count * BYTES_PER_OBJECT);
  spend(count);
}

/** A text so many times: none where the number is below 1. Throws BudgetError before it is made. */
export function repeated(text: string, times: number): string {
  const count = Math.max(0, times);
  make(text.length * count);
  return text.repeat(count);
}

/** Two texts as one: what is added is counted, for long texts are put together from short ones. Throws BudgetError. */
export function joined(a: string, b: string): string {
  make(BYTES_PER_LIST + Math.min(a.length, b.length));
  return a + b;
}

/** True where others should have their turn. */
export function isPauseDue(): boolean {
  return current?.isDue ?? true;
}
