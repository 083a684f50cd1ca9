import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { hintWhereFull } from "../../base/errors/system-failures.js";
import { appendWhole } from "../../base/files/append-whole.js";
import { SameFile } from "../../base/files/same-file.js";
import { PRIVATE } from "../../base/files/write-whole.js";
import type { CellRecord } from "./cell-record.js";
import { scanLines } from "./journal-lines.js";
import type { RecordPlace } from "./record-places.js";

const SYNC_MS = 1000;

/**
 * A file of cells that one process writes: a line each, written when the cell is finished and synced once a second, so that neither
 * Ctrl+C nor kill -9 loses more than the cells in flight.
 */
export class CellWriter {
  private readonly path: string;
  private readonly file: number;
  private readonly same: SameFile;
  private end = 0;
  private syncedTo = 0;
  private isClosed = false;
  private readonly timer: NodeJS.Timeout;

  /** Opens a file for appending: "ax+" a new one, "a+" one that may be there. Throws STORE_UNWRITABLE. */
  constructor(path: string, how: "ax+" | "a+") {
    this.path = path;
    try {
      this.file = openSync(path, how, PRIVATE.mode);
    } catch (cause) {
      throw unwritable(dirname(path), cause);
    }
    this.same = new SameFile(path);
    this.timer = setInterval(() => this.sync(), SYNC_MS).unref();
  }

  /** Nothing was written, and nothing was there. */
  get isEmpty(): boolean {
    return this.end === 0;
  }

  /** Reads what was there; a line a kill cut short is cut off. To be called before anything is appended. */
  recover(onRecord: (record: CellRecord, place: RecordPlace) => void): void {
    const { file, path } = this;
    this.end = scanLines(file, (line, place) => onRecord(JSON.parse(line) as CellRecord, { path, ...place }));
    if (fstatSync(file).size > this.end) ftruncateSync(file, this.end);
    this.syncedTo = this.end;
  }

  /** Adds a line. Throws STORE_UNWRITABLE, also where the file was deleted. */
  append(record: CellRecord): RecordPlace {
    this.require();
    let length: number;
    try {
      length = appendWhole(this.file, `${JSON.stringify(record)}\n`);
    } catch (cause) {
      throw unwritable(dirname(this.path), cause);
    }
    const place = { path: this.path, start: this.end, length: length - 1 };
    this.end += length;
    return place;
  }

  /** Throws STORE_UNWRITABLE where the file was deleted or replaced. */
  require(): void {
    this.same.require();
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    clearInterval(this.timer);
    closeSync(this.file);
  }

  private sync(): void {
    if (this.syncedTo === this.end) return;
    const end = this.end;
    fdatasync(this.file, (error) => {
      if (!error) this.syncedTo = end;
    });
  }
}

/** Why a study cannot be kept. */
export function unwritable(folder: string, cause: unknown): LlmopsError {
  return new LlmopsError("STORE_UNWRITABLE", `The study cannot be kept in ${folder}: ${messageOf(cause)}.`, {
    hint: hintWhereFull(cause, "Make the folder writable, or name another with LLMOPS_STATE_DIR."),
    cause,
  });
}
