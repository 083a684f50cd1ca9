import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** All of the files under the state of a folder whose path matches. */
export function stateFiles(folder: string, name: RegExp): string {
  const state = join(folder, ".state");
  if (!existsSync(state)) return "";
  const paths = readdirSync(state, { recursive: true, encoding: "utf8" }).filter((path) => name.test(path));
  return paths.map((path) => (existsSync(join(state, path)) ? readFileSync(join(state, path), "utf8") : "")).join("");
}

/** How many cells the studies of a folder have kept. */
export function keptCells(folder: string): number {
  return stateFiles(folder, /cells\.jsonl$/).split("\n").length - 1;
}
