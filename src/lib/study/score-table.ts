import type { Score } from "../scoring/scorer.js";
import type { Cell, StudyPlan } from "./study.js";

const PENDING = 0;
const DONE = 1;
const FAILED = 2;

/** How much of a setting is done. */
export interface CellCounts {
  done: number;
  failed: number;
}

/** The scores of all cells of a study as plain numbers: a study of 100,000 cells takes a few megabytes. It grows with the settings. */
export class ScoreTable {
  private readonly samples: number;
  private readonly repeats: number;
  private states: Uint8Array;
  private readonly columns: Map<string, Float64Array>;

  constructor(plan: StudyPlan) {
    this.samples = plan.dataset.samples.length;
    this.repeats = plan.mostRepeats;
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

  setScores(cell: Cell, scores: Readonly<Record<string, Score>>): void {
    const index = this.placeOf(cell);
    this.states[index] = DONE;
    for (const [name, column] of this.columns) column[index] = scores[name]?.value ?? Number.NaN;
  }

  setFailed(cell: Cell): void {
    this.states[this.placeOf(cell)] = FAILED;
  }

  /** A failed cell may be asked again. */
  forget(cell: Cell): void {
    this.states[this.indexOf(cell)] = PENDING;
  }

  /** The cells of a setting that are done or failed. */
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
    const start = setting * this.samples * this.repeats;
    const states = this.states.subarray(start, start + this.samples * this.repeats);
    let done = 0;
    let failed = 0;
    for (const state of states) {
      if (state !== PENDING) done++;
      if (state === FAILED) failed++;
    }
    return { done, failed };
  }

  /** The values a scorer gave a setting, grouped by sample; failed and unscored cells are left out. */
  values(scorer: string, setting: number): number[][] {
    const column = this.columns.get(scorer);
    return Array.from({ length: this.samples }, (_, sample) => {
      const start = (setting * this.samples + sample) * this.repeats;
      return column ? [...column.subarray(start, start + this.repeats)].filter((value) => !Number.isNaN(value)) : [];
    });
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
