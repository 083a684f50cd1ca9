import { closeSync, fdatasync, ftruncateSync, fstatSync, openSync, readFileSync, rmdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Subset } from "../dataset/read-dataset.js";
import type { ErrorCode } from "../../base/errors/codes.js";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { hintWhereFull } from "../../base/errors/system-failures.js";
import { appendWhole } from "../../base/files/append-whole.js";
import { SameFile } from "../../base/files/same-file.js";
import { PRIVATE, writeWhole } from "../../base/files/write-whole.js";
import type { Completion, FinishReason } from "../../inference/openai/completion.js";
import { addCosts, type Score, type Scorer, type ScorerFailure, type ScoringCost } from "../scoring/scorer.js";
import { RecordedPoints } from "../../tracking/recorded-points.js";
import { readLine, scanLines, type LinePlace } from "./journal-lines.js";
import type { FinishedCell } from "./run-cell.js";
import type { Cell } from "./study.js";
import { makeFolder } from "../../base/files/make-folder.js";

/** The file of a study that has its cells. */
export const CELLS = "cells.jsonl";
const HEADER = "study.json";
const METRICS = "metrics.jsonl";
const SYNC_MS = 1000;

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

/** A finished cell as a line of the journal. */
export interface CellRecord extends Cell {
  seed: number;
  /** Absent for a cell that failed or was filtered. */
  text?: string;
  /** What the model thought before it answered. */
  thoughts?: string;
  finishReason?: FinishReason;
  promptTokens?: number;
  completionTokens?: number;
  firstTokenMs?: number;
  totalMs?: number;
  scores?: Record<string, number | null>;
  explanations?: Record<string, string>;
  details?: Record<string, object>;
  /** Scorers that could not tell for a reason that may pass. */
  unscored?: string[];
  /** By scorer: why it failed. */
  scorerErrors?: Record<string, ScorerFailure>;
  /** What models that score were asked; it counts beside the completion's own tokens. */
  scoring?: ScoringCost;
  error?: { code: ErrorCode; message: string };
}

/**
 * The cells of a study on disk: a line each, written when it is finished and synced once a second, so that neither Ctrl+C nor
 * kill -9 loses more than the cells in flight. Where each line stands is kept, its text is not.
 */
export class StudyJournal {
  readonly header: StudyHeader;
  /** The metrics its runs were recorded with. */
  readonly points: RecordedPoints;
  private readonly folder: string;
  private readonly file: number;
  private readonly cells: SameFile;
  private end = 0;
  /** By the cell's index: where its line starts, and how long it is; the last line of a cell asked again. */
  private readonly places = new Map<number, LinePlace>();
  private syncedTo = 0;
  private isClosed = false;
  private readonly timer: NodeJS.Timeout;

  /** Starts a journal in a new folder of `parent`. Throws STORE_UNWRITABLE. */
  static create(parent: string, header: StudyHeader): StudyJournal {
    const folder = join(parent, header.id);
    try {
      makeFolder(folder, PRIVATE.folderMode);
      writeHeader(folder, header);
      return new StudyJournal(folder, header, openSync(join(folder, CELLS), "ax+", PRIVATE.mode));
    } catch (cause) {
      removeEmpty(folder);
      if (cause instanceof LlmopsError) throw cause;
      throw unwritable(folder, cause);
    }
  }

  /** Opens the journal of a study. Throws STUDY_NOT_FOUND or STORE_UNWRITABLE. */
  static open(parent: string, id: string): StudyJournal {
    const folder = join(parent, id);
    try {
      return new StudyJournal(folder, readHeader(folder), openSync(join(folder, CELLS), "a+"));
    } catch (cause) {
      if (cause instanceof LlmopsError) throw cause;
      throw unwritable(folder, cause);
    }
  }

  private constructor(folder: string, header: StudyHeader, file: number) {
    this.folder = folder;
    this.header = header;
    this.points = new RecordedPoints(join(folder, METRICS));
    this.file = file;
    this.cells = new SameFile(join(folder, CELLS));
    this.timer = setInterval(() => this.sync(), SYNC_MS).unref();
  }

  /** Reads what is there, cell by cell; a line a kill cut short is cut off. `indexOf` gives a cell its index. */
  load(indexOf: (cell: Cell) => number, onRecord: (record: CellRecord) => void): void {
    this.end = scanLines(this.file, (line, place) => {
      const record = JSON.parse(line) as CellRecord;
      this.places.set(indexOf(record), place);
      onRecord(record);
    });
    if (fstatSync(this.file).size > this.end) ftruncateSync(this.file, this.end);
    this.syncedTo = this.end;
  }

