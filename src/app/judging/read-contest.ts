import { basename, extname } from "node:path";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { readGradedDataset, type GradedDataset } from "../../lib/experiments/evaluation/graded-dataset.js";
import { answersTo, type Contestant } from "../../lib/experiments/evaluation/pairwise.js";
import type { Budget } from "../../lib/experiments/study/budget.js";
import type { Host } from "../host/host.js";
import { DEFAULT_LIMIT, DEFAULT_SEED, EXAMPLE_DATASET } from "../studies/study-defaults.js";
import type { PromptOptions } from "../studies/fixed-parameters.js";
import { readAnswers } from "../studies/thinking.js";
import { answerAll } from "./answer-all.js";
import type { GradingOptions } from "./open-grading.js";

/** Answers that judges compare pair by pair. */
export interface PairwiseOptions extends GradingOptions, PromptOptions {
  /** Two or more files with answers, or models that answer the dataset. */
  contestants: readonly string[];
}

const DATASETS = [".jsonl", ".csv", ".json", ".yaml", ".yml"];

/** Those compared, and the samples they are compared over. */
export interface Contest {
  dataset: GradedDataset["dataset"];
  contestants: Contestant[];
  /** Forgets the answers that were kept for a comparison that does not get to its end. */
  discard: () => void;
}

/**
 * Reads the answers of the files named, and has the models named answer the dataset. Throws INVALID_ARGUMENT for fewer than two,
 * two of one name, or model files beside endpoints; ABORTED or BUDGET_SPENT where not all have answered.
 */
export async function readContest(options: PairwiseOptions, budget: Budget | undefined, host: Host): Promise<Contest> {
  const { contestants: names } = options;
  if (names.length < 2 || new Set(names).size < names.length) {
    throw new LlmopsError("INVALID_ARGUMENT", "A comparison needs at least two different files or models.", {
      hint: "For example: llmops judge --pairwise a.jsonl b.jsonl",
    });
  }
  const read = await readFiles(names.filter(isFile), options);
  const dataset = await readQuestions(names.find(isFile), options);
  const models = names.filter((name) => !isFile(name));
  const { answers: answered, discard } =
    models.length > 0 ? await answerAll(options, { dataset, models, budget }, host) : { answers: [], discard: () => undefined };
  const contestants = names.map((name): Contestant => {
    const given = read.get(name)?.responses;
    const own = read.get(name)?.dataset.samples ?? [];
    const found = given && answersTo(dataset.samples, { name, samples: own, answers: readAnswers(given, options) });
    for (const note of found?.notes ?? []) host.note(note);
    const answers = found?.answers ?? answered[models.indexOf(name)] ?? new Map<string, string>();
    return { name: isFile(name) ? basename(name, extname(name)) : name, answers };
  });
  const labels = new Set(contestants.map((one) => one.name));
  const named = labels.size === names.length ? contestants : contestants.map((one, i) => ({ ...one, name: names[i] ?? "" }));
  return { dataset, contestants: named, discard };
}

/** What each file has, whole. */
async function readFiles(files: readonly string[], { seed = DEFAULT_SEED, map }: PairwiseOptions): Promise<Map<string, GradedDataset>> {
  const read = new Map<string, GradedDataset>();
  for (const file of files) read.set(file, await readGradedDataset(file, { limit: 0, seed, hasModel: false, answers: "given", map }));
  return read;
}

/** The questions: of the dataset that is named, else of the first file, else the example's. */
async function readQuestions(first: string | undefined, options: PairwiseOptions): Promise<Contest["dataset"]> {
  const { dataset: path, limit, seed = DEFAULT_SEED, map } = options;
  const { dataset } =
    path === undefined && first !== undefined
      ? await readGradedDataset(first, { limit: limit ?? 0, seed, hasModel: false, answers: "given", map })
      : await readGradedDataset(path ?? EXAMPLE_DATASET, { limit: limit ?? DEFAULT_LIMIT, seed, hasModel: true, answers: "generate", map });
  return dataset;
}

function isFile(name: string): boolean {
  return DATASETS.includes(extname(name).toLowerCase());
}
