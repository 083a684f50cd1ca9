import { parseExactJson } from "../format/exact-json.js";

/** How an answer is shown. */
export type AnswerContent = { kind: "json"; value: unknown } | { kind: "markdown" } | { kind: "text" };

/** Lines that begin as those of Markdown do: headings, lists, fences, tables, quotes. */
const BLOCK = /^(?:#{1,6} \S|```|[*+-] \S|\d+[.)] \S|\|.*\|\s*$|> \S)/m;
/** Longer texts are shown as they are. */
const LONGEST = 20_000;

/** Objects and lists are JSON; texts with blocks of Markdown are Markdown; all others are shown as they are. */
export function contentOf(text: string): AnswerContent {
  if (text.length > LONGEST) return { kind: "text" };
  const start = text.trimStart()[0];
  if (start === "{" || start === "[") {
    try {
      return { kind: "json", value: parseExactJson(text) };
    } catch {
      // it only begins as JSON does
    }
  }
  return BLOCK.test(text) || /\*\*\S[^*]*\*\*/.test(text) ? { kind: "markdown" } : { kind: "text" };
}