  /** Throws STORE_UNWRITABLE, also where the file was deleted: what is paid for from now on could not be kept. */
  append(index: number, cell: FinishedCell): void {
    this.cells.require();
    let length: number;
    try {
      length = appendWhole(this.file, `${JSON.stringify(toRecord(cell))}\n`);
    } catch (cause) {
      throw unwritable(this.folder, cause);
    }
    this.places.set(index, { start: this.end, length: length - 1 });
    this.end += length;
  }

  /** The record of the cell with that index, read from disk; also after it was closed. */
  read(index: number): CellRecord | undefined {
    const place = this.places.get(index);
    if (!place) return undefined;
    if (!this.isClosed) return JSON.parse(readLine(this.file, place)) as CellRecord;
    const file = openSync(join(this.folder, CELLS), "r");
    try {
      return JSON.parse(readLine(file, place)) as CellRecord;
    } finally {
      closeSync(file);
    }
  }

  /** Keeps in which run the study is recorded. */
  noteRun(runId: string): void {
    this.cells.require();
    this.header.runId = runId;
    writeHeader(this.folder, this.header);
  }

  /** Ends it, once; a finished study says so in its header. Throws STORE_UNWRITABLE. */
  close({ finished }: { finished: boolean }): void {
    if (this.isClosed) return;
    this.isClosed = true;
    clearInterval(this.timer);
    closeSync(this.file);
    if (!finished) return;
    this.cells.require();
    writeHeader(this.folder, { ...this.header, status: "finished" });
  }

  /** Ends it after a failure, also of `close`. A study without a cell leaves nothing behind. */
  abandon(): void {
    this.close({ finished: false });
    const cells = statSync(join(this.folder, CELLS), { throwIfNoEntry: false });
    if (!cells || cells.size === 0) rmSync(this.folder, { recursive: true, force: true });
  }

  private sync(): void {
    if (this.syncedTo === this.end) return;
    const end = this.end;
    fdatasync(this.file, (error) => {
      if (!error) this.syncedTo = end;
    });
  }
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

/** Built member by member: it is done for every cell, and spreads cost more than all else here. */
function toRecord({ setting, sample, repeat, seed, outcome }: FinishedCell): CellRecord {
  if (!outcome.ok) return { setting, sample, repeat, seed, error: { code: outcome.error.code, message: outcome.error.message } };
  const { text, thoughts, finishReason, usage, timing } = outcome.completion;
  const record: CellRecord & { scores: Record<string, number | null> } = {
    setting,
    sample,
    repeat,
    seed,
    text,
    finishReason,
    promptTokens: usage.promptTokens,
    completionTokens: usage.completionTokens,
    firstTokenMs: round(timing.firstTokenMs),
    totalMs: round(timing.totalMs),
    scores: {},
  };
  if (thoughts !== undefined) record.thoughts = thoughts;
  addScores(record, outcome.scores);
  return record;
}

/** Members that say nothing are absent. */
function addScores(record: CellRecord & { scores: Record<string, number | null> }, scores: Readonly<Record<string, Score>>): void {
  const costs: ScoringCost[] = [];
  for (const [name, score] of Object.entries(scores)) {
    record.scores[name] = score.value;
    if (score.explanation !== undefined) (record.explanations ??= {})[name] = score.explanation;
    if (score.details !== undefined) (record.details ??= {})[name] = score.details;
    if (score.failure) (record.scorerErrors ??= {})[name] = score.failure;
    if (score.mayPass) (record.unscored ??= []).push(name);
    if (score.cost) costs.push(score.cost);
  }
  const scoring = addCosts(costs);
  if (scoring.calls > 0) record.scoring = scoring;
}

/** The answer of a record, as far as it was kept; undefined where there is none. */
export function toCompletion(record: CellRecord | undefined): Completion | undefined {
  const { text, thoughts, finishReason = "stop", promptTokens = 0, completionTokens = 0, firstTokenMs = 0, totalMs = 0 } = record ?? {};
  if (text === undefined) return undefined;
  const own = { text, ...(thoughts !== undefined && { thoughts }), finishReason };
  return {
    ...own,
    choices: [{ ...own, toolCalls: [], logprobs: undefined }],
    usage: { promptTokens, completionTokens },
    timing: { firstTokenMs, totalMs },
  };
}

/** Another's study, whose id is the same, is not empty. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // it was never made, or something stands in it
  }
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function unwritable(folder: string, cause: unknown): LlmopsError {
  return new LlmopsError("STORE_UNWRITABLE", `The study cannot be kept in ${folder}: ${messageOf(cause)}.`, {
    hint: hintWhereFull(cause, "Make the folder writable, or name another with LLMOPS_STATE_DIR."),
    cause,
  });
}
