import type { Sample } from "../dataset/sample.js";
import { LlmopsError, messageOf } from "../errors/llmops-error.js";
import { readTextFile } from "../files/read-text-file.js";

const PLACE = /\{\{\s*([\w.-]+)\s*\}\}/g;

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

/** Puts a sample's columns into the places of a template: {{question}}, {{topic}}, any other. Throws DATASET_INVALID for one it lacks. */
export function fillTemplate(template: string, sample: Sample): string {
  return template.replace(PLACE, (_, name: string) => {
    const value = columnOf(sample, name);
    if (typeof value === "string") return value;
    if (value !== null && value !== undefined) return JSON.stringify(value);
    throw new LlmopsError("DATASET_INVALID", `The sample "${sample.id}" has no "${name}", which the prompt asks for.`, {
      hint: `It has: ${["question", ...Object.keys(sample.fields)].join(", ")}.`,
    });
  });
}

function columnOf(sample: Sample, name: string): unknown {
  if (name === "id" || name === "question" || name === "answer" || name === "topic") return sample[name];
  return Object.hasOwn(sample.fields, name) ? sample.fields[name] : undefined;
}
