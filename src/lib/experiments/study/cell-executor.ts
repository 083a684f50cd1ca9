import type { Completion } from "../../inference/openai/completion.js";
import type { FinishedCell } from "./run-cell.js";
import type { Cell } from "./study.js";

/** A cell to run. */
export interface CellTask extends Cell {
  /** Its answer, where only the scores are missing: no model is asked. */
  known?: Completion;
}

/** Where the cells of a study run: in this process, or elsewhere. It has the plan; bundles name cells by their place in it. */
export interface CellExecutor {
  /** How many cells of one sample a setting's target is best asked together. Opens the target; throws what opening throws. */
  bundleSize(setting: number): Promise<number>;
  /**
   * Runs bundles, the cells of one together, and gives each cell as it finishes; a failure is its outcome. Bundles are taken one after
   * the other as room allows, and a cell's place is given to the next only after the cell was consumed, so that `bundles` may end
   * early by what was seen so far. Once the signal aborts, or the consumer stops, no further bundle is taken and what runs is given
   * up: cells without an outcome are not given. Ends when all that was taken has ended.
   */
  execute(bundles: Iterable<readonly CellTask[]>, signal: AbortSignal): AsyncIterable<FinishedCell>;
}
