import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { Completion } from "../../inference/openai/completion.js";
import { cellFiles } from "./cell-files.js";
import { toCompletion, type CellRecord } from "./cell-record.js";
import { RecordPlaces, scanRecords } from "./record-places.js";
import type { Cell } from "./study.js";

/** What became of the cells of a study, read from its folder; nothing there is changed, so the study may still be running. */
export class StoredAnswers {
  private readonly places = new RecordPlaces<string>();
  private readonly ended = new Map<string, Cell>();

  /** Reads where the cells stand in the folder of a study. */
  constructor(folder: string) {
    scanRecords(cellFiles(folder), (record, place) => {
      const { setting, sample, repeat } = record;
      const cell = { setting, sample, repeat };
      if (this.places.note(keyOf(cell), record, place)) this.ended.set(keyOf(cell), cell);
    });
  }

  /** The cells that have ended, by setting, sample and repeat. */
  cells(): Cell[] {
    return [...this.ended.values()].sort((a, b) => a.setting - b.setting || a.sample - b.sample || a.repeat - b.repeat);
  }

  has(cell: Cell): boolean {
    return this.places.has(keyOf(cell));
  }

  /** The record of a cell that has ended. */
  record(cell: Cell): CellRecord | undefined {
    return this.places.read(keyOf(cell));
  }

  /** The answer of a cell as it came, or the error it failed with. */
  answer(cell: Cell): Completion | LlmopsError | undefined {
    const record = this.record(cell);
    return record?.error ? new LlmopsError(record.error.code, record.error.message) : toCompletion(record);
  }

  close(): void {
    this.places.close();
  }
}

function keyOf({ setting, sample, repeat }: Cell): string {
  return `${setting}/${sample}/${repeat}`;
}
