import { randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseEntry, type DamagedLine, type Entry } from "./entries.js";
import { journalUnwritable, listJournals, SCHEMA, type Header } from "./journal-folder.js";
import { Progress } from "./progress.js";
import { appendWhole, appendWholeTo } from "../../base/files/append-whole.js";
import { ownMark } from "../../base/files/process-identity.js";
import { SameFile } from "../../base/files/same-file.js";
import { PRIVATE } from "../../base/files/write-whole.js";
import { makeFolder } from "../../base/files/make-folder.js";

const READ_BYTES = 1024 * 1024;
/** A file that has been sent is emptied when it is longer: a server records for months. */
const LONGEST_BYTES = 4 * 1024 * 1024;

export interface ReadEntry {
  entry: Entry | DamagedLine;
  /** The offset after the entry. */
  end: number;
}

const syncAsync = promisify(fdatasync);

/**
 * Entries on their way to a store, in a file that outlives the process: written first, sent from the file
 * afterwards, deleted when all of it has been sent. Its name says which process owns it.
 */
export class JournalFile {
  /** The store the entries are for. */
  readonly uri: string;
  readonly progress: Progress;
  private readonly folder: string;
  private readonly id: string;
  private readonly descriptor: number;
  /** The offset of the first entry. */
  private readonly start: number;
  private readonly file: SameFile;
  /** Bytes of whole entries in the file. */
  private length: number;
  private isDirty = false;

  /** A new journal. Throws STORE_UNWRITABLE. */
  static create(folder: string, uri: string): JournalFile {
    const id = randomUUID();
    const header: Header = { schema: SCHEMA, uri, host: hostname() };
    try {
      makeFolder(folder, PRIVATE.folderMode);
      writeFileSync(ownPath(folder, id), `${JSON.stringify(header)}\n`, { flag: "wx", mode: PRIVATE.mode });
    } catch (cause) {
      rmSync(ownPath(folder, id), { force: true });
      throw journalUnwritable(folder, cause);
    }
    return new JournalFile(folder, id, header);
  }

  /** Takes over the journals of processes that are gone, of one store or of all; another process may be faster. */
  static adopt(folder: string, uri?: string): JournalFile[] {
    return listJournals(folder).flatMap(({ id, isInUse, header, path }) => {
      if ((uri !== undefined && header.uri !== uri) || header.host !== hostname() || isInUse || owned.has(id)) return [];
      try {
        renameSync(path, ownPath(folder, id));
        return [new JournalFile(folder, id, header)];
      } catch {
        return []; // another was faster, or it cannot be read: it stays where it is, and nobody's work stops for it
      }
    });
  }

  private constructor(folder: string, id: string, { uri }: Header) {
    this.folder = folder;
    this.id = id;
    this.uri = uri;
    this.cutBrokenEnd();
    this.descriptor = openSync(this.path, "a+");
    this.file = new SameFile(this.path);
    this.length = fstatSync(this.descriptor).size;
    owned.add(id);
    const content = readFileSync(this.path);
    this.start = content.indexOf(10) + 1;
    const isBoundary = (offset: number) => offset >= this.start && offset <= content.length && content[offset - 1] === 10;
    this.progress = new Progress(join(folder, `${id}.progress.jsonl`), { start: this.start, isBoundary });
  }

  /** False once it was deleted: then what has not been sent dies with this process. */
  get isThere(): boolean {
    return this.file.isThere;
  }

  get path(): string {
    return ownPath(this.folder, this.id);
  }

  /** The file of entries that the store refused. */
  get rejectedPath(): string {
    return join(this.folder, `${this.id}.rejected.jsonl`);
  }

