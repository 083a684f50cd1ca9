import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { Completion } from "../../inference/openai/completion.js";
import { readLine, scanLines, type LinePlace } from "./journal-lines.js";
import { CELLS, toCompletion, type CellRecord } from "./study-journal.js";
import type { Cell } from "./study.js";

/** What became of the cells of a study, read from its folder; nothing there is changed, so the study may still be running. */
export class StoredAnswers {
  private readonly file: number;
  private readonly places = new Map<string, { cell: Cell; place: LinePlace }>();

  /** Opens the cells in the folder of a study. */
  constructor(folder: string) {
    this.file = openSync(join(folder, CELLS), "r");
    scanLines(this.file, (line, place) => {
      const { setting, sample, repeat } = JSON.parse(line) as CellRecord;
      const cell = { setting, sample, repeat };
      this.places.set(keyOf(cell), { cell, place }); // of a cell asked again, the later one counts
    });
  }

  /** The cells that have ended, by setting, sample and repeat. */
  cells(): Cell[] {
    return Array.from(this.places.values(), ({ cell }) => cell).sort(
      (a, b) => a.setting - b.setting || a.sample - b.sample || a.repeat - b.repeat,
    );
  }

  has(cell: Cell): boolean {
    return this.places.has(keyOf(cell));
  }

  /** The record of a cell that has ended. */
  record(cell: Cell): CellRecord | undefined {
    const found = this.places.get(keyOf(cell));
    return found && (JSON.parse(readLine(this.file, found.place)) as CellRecord);
  }

  /** The answer of a cell as it came, or the error it failed with. */
  answer(cell: Cell): Completion | LlmopsError | undefined {
    const record = this.record(cell);
    return record?.error ? new LlmopsError(record.error.code, record.error.message) : toCompletion(record);
  }

  close(): void {
    closeSync(this.file);
  }
}

function keyOf({ setting, sample, repeat }: Cell): string {
  return `${setting}/${sample}/${repeat}`;
}
