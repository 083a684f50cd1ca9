import { existsSync, readFileSync } from "node:fs";
import { journalUnwritable } from "./journal-folder.js";
import { appendWholeTo } from "../../base/files/append-whole.js";
import { PRIVATE, writeWhole } from "../../base/files/write-whole.js";

/** Ids of runs that have ended are kept for so many: later entries may still name them. */
const ENDED_RUNS = 10_000;

type Line = { offset: number } | { run: string; id: string };

/** How far a journal has been sent, and which runs the store has made: a file that grows by a line each time. */
export class Progress {
  /** Everything before it has been sent. */
  offset: number;
  private readonly path: string;
  private readonly runs = new Map<string, string>();
  private readonly ended: string[] = [];

  /** Reads what an earlier process left; `start` is the offset of the first entry, and entries begin and end at boundaries. */
  constructor(path: string, { start, isBoundary }: { start: number; isBoundary: (offset: number) => boolean }) {
    this.path = path;
    this.offset = start;
    if (!existsSync(path)) return;
    for (const line of readFileSync(path, "utf8").split("\n")) this.take(line);
    // a damaged file: all is sent again, which the store takes once
    if (!isBoundary(this.offset)) this.offset = start;
  }

  /** The id the store gave a run. */
  idOf(key: string): string | undefined {
    return this.runs.get(key);
  }

  noteRun(key: string, id: string): void {
    this.runs.set(key, id);
    this.append({ run: key, id });
  }

  /** The run has ended: after many others its id is forgotten. */
  noteEnd(key: string): void {
    this.ended.push(key);
    if (this.ended.length > ENDED_RUNS) this.runs.delete(this.ended.shift() ?? "");
  }

  acknowledge(offset: number): void {
    this.offset = offset;
    this.append({ offset });
  }

  /** Begins again at an offset, in a file without what is past. */
  restart(offset: number): void {
    this.offset = offset;
    const lines: Line[] = [{ offset }, ...[...this.runs].map(([run, id]) => ({ run, id }))];
    writeWhole(this.path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""), PRIVATE);
  }

  /** Begins again at an offset, with another store, which has none of the runs. */
  forget(offset: number): void {
    this.runs.clear();
    this.restart(offset);
  }

  private append(line: Line): void {
    try {
      appendWholeTo(this.path, `${JSON.stringify(line)}\n`, PRIVATE);
    } catch (cause) {
      throw journalUnwritable(this.path, cause);
    }
  }

  /** A line that was cut off by a kill, or damaged, says nothing: what it acknowledged is sent again, which does no harm. */
  private take(text: string): void {
    let line: Partial<Record<"offset" | "run" | "id", unknown>> | null;
    try {
      line = JSON.parse(text) as typeof line;
    } catch {
      return;
    }
    if (typeof line?.offset === "number") this.offset = line.offset;
    else if (typeof line?.run === "string" && typeof line.id === "string") this.runs.set(line.run, line.id);
  }
}
