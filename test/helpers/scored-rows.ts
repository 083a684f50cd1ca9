import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readDataset } from "../../src/lib/experiments/dataset/read-dataset.js";
import type { Dataset } from "../../src/lib/experiments/dataset/sample.js";
import { resolveScorers } from "../../src/lib/experiments/scoring/scorers.js";
import { temporaryFolder } from "./temporary-folder.js";

/** A file's text, or its rows. */
export type Content = string | readonly object[];

/** The dataset of a file with that content. */
export function readRowsOf(content: Content, { name = "data.jsonl", map = [] as string[] } = {}): Promise<Dataset> {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, typeof content === "string" ? content : content.map((row) => JSON.stringify(row)).join("\n"));
  return readDataset(path, { limit: 0, seed: 0, map });
}

/** What a scorer gives answers to a row. */
export async function scoresOf({ samples }: Dataset, row: number, scorer: string, answers: readonly string[]): Promise<(number | null)[]> {
  const { primary } = await resolveScorers([scorer]);
  const [sample] = samples.slice(row);
  if (!sample) throw new Error(`no row ${row}`);
  return Promise.all(
    answers.map(async (text) => {
      const choice = { text, finishReason: "stop" as const, toolCalls: [], logprobs: undefined };
      const nothing = { usage: { promptTokens: 0, completionTokens: 0 }, timing: { firstTokenMs: 0, totalMs: 0 } };
      return (await primary.score(sample, { ...choice, choices: [choice], ...nothing })).value;
    }),
  );
}

/** Three questions as MMLU has them. */
export const MMLU = [
  { question: "What is the capital of France?", subject: "geography", choices: ["Lyon", "Paris", "Nice", "Lille"], answer: 1 },
  { question: "What is 1 + 2?", subject: "maths", choices: ["3", "1", "2", "0"], answer: 0 },
  { question: "Which is a mammal?", subject: "biology", choices: ["A trout", "A crow", "A wasp", "A whale"], answer: 3 },
];
