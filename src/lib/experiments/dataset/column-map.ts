import { LlmopsError } from "../../base/errors/llmops-error.js";

/** What columns mean by what the user says: the name here, and the file's. */
export type ColumnMap = ReadonlyMap<string, string>;

/** Reads `question=Prompt,answer=Gold`, also given in several pieces. Throws INVALID_ARGUMENT. */
export function parseColumnMap(texts: readonly string[]): ColumnMap {
  const map = new Map<string, string>();
  for (const pair of texts.flatMap((text) => text.split(/,(?=\s*[\w.-]+\s*=)/))) {
    const [, name = "", column = ""] = /^\s*([\w.-]+)\s*=\s*(.*?)\s*$/s.exec(pair) ?? [];
    if (name === "" || column === "") {
      throw new LlmopsError("INVALID_ARGUMENT", `--map ${pair} is not a mapping.`, {
        hint: "Write NAME=COLUMN, such as --map question=Prompt,answer=Gold.",
      });
    }
    if (map.has(name)) {
      throw new LlmopsError("INVALID_ARGUMENT", `--map maps "${name}" twice: to ${map.get(name)} and to ${column}.`, {
        hint: "Name one of them.",
      });
    }
    map.set(name, column);
  }
  return map;
}

/** The map in one line, the same for the same meaning; undefined where nothing is mapped. */
export function describeMap(map: ColumnMap): string | undefined {
  if (map.size === 0) return undefined;
  return [...map]
    .map(([name, column]) => `${name}=${column}`)
    .sort()
    .join(",");
}
