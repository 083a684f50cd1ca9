import { canonicalName } from "../dataset/column-names.js";
import type { Dataset } from "../dataset/sample.js";
import type { Scorer } from "../scoring/scorer.js";
import { placesOf } from "./prompt-template.js";

/** What users are told of a dataset before it is asked: how its columns were understood, and which of them nothing uses. */
export function datasetNotes(
  { notes = [], unused = [], choiceColumns = [] }: Dataset,
  templates: readonly string[],
  scorers: readonly Scorer[] = [],
): string[] {
  const read = scorers.flatMap(({ columns = [] }) => columns);
  const asked = new Set([...templates.flatMap(placesOf), ...read].map((name) => canonicalName(name.split(".")[0] ?? "")));
  // a prompt that asks the question itself shows no choices by itself
  const hidden = asked.has("question") && !asked.has("choices") ? choiceColumns : [];
  const ignored = [...unused, ...hidden].filter((column) => !asked.has(canonicalName(column)));
  return ignored.length === 0 ? [...notes] : [...notes, notUsed(ignored)];
}

function notUsed(columns: readonly string[]): string {
  const names = columns.map((column) => `"${column}"`).join(", ");
  const [subject, them] = columns.length === 1 ? ["the column", "it"] : ["the columns", "them"];
  return (
    `Warning: ${subject} ${names} ${columns.length === 1 ? "is" : "are"} not used: the model does not see ${them}, and no scorer reads ` +
    `${them}, unless --prompt has {{${columns[0] ?? ""}}}, --map names it, or a scorer of your own does.`
  );
}
