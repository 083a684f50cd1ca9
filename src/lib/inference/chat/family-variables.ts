import { strftime } from "./jinja/strftime.js";

/** What templates of some families are given as today, in the formats of their authors: Llama 3's (whose own default is a day of 2024), and FireFunction's. */
const DATES: Readonly<Record<string, string>> = { date_string: "%d %b %Y", datetime: "%b %d %Y" };

/**
 * Variables that templates of some families read and that apply_chat_template does not give by itself, under the names that llama.cpp
 * gives them too: today's date, and the tools as JSON. `reads` tells whether a template has a name at all.
 */
export function familyVariables(reads: (name: string) => boolean, tools: unknown, today: Date): Record<string, string> {
  const dates = Object.entries(DATES).filter(([name]) => reads(name));
  const variables = Object.fromEntries(dates.map(([name, format]) => [name, strftime(today, format)]));
  return reads("functions") ? { ...variables, functions: Array.isArray(tools) ? JSON.stringify(tools, null, 4) : "" } : variables;
}
