import type { FinishReason } from "../../inference/openai/completion.js";
import type { Score } from "../scoring/scorer.js";
import type { Cell, StudyPlan } from "./study.js";

const PENDING = 0;
const ANSWERED = 1;
const FAILED = 2;
const FILTERED = 3;
/** Answered, as far as the limit of tokens let it. */
const TRUNCATED = 4;

/** How the cells of a setting ended. */
export interface CellCounts {
  /** All that ended, however. */
  done: number;
  /** No whole answer came. */
  failed: number;
  /** The service withheld the answer. */
  filtered: number;
  /** Answered, but the scorer that decides gave no value. */
  unscored: number;
  /** Answered, but cut off at the limit of tokens; absent where none were. They are scored as they are. */
  truncated?: number;
}

/** How many cells ended without a score that decides. */
export function missingScores({ failed, filtered, unscored }: CellCounts): number {
  return failed + filtered + unscored;
}

/** The scores of all cells of a study as plain numbers: a study of 100,000 cells takes a few megabytes. It grows with the settings. */
export class ScoreTable {
  private readonly samples: number;
  private readonly repeats: number;
  private states: Uint8Array;
  private readonly columns: Map<string, Float64Array>;
  private readonly primary: string;
  /** Scorers that gave something else than 0 or 1. */
  private readonly graded = new Set<string>();

  constructor(plan: StudyPlan) {
    this.samples = plan.dataset.samples.length;
    this.repeats = plan.mostRepeats;
    this.primary = plan.primary.name;
    const cells = plan.settings.length * this.samples * this.repeats;
    this.states = new Uint8Array(cells);
    this.columns = new Map(plan.scorers.map(({ name }) => [name, new Float64Array(cells).fill(Number.NaN)]));
  }

  /** The cell's place among all of the study's: settings, then samples, then repeats. */
  indexOf({ setting, sample, repeat }: Cell): number {
    return (setting * this.samples + sample) * this.repeats + repeat;
  }

  isDone(cell: Cell): boolean {
    return (this.states[this.indexOf(cell)] ?? PENDING) !== PENDING;
  }

  setScores(cell: Cell, scores: Readonly<Record<string, Score>>, finishReason: FinishReason = "stop"): void {
    const index = this.placeOf(cell);
    this.states[index] = finishReason === "length" ? TRUNCATED : ANSWERED;
    for (const [name, column] of this.columns) {
      const value = scores[name]?.value ?? Number.NaN;
      column[index] = value;
      if (value !== 0 && value !== 1 && !Number.isNaN(value)) this.graded.add(name);
    }
  }

  /** Without an answer: by `code`, because it was withheld, or because something failed. */
  setFailed(cell: Cell, code: string): void {
    const index = this.placeOf(cell);
    this.states[index] = code === "CONTENT_FILTERED" ? FILTERED : FAILED;
    for (const column of this.columns.values()) column[index] = Number.NaN;
  }

  /** The cell may be asked again. */
  forget(cell: Cell): void {
    const index = this.indexOf(cell);
    this.states[index] = PENDING;
    for (const column of this.columns.values()) if (index < column.length) column[index] = Number.NaN;
  }

  /** The cells of a setting that have ended. */
  cellsOf(setting: number): Cell[] {
    const cells: Cell[] = [];
    for (let sample = 0; sample < this.samples; sample++) {
      for (let repeat = 0; repeat < this.repeats; repeat++) {
        const cell = { setting, sample, repeat };
        if (this.isDone(cell)) cells.push(cell);
      }
    }
    return cells;
  }

  counts(setting: number): CellCounts {
    const [start, end] = this.rangeOf(setting);
    const deciding = this.columns.get(this.primary);
    const counts = { done: 0, failed: 0, filtered: 0, unscored: 0 };
    let truncated = 0;
    for (let index = start; index < end; index++) {
      const state = this.states[index];
      if (state === PENDING) continue;
      counts.done++;
      if (state === TRUNCATED) truncated++;
      if (state === FAILED) counts.failed++;
      else if (state === FILTERED) counts.filtered++;
      else if (Number.isNaN(deciding?.[index] ?? Number.NaN)) counts.unscored++;
    }
    return truncated > 0 ? { ...counts, truncated } : counts;
  }

  /** Whether all values a scorer gave, to any setting, are 0 or 1. */
  isBinary(scorer: string): boolean {
    return !this.graded.has(scorer);
  }

  /** How many answered cells of a setting a scorer gave no value. */
  unscoredBy(scorer: string, setting: number): number {
    const column = this.columns.get(scorer);
    const [start, end] = this.rangeOf(setting);
    let count = 0;
    for (let index = start; index < end; index++) {
      if (isAnswered(this.states[index]) && Number.isNaN(column?.[index] ?? Number.NaN)) count++;
    }
    return count;
  }

  /** The values a scorer gave a setting, grouped by sample; failed and unscored cells are left out. */
  values(scorer: string, setting: number): number[][] {
    const column = this.columns.get(scorer);
    return Array.from({ length: this.samples }, (_, sample) => {
      const start = (setting * this.samples + sample) * this.repeats;
      return column ? [...column.subarray(start, start + this.repeats)].filter((value) => !Number.isNaN(value)) : [];
    });
  }

  private rangeOf(setting: number): [start: number, end: number] {
    const start = setting * this.samples * this.repeats;
    return [start, Math.min(this.states.length, start + this.samples * this.repeats)];
  }

  /** Where the cell is written; the table is made large enough for it. */
  private placeOf(cell: Cell): number {
    const index = this.indexOf(cell);
    if (index < this.states.length) return index;
    const cells = Math.max(2 * this.states.length, (cell.setting + 1) * this.samples * this.repeats);
    const states = new Uint8Array(cells);
    states.set(this.states);
    this.states = states;
    for (const [name, column] of this.columns) {
      const grown = new Float64Array(cells).fill(Number.NaN);
      grown.set(column);
      this.columns.set(name, grown);
    }
    return index;
  }
}

function isAnswered(state: number | undefined): boolean {
  return state === ANSWERED || state === TRUNCATED;
}
