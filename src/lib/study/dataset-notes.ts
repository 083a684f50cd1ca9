import { canonicalName } from "../dataset/column-names.js";
import type { Dataset } from "../dataset/sample.js";
import { placesOf } from "./prompt-template.js";

/** What users are told of a dataset before it is asked: how its columns were understood, and which of them nothing uses. */
export function datasetNotes({ notes = [], unused = [], choiceColumns = [] }: Dataset, templates: readonly string[]): string[] {
  const asked = new Set(templates.flatMap(placesOf).map((name) => canonicalName(name.split(".")[0] ?? "")));
  // a prompt that asks the question itself shows no choices by itself
  const hidden = asked.has("question") && !asked.has("choices") ? choiceColumns : [];
  const ignored = [...unused, ...hidden].filter((column) => !asked.has(canonicalName(column)));
  if (ignored.length === 0) return [...notes];
  const names = ignored.map((column) => `"${column}"`).join(", ");
  const place = `{{${ignored[0] ?? ""}}}`;
  return [
    ...notes,
    `Warning: ${ignored.length === 1 ? "the column" : "the columns"} ${names} ${ignored.length === 1 ? "is" : "are"} not used: the model does not see ` +
      `${ignored.length === 1 ? "it" : "them"}, and no scorer reads ${ignored.length === 1 ? "it" : "them"}, unless --prompt has ${place}, --map names it, or a scorer of your own does.`,
  ];
}
