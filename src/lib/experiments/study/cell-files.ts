import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";

/** The file of a study that has the cells of the process that runs it. */
export const CELLS = "cells.jsonl";

/** A file for the cells of one more process. */
export function newCellFile(folder: string): string {
  return join(folder, `cells-${randomUUID()}.jsonl`);
}

/** All files of a study that have cells, that of the process that runs it last, whether it is there or not. */
export function cellFiles(folder: string): string[] {
  const others = readdirSync(folder).filter((name) => /^cells-[\w-]+\.jsonl$/.test(name));
  return [...others.sort(), CELLS].map((name) => join(folder, name));
}
