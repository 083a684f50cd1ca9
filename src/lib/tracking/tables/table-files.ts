import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ArtifactFiles } from "../artifact-store.js";

/** Copies that are kept: whoever looks at a table asks for its parts one after another. */
const MOST_COPIES = 8;

/** Files with tables on this machine: themselves where they are here, else copies of their versions that go away with this. */
export class TableFiles {
  private folder: Promise<string> | undefined;
  private copies: string[] = [];

  /** The place of a file. Throws RESOURCE_DOES_NOT_EXIST. */
  async placeOf(artifacts: ArtifactFiles, uri: string, path: string): Promise<string> {
    const { version } = await artifacts.describe(uri, path);
    this.folder ??= mkdtemp(join(tmpdir(), "llmops-tables-"));
    const name = createHash("sha256")
      .update(JSON.stringify([uri, path, version]))
      .digest("hex");
    const copy = join(await this.folder, name);
    const place = await artifacts.fetch(uri, path, copy);
    if (place.startsWith(copy)) await this.keep(copy);
    return place;
  }

  /** Removes the copies. */
  async close(): Promise<void> {
    if (this.folder) await rm(await this.folder, { recursive: true, force: true });
  }

  private async keep(copy: string): Promise<void> {
    this.copies = [...this.copies.filter((one) => one !== copy), copy];
    const dropped = this.copies.splice(0, Math.max(0, this.copies.length - MOST_COPIES));
    for (const one of dropped) await rm(one, { recursive: true, force: true });
  }
}
