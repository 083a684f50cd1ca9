import { closeSync, openSync } from "node:fs";
import type { CellRecord } from "./cell-record.js";
import { readLine, scanLines, type LinePlace } from "./journal-lines.js";

/** Where a record stands, and in which file. */
export interface RecordPlace extends LinePlace {
  path: string;
}

/**
 * Where the records of cells stand in the files of a study. A cell that was asked again has several: one with scores counts more than one
 * with scores missing, and that more than a failure; of those that say as much the one noted last counts. So it does not matter which
 * process wrote first.
 */
export class RecordPlaces<Key> {
  private readonly places = new Map<Key, RecordPlace & { worth: number }>();
  /** Open for reading. */
  private readonly files = new Map<string, number>();
  private isClosed = false;

  /** Takes a record, unless one is known that counts more: then it gives false. */
  note(key: Key, record: CellRecord, { path, start, length }: RecordPlace): boolean {
    const worth = worthOf(record);
    if (worth < (this.places.get(key)?.worth ?? 0)) return false;
    this.places.set(key, { path, start, length, worth });
    return true;
  }

  has(key: Key): boolean {
    return this.places.has(key);
  }

  /** The record of a cell, read from disk. */
  read(key: Key): CellRecord | undefined {
    const place = this.places.get(key);
    if (!place) return undefined;
    const file = this.files.get(place.path) ?? openSync(place.path, "r");
    if (!this.isClosed) this.files.set(place.path, file);
    try {
      return JSON.parse(readLine(file, place)) as CellRecord;
    } finally {
      if (this.isClosed) closeSync(file);
    }
  }

  /** Keeps no file open from now on; records can still be read. */
  close(): void {
    this.isClosed = true;
    for (const file of this.files.values()) closeSync(file);
    this.files.clear();
  }
}

/** Goes through the whole lines of files of cells. Throws the system's error. */
export function scanRecords(paths: readonly string[], onRecord: (record: CellRecord, place: RecordPlace) => void): void {
  for (const path of paths) {
    const file = openSync(path, "r");
    try {
      scanLines(file, (line, place) => onRecord(JSON.parse(line) as CellRecord, { path, ...place }));
    } finally {
      closeSync(file);
    }
  }
}

function worthOf({ error, unscored }: CellRecord): number {
  if (error) return 0;
  return unscored ? 1 : 2;
}