  /** Adds entries: a process that is killed afterwards leaves them in the file. Throws STORE_UNWRITABLE, and then keeps nothing of them. */
  append(...entries: readonly Entry[]): void {
    try {
      this.length += appendWhole(this.descriptor, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
      this.isDirty = true;
    } catch (cause) {
      throw journalUnwritable(this.path, cause);
    }
  }

  /** Forces what was added to the disk, where it outlives the machine too. Throws STORE_UNWRITABLE. */
  async synced(): Promise<void> {
    if (!this.isDirty) return;
    this.isDirty = false;
    try {
      await syncAsync(this.descriptor);
    } catch (cause) {
      throw journalUnwritable(this.path, cause);
    }
  }

  /** True when everything in the file has been sent. */
  isSent(): boolean {
    return this.progress.offset >= this.length;
  }

  /** The next whole entries that have not been sent, about a MiB of them. */
  read(): ReadEntry[] {
    let bytes = Buffer.alloc(READ_BYTES);
    let length = readSync(this.descriptor, bytes, 0, bytes.length, this.progress.offset);
    while (length === bytes.length && bytes.lastIndexOf(10) < 0) {
      bytes = Buffer.concat([bytes, Buffer.alloc(bytes.length)]); // one entry is longer
      length = readSync(this.descriptor, bytes, 0, bytes.length, this.progress.offset);
    }
    const entries: ReadEntry[] = [];
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0 && end < length; end = bytes.indexOf(10, start)) {
      entries.push({ entry: parseEntry(bytes.toString("utf8", start, end)), end: this.progress.offset + end + 1 });
      start = end + 1;
    }
    return entries;
  }

  /** How many entries have not been sent. */
  pending(): number {
    const rest = Buffer.alloc(this.length - Math.min(this.length, this.progress.offset));
    const length = readSync(this.descriptor, rest, 0, rest.length, this.progress.offset);
    return rest.subarray(0, length).reduce((lines, byte) => (byte === 10 ? lines + 1 : lines), 0);
  }

  /** Remembers that everything up to an offset has been sent. */
  acknowledge(offset: number): void {
    this.progress.acknowledge(offset);
    if (!this.isSent() || this.length < LONGEST_BYTES) return;
    // in this order: a kill in between only sends again, which the store takes once
    this.progress.restart(this.start);
    ftruncateSync(this.descriptor, this.start);
    this.length = this.start;
  }

  /** Has everything sent once more that is still in the file: the store that took it is gone. */
  sendAgain(): void {
    if (this.isThere) this.progress.forget(this.start);
  }

  /** Keeps the content of an artifact beside the journal and returns its name there. Throws STORE_UNWRITABLE. */
  keepContent(content: string | Uint8Array): string {
    const name = `${this.id}.${randomUUID()}.blob`;
    try {
      writeFileSync(join(this.folder, name), content, { mode: PRIVATE.mode });
    } catch (cause) {
      this.dropContent(name);
      throw journalUnwritable(this.folder, cause);
    }
    return name;
  }

  /** The content; undefined when it has been dropped, because it was sent before a kill could be acknowledged. */
  readContent(name: string): Buffer | undefined {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path) : undefined;
  }

  dropContent(name: string): void {
    rmSync(join(this.folder, name), { force: true });
  }

  /** Sets an entry the store refused aside, with its reason and, for an artifact, its content; or a line that is none. */
  reject(entry: Entry | DamagedLine, reason: string): void {
    const file = entry.op === "artifact" ? entry.file : undefined;
    const kept = file === undefined ? entry : { ...entry, file: `${file}.rejected` };
    if (file !== undefined) renameSync(join(this.folder, file), join(this.folder, `${file}.rejected`));
    const line = `${JSON.stringify({ uri: this.uri, reason, entry: kept })}\n`;
    appendWholeTo(this.rejectedPath, line, PRIVATE);
  }

  /** Closes the file, and deletes it when everything has been sent or `discard` is set. */
  close({ discard = false } = {}): void {
    const done = discard || this.isSent();
    closeSync(this.descriptor);
    owned.delete(this.id);
    if (!done || !existsSync(this.folder)) return;
    for (const name of readdirSync(this.folder)) {
      if (name.includes(this.id) && !name.includes(".rejected")) rmSync(join(this.folder, name), { force: true });
    }
  }

  /** A process that was killed while it wrote leaves half a line: the entry was never promised to anyone. */
  private cutBrokenEnd(): void {
    const content = readFileSync(this.path);
    const whole = content.lastIndexOf(10) + 1;
    if (whole < content.length) truncateSync(this.path, whole);
  }
}

function ownPath(folder: string, id: string): string {
  return join(folder, `${ownMark()}-${id}.jsonl`);
}

/** Journals this process has open: their process is alive, and it is this one. */
const owned = new Set<string>();
