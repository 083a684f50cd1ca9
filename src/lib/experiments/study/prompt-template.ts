import type { Sample } from "../dataset/sample.js";
import { renderChoices } from "../dataset/choices.js";
import { canonicalName } from "../dataset/column-names.js";
import { valueAt } from "../dataset/columns.js";
import { nearestOf } from "../../base/errors/nearest.js";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { readTextFile } from "../../base/files/read-text-file.js";

/** A piece of a template: text that stays, or the name of a column. */
type Part = { text: string } | { name: string };

const ESCAPE = "Write \\{{ for braces that are to stay.";
const STATEMENT = /\{%-?\s*(?:if|elif|else|endif|for|endfor|set|macro|include|raw)\b/;
const QUESTION = "{{question}}";
const KEPT = 200;
const parsed = new Map<string, readonly Part[]>();

/** The text of a prompt parameter: itself, or the file's content for @FILE. Throws INVALID_ARGUMENT. */
export function readPromptText(value: string): string {
  if (!value.startsWith("@")) return value;
  try {
    return readTextFile(value.slice(1)).trimEnd();
  } catch (cause) {
    throw new LlmopsError("INVALID_ARGUMENT", `The prompt ${value} cannot be read: ${messageOf(cause)}.`, {
      hint: "Name a text file after the @, or write the text itself.",
      cause,
    });
  }
}

/**
 * Puts a sample's columns into the places of a template: {{question}}, {{topic}}, any other by its name, spaces and letters of any
 * script allowed; {{meta.level}} is a part of one, and \{{ stays as {{. Throws INVALID_ARGUMENT for what is not a place, and
 * DATASET_INVALID for a column the sample lacks.
 */
export function fillTemplate(template: string, sample: Sample): string {
  if (!template.includes("{")) return template;
  return parseTemplate(template)
    .map((part) => ("text" in part ? part.text : fill(part.name, sample)))
    .join("");
}

/** The columns a template asks for. Throws INVALID_ARGUMENT for what is not a place. */
export function placesOf(template: string): string[] {
  return parseTemplate(template).flatMap((part) => ("name" in part ? [part.name] : []));
}

/** Throws INVALID_ARGUMENT for a prompt that would ask the same of every sample. */
export function checkHasPlace(prompt: string, samples: number): void {
  if (samples < 2 || placesOf(prompt).length > 0) return;
  const single = /(?<!\{)\{\s*([\p{L}_][^{}:"\n]*?)\s*\}(?!\})/u.exec(prompt)?.[1];
  const shown = prompt.length > 60 ? `${prompt.slice(0, 59)}…` : prompt;
  throw new LlmopsError("INVALID_ARGUMENT", `The prompt "${shown}" has no placeholder: all ${samples} rows would be asked the same.`, {
    hint: `Say where the question goes: ${single === undefined ? "{{question}}, or another column" : `{{${single}}} instead of {${single}}`}.`,
  });
}

function parseTemplate(template: string): readonly Part[] {
  const known = parsed.get(template);
  if (known) return known;
  const parts = toParts(template);
  if (parsed.size >= KEPT) parsed.clear();
  parsed.set(template, parts);
  return parts;
}

function toParts(template: string): Part[] {
  const statement = STATEMENT.exec(template)?.[0];
  if (statement !== undefined) throw notSupported(`${statement} ... %}`, "Templates have places for columns only, such as {{question}}.");
  const parts: Part[] = [];
  let at = 0;
  for (const { index } of template.matchAll(/\\?\{\{/g)) {
    if (index < at) continue;
    if (template[index] === "\\") {
      parts.push({ text: `${template.slice(at, index)}{{` });
      at = index + 3;
      continue;
    }
    const end = template.indexOf("}}", index + 2);
    const name = template.slice(index + 2, end < 0 ? index + 20 : end).trim();
    if (end < 0) throw notSupported(`{{${name}`, `It does not end in }}. ${ESCAPE}`);
    if (name === "" || /[{}\n]/.test(name)) throw notSupported(template.slice(index, end + 2), `A place is {{column}}. ${ESCAPE}`);
    parts.push({ text: template.slice(at, index) }, { name });
    at = end + 2;
  }
  return [...parts, { text: template.slice(at) }];
}

function notSupported(what: string, hint: string): LlmopsError {
  return new LlmopsError("INVALID_ARGUMENT", `The prompt has ${what}, which is not understood.`, { hint });
}

function fill(name: string, sample: Sample): string {
  const column = columnOf(sample, name);
  const written = column && sample.written && Object.hasOwn(sample.written, column.path) ? sample.written[column.path] : undefined;
  if (written !== undefined) return written;
  const value = column?.value;
  if (typeof value === "string") return value;
  if (value !== null && value !== undefined) return JSON.stringify(value);
  throw missing(name, sample);
}

/** What is asked where no --prompt says it: the question, and below it what it offers to choose from, unless it shows that itself. */
export function defaultPrompt({ choices, question, messages }: Pick<Sample, "choices" | "question" | "messages">): string {
  const isShown = choices === undefined || choices.implied === true || messages !== undefined;
  return isShown || choices.options.every(({ text }) => question.includes(text)) ? QUESTION : `${QUESTION}\n{{choices}}`;
}

/** A column by its name, else by the name without regard to case and spaces, else by a path into one. */
function columnOf(sample: Sample, name: string): { value: unknown; path: string } | undefined {
  const { fields } = sample;
  if (name === "id" || name === "question" || name === "answer" || name === "topic") return { value: sample[name], path: "" };
  const wanted = canonicalName(name);
  if (wanted === "choices" && sample.choices) return { value: renderChoices(sample.choices), path: "" };
  if (Object.hasOwn(fields, name)) return { value: fields[name], path: name };
  const alike = ["question", "answer", "topic", "id", ...Object.keys(fields)].find((column) => canonicalName(column) === wanted);
  if (alike !== undefined) return columnOf(sample, alike);
  return name.includes(".") ? { value: valueAt(fields, name), path: name } : undefined;
}

function missing(name: string, sample: Sample): LlmopsError {
  const columns = ["question", ...(sample.answer === null ? [] : ["answer"]), ...Object.keys(sample.fields)];
  const nearest = nearestOf(name, columns);
  const statement = /^[#/^>!&]|\||^(?:else|if|each)\b/.test(name)
    ? "Blocks and filters are not supported: templates have places for columns only. "
    : "";
  const meant = nearest === undefined ? "" : `Did you mean {{${nearest}}}? `;
  return new LlmopsError("DATASET_INVALID", `The sample "${sample.id}" has no "${name}", which the prompt asks for.`, {
    hint: `${statement}${meant}It has: ${columns.join(", ")}. ${ESCAPE}`,
  });
}
