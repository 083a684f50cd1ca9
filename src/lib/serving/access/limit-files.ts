import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { linkFilled } from "../../base/files/file-lock.js";
import { PRIVATE } from "../../base/files/write-whole.js";
import { makeFolder } from "../../base/files/make-folder.js";

/** The files of a log of limits in a folder: limits.N.log, of which the one with the highest N counts. */
export class LimitFiles {
  /** Where earlier versions kept what was used up. */
  readonly earlierPath: string;
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    this.earlierPath = join(folder, "limits.json");
  }

  pathOf(generation: number, more = ""): string {
    return join(this.folder, `limits.${generation}.log${more}`);
  }

  /** Newest first; none where the folder cannot be read. */
  generations(): number[] {
    try {
      const numbers = readdirSync(this.folder).flatMap((name) => /^limits\.(\d{1,15})\.log$/.exec(name)?.[1] ?? []);
      return numbers.map(Number).sort((a, b) => b - a);
    } catch {
      return [];
    }
  }

  isThere(): boolean {
    return this.generations().length > 0 || existsSync(this.earlierPath);
  }

  /** What an earlier version left, if it did. */
  earlier(): string | undefined {
    try {
      return readFileSync(this.earlierPath, "utf8");
    } catch {
      return undefined;
    }
  }

  /** Makes a log with its first line; false where another process was faster. Throws the system's error. */
  create(generation: number, firstLine: string): boolean {
    makeFolder(this.folder, PRIVATE.folderMode);
    const draft = this.pathOf(generation, `.${randomUUID()}.draft`);
    try {
      writeFileSync(draft, firstLine, { flag: "wx", mode: PRIVATE.mode });
      return linkFilled(draft, this.pathOf(generation));
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** Forces a log to the disk, then deletes those before it. Throws the system's error. */
  async settle(newest: number): Promise<void> {
    const file = await open(this.pathOf(newest), "r");
    await file.sync().finally(() => file.close());
    const old = this.generations().filter((generation) => generation < newest);
    const paths = old.map((generation) => this.pathOf(generation));
    if (newest === 1) paths.push(this.earlierPath);
    await Promise.all(paths.map((path) => rm(path, { force: true })));
  }
}
