import { createHash } from "node:crypto";
import { statSync, type BigIntStats } from "node:fs";
import { LlmopsError } from "../errors/llmops-error.js";

/**
 * A file or folder that is written to for a while, by its path and what was there at first. What is written to a file that was deleted
 * meanwhile succeeds, and is nowhere: only asking for the path again tells.
 */
export class SameFile {
  private readonly path: string;
  private readonly first: BigIntStats | undefined;

  /** Remembers what is there now; where nothing is, everything that comes later is right. */
  constructor(path: string) {
    this.path = path;
    this.first = lookAt(path);
  }

  /** Whether something was there at first. */
  get wasThere(): boolean {
    return this.first !== undefined;
  }

  /** Whether the path still leads to what was there at first. */
  get isThere(): boolean {
    if (!this.first) return true;
    const now = lookAt(this.path);
    return now !== undefined && now.ino === this.first.ino && now.dev === this.first.dev;
  }

  /** A digest that tells it from every other one of this machine; undefined where it is not at its path any more. */
  get identity(): string | undefined {
    if (!this.first || !this.isThere) return undefined;
    return createHash("sha256").update(`${this.first.dev}:${this.first.ino}`).digest("hex").slice(0, 32);
  }

  /** Throws STORE_UNWRITABLE where it was deleted, or something else was put in its place. */
  require(): void {
    if (this.isThere) return;
    const what = lookAt(this.path) === undefined ? "was deleted" : "was replaced";
    throw new LlmopsError("STORE_UNWRITABLE", `${this.path} ${what} while it was in use.`, {
      hint: "Nothing else may delete or replace it meanwhile. A study whose answers were kept is recorded with --resume last, other work with `llmops mlflow sync`.",
    });
  }
}

/** A digest that tells the file or folder at a path from every other one of this machine; undefined where nothing is. */
export function fileIdentity(path: string): string | undefined {
  return new SameFile(path).identity;
}

function lookAt(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined; // a file where a folder of it was
  }
}
