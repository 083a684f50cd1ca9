import { displayWidth } from "./display-width.js";

/** A command line in lines of at most `width` columns, broken between its words; quoted words stay whole, and values with their flags. */
export function continueCommand(line: string, width: number): string {
  if (displayWidth(line) <= width) return line;
  const words = (line.match(/(?:'[^']*'|"[^"]*"|[^\s'"]+)+/g) ?? []).reduce<string[]>((pairs, word) => {
    const before = pairs.at(-1) ?? "";
    const isValue = /^--?\w\S*$/.test(before) && !word.startsWith("-");
    return isValue ? [...pairs.slice(0, -1), `${before} ${word}`] : [...pairs, word];
  }, []);
  const lines = [""];
  for (const word of words) {
    const current = lines.at(-1) ?? "";
    if (current !== "" && displayWidth(`${current} ${word} \\`) > width) lines.push(`    ${word}`);
    else lines[lines.length - 1] = current === "" ? word : `${current} ${word}`;
  }
  return lines.join(" \\\n");
}
