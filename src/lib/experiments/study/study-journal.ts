import { existsSync, readFileSync, rmdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Subset } from "../dataset/read-dataset.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { PRIVATE, writeWhole } from "../../base/files/write-whole.js";
import type { Scorer } from "../scoring/scorer.js";
import { RecordedPoints } from "../../tracking/recorded-points.js";
import { CELLS, cellFiles, newCellFile } from "./cell-files.js";
import { toRecord, type CellRecord } from "./cell-record.js";
import { CellWriter, unwritable } from "./cell-writer.js";
import { RecordPlaces, scanRecords, type RecordPlace } from "./record-places.js";
import type { FinishedCell } from "./run-cell.js";
import type { Cell } from "./study.js";
import { makeFolder } from "../../base/files/make-folder.js";

const HEADER = "study.json";
const METRICS = "metrics.jsonl";

/** Which rows of which file a study asks. */
export interface StudySource extends Subset {
  /** The whole path of the dataset, and its SHA-256. */
  path: string;
  digest: string;
  map?: readonly string[];
}

/** A scorer of a study, as far as what it gave can be read without it. */
export interface StoredScorer extends Pick<Scorer, "name" | "kind" | "direction" | "range"> {
  /** The metric its mean is kept under. */
  metric: string;
}

/** What a study is, for resuming it. */
export interface StudyHeader {
  id: string;
  /** The command that started it, its words, and where. */
  command: string;
  argv: string[];
  folder: string;
  createdAt: string;
  status: "running" | "finished";
  /** What is read to see its answers again, or to score them; absent where that takes more than a dataset. */
  reads?: StudySource;
  /** The scorers that were asked for, the one that decides first. */
  scorers?: StoredScorer[];
  /** The run it was recorded in, once it has ended. */
  runId?: string;
  /** What makes it this study; a resumed one has to have the same. */
  facts: Record<string, unknown>;
}

/**
 * A study on disk: what it is, and its cells. Where each cell's record stands is kept, its text is not. The process that runs the
 * study has its journal; others that run cells of it write them beside it (`joinJournal`), and whoever reads the study reads all.
 */
export class StudyJournal {
  readonly header: StudyHeader;
  /** The metrics its runs were recorded with. */
  readonly points: RecordedPoints;
  private readonly folder: string;
  private readonly writer: CellWriter;
  /** By the cell's index. */
  private readonly places = new RecordPlaces<number>();
  private isClosed = false;

  /** Starts a journal in a new folder of `parent`. Throws STORE_UNWRITABLE. */
  static create(parent: string, header: StudyHeader): StudyJournal {
    const folder = join(parent, header.id);
    try {
      makeFolder(folder, PRIVATE.folderMode);
      writeHeader(folder, header);
      return new StudyJournal(folder, header, new CellWriter(join(folder, CELLS), "ax+"));
    } catch (cause) {
      removeEmpty(folder);
      if (cause instanceof LlmopsError) throw cause;
      throw unwritable(folder, cause);
    }
  }

  /** Opens the journal of a study. Throws STUDY_NOT_FOUND or STORE_UNWRITABLE. */
  static open(parent: string, id: string): StudyJournal {
    const folder = join(parent, id);
    return new StudyJournal(folder, readHeader(folder), new CellWriter(join(folder, CELLS), "a+"));
  }

  private constructor(folder: string, header: StudyHeader, writer: CellWriter) {
    this.folder = folder;
    this.header = header;
    this.points = new RecordedPoints(join(folder, METRICS));
    this.writer = writer;
  }

  /** Reads what is there, cell by cell, also what other processes wrote; a line a kill cut short is cut off. `indexOf` gives a cell its index. */
  load(indexOf: (cell: Cell) => number, onRecord: (record: CellRecord) => void): void {
    const take = (record: CellRecord, place: RecordPlace) => {
      if (this.places.note(indexOf(record), record, place)) onRecord(record);
    };
    scanRecords(cellFiles(this.folder).slice(0, -1), take);
    this.writer.recover(take); // last, so that of records that say as much its own count
  }

  /** Throws STORE_UNWRITABLE, also where the file was deleted: what is paid for from now on could not be kept. */
  append(index: number, cell: FinishedCell): void {
    const record = toRecord(cell);
    this.places.note(index, record, this.writer.append(record));
  }

  /** The record of the cell with that index, read from disk; also after it was closed. */
  read(index: number): CellRecord | undefined {
    return this.places.read(index);
  }

  /** Keeps in which run the study is recorded. */
  noteRun(runId: string): void {
    this.writer.require();
    this.header.runId = runId;
    writeHeader(this.folder, this.header);
  }

  /** Ends it, once; a finished study says so in its header. Throws STORE_UNWRITABLE. */
  close({ finished }: { finished: boolean }): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.writer.close();
    this.places.close();
    if (!finished) return;
    this.writer.require();
    writeHeader(this.folder, { ...this.header, status: "finished" });
  }

  /** Ends it after a failure, also of `close`. A study without a cell leaves nothing behind. */
  abandon(): void {
    this.close({ finished: false });
    if (!existsSync(this.folder)) return;
    const hasCells = cellFiles(this.folder).some((path) => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0);
    if (!hasCells) rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What another process that runs cells of a study writes them with. */
export interface JoinedJournal {
  readonly header: StudyHeader;
  /** Throws STORE_UNWRITABLE. */
  append(cell: FinishedCell): void;
  close(): void;
}

/**
 * Joins a study that another process runs, as one more writer of its cells: into a file of its own, so that no writer can cut or mix the
 * lines of another, on whatever file system. Throws STUDY_NOT_FOUND or STORE_UNWRITABLE.
 */
export function joinJournal(parent: string, id: string): JoinedJournal {
  const folder = join(parent, id);
  const header = readHeader(folder);
  const path = newCellFile(folder);
  const writer = new CellWriter(path, "ax+");
  return {
    header,
    append: (cell) => void writer.append(toRecord(cell)),
    close: () => {
      writer.close();
      if (writer.isEmpty) rmSync(path, { force: true });
    },
  };
}

/** The header of the study in a folder. Throws STUDY_NOT_FOUND. */
export function readHeader(folder: string): StudyHeader {
  try {
    return JSON.parse(readFileSync(join(folder, HEADER), "utf8")) as StudyHeader;
  } catch (cause) {
    throw new LlmopsError("STUDY_NOT_FOUND", `No study was found in ${folder}.`, { hint: "Leave out --resume to start one.", cause });
  }
}

function writeHeader(folder: string, header: StudyHeader): void {
  try {
    writeWhole(join(folder, HEADER), `${JSON.stringify(header, null, 1)}\n`, { mode: PRIVATE.mode });
  } catch (cause) {
    throw unwritable(folder, cause);
  }
}

/** Another's study, whose id is the same, is not empty. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // it was never made, or something stands in it
  }
}
