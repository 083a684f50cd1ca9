import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { LlmopsError, messageOf, systemCodeOf } from "../../base/errors/llmops-error.js";
import { readTextFile } from "../../base/files/read-text-file.js";
import { judgeTemplate } from "./judge-template.js";
import { invalidRubric, toRubric, type Rubric } from "./rubric.js";
import { didYouMean } from "../../base/errors/nearest.js";
import { makeFolder } from "../../base/files/make-folder.js";

const SHIPPED = fileURLToPath(new URL("../../../../templates/rubrics/", import.meta.url));
/** Rubrics of a project, for version control. */
const OWN = join(".llmops", "rubrics");

/** A rubric and the file it stands in. */
export interface RubricFile {
  rubric: Rubric;
  path: string;
  /** Where it comes from: the product, or the folder at hand. */
  source: "shipped" | "own";
}

/**
 * The rubric a name or the path of a YAML file means; one of the folder at hand goes before a shipped one of the same name.
 * Throws RUBRIC_NOT_FOUND or RUBRIC_INVALID.
 */
export function findRubric(reference: string): RubricFile {
  if (/[/\\]|\.ya?ml$/.test(reference)) return readRubric(reference, "own");
  for (const { folder, source } of FOLDERS) {
    const path = join(folder, `${reference}.yaml`);
    if (existsSync(path)) return readRubric(path, source);
  }
  throw new LlmopsError("RUBRIC_NOT_FOUND", `Rubric "${reference}" was not found.`, {
    hint: `${didYouMean(reference, listRubricNames())}Available: ${listRubricNames().join(", ")}; or name a YAML file.`,
  });
}

/** All rubrics there are, by name. Throws RUBRIC_INVALID for a broken one. */
export function listRubrics(): RubricFile[] {
  return listRubricNames().map(findRubric);
}

/** True for a rubric that came with the product, unchanged. */
export function isShippedRubric(rubric: Rubric): boolean {
  const path = join(SHIPPED, `${rubric.name}.yaml`);
  return existsSync(path) && JSON.stringify(readRubric(path, "shipped").rubric) === JSON.stringify(rubric);
}

/** A rubric of one sentence, on the usual scale of five levels. Throws INVALID_ARGUMENT for an empty one. */
export function rubricOfSentence(sentence: string, name = "criterion"): Rubric {
  if (sentence.trim() === "") {
    throw new LlmopsError("INVALID_ARGUMENT", "The criterion is empty.", { hint: 'For example: --criteria "The answer is polite."' });
  }
  const { criteria_title: title, criteria_scale: scale } = judgeTemplate();
  return toRubric({ name, title, description: sentence.trim(), scale }, "of the sentence");
}

/** Writes a rubric to start from into the folder at hand and returns its path. Throws INVALID_ARGUMENT where there is one already. */
export function writeNewRubric(name: string, sentence: string): string {
  const { description, title } = { ...rubricOfSentence(sentence, name), title: name.slice(0, 1).toUpperCase() + name.slice(1) };
  const path = join(OWN, `${name}.yaml`);
  try {
    makeFolder(OWN);
    writeFileSync(path, newRubricText(name, title, description), { flag: "wx" });
    return path;
  } catch (cause) {
    const exists = systemCodeOf(cause) === "EEXIST";
    throw new LlmopsError("INVALID_ARGUMENT", exists ? `${path} already exists.` : `${path} cannot be written: ${messageOf(cause)}.`, {
      hint: exists ? "Edit it, or choose another name." : "Make the folder writable.",
      cause,
    });
  }
}

const FOLDERS = [
  { folder: OWN, source: "own" },
  { folder: SHIPPED, source: "shipped" },
] as const;

function listRubricNames(): string[] {
  const names = FOLDERS.flatMap(({ folder }) => (existsSync(folder) ? readdirSync(folder) : []));
  return [...new Set(names.filter((name) => name.endsWith(".yaml")).map((name) => basename(name, ".yaml")))].sort();
}

function readRubric(path: string, source: RubricFile["source"]): RubricFile {
  let content: string;
  try {
    content = readTextFile(path);
  } catch (cause) {
    throw new LlmopsError("RUBRIC_NOT_FOUND", `The rubric ${path} cannot be read: ${messageOf(cause)}.`, {
      hint: "Name a YAML file, or one of llmops judge rubric list.",
      cause,
    });
  }
  let value: unknown;
  try {
    value = parse(content);
  } catch (cause) {
    throw invalidRubric(path, `not valid YAML: ${messageOf(cause).split("\n")[0] ?? ""}`, cause);
  }
  return { rubric: toRubric(value, path), path, source };
}

function newRubricText(name: string, title: string, description: string): string {
  const scale = Object.entries(judgeTemplate().criteria_scale).sort(([a], [b]) => Number(b) - Number(a));
  return `name: ${name}
title: ${JSON.stringify(title)}
# one question that the judge answers
description: ${JSON.stringify(description)}
# what every sample must have, and what is shown to the judge where a sample has it
requires: [question, answer]
accepts: [reference, context]
# its share where several criteria make one overall score
weight: 1
# consecutive whole numbers; say what each means, as you would to a colleague
scale:
${scale.map(([level, wording]) => `  ${level}: ${JSON.stringify(wording)}`).join("\n")}
# graded samples the judge sees before each one it grades; two or three help a lot
examples: []
#  - question: "What is the capital of France?"
#    answer: "It is Paris."
#    score: 5
#    justification: "Why it deserves that."
`;
}
