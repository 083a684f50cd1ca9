import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { LlmopsError } from "./lib/errors/llmops-error.js";
import { readGradedDataset, type GradedDataset } from "./lib/evaluation/graded-dataset.js";
import type { Contestant } from "./lib/evaluation/pairwise.js";
import { planSweep } from "./lib/study/plan-sweep.js";
import { runStudy } from "./lib/study/run-study.js";
import { StudyJournal } from "./lib/study/study-journal.js";
import { TargetPool } from "./lib/study/target-pool.js";
import { resolveScorers } from "./lib/scoring/scorers.js";
import { fixedParameters } from "./conduct-judgement.js";
import type { GradingFlags } from "./grading-flags.js";
import { withProgress } from "./progress.js";
import { EXAMPLE_DATASET, studyFolder } from "./study-flags.js";
import type { StudyCommand } from "./study-resume.js";
import { concurrencyOf, openStudyTarget } from "./study-target.js";

const DATASETS = [".jsonl", ".csv", ".json", ".yaml", ".yml"];

/** Those compared, and the samples they are compared over. */
export interface Contest {
  dataset: GradedDataset["dataset"];
  contestants: Contestant[];
}

/**
 * Reads the answers of the files named, and has the models named answer the dataset. Throws INVALID_ARGUMENT for fewer than two,
 * or two of one name.
 */
export async function readContest(command: StudyCommand, flags: GradingFlags, names: readonly string[]): Promise<Contest> {
  if (names.length < 2 || new Set(names).size < names.length) {
    throw new LlmopsError("INVALID_ARGUMENT", "A comparison needs at least two different files or models.", {
      hint: "For example: llmops judge --pairwise a.jsonl b.jsonl",
    });
  }
  const files = names.filter(isFile);
  const { limit = 0, seed } = flags;
  const read = new Map<string, GradedDataset>();
  for (const file of files) read.set(file, await readGradedDataset(file, { limit: 0, seed, hasModel: false, answers: "given" }));
  const [first] = files;
  const base =
    flags.dataset === undefined && first !== undefined
      ? await readGradedDataset(first, { limit, seed, hasModel: false, answers: "given" })
      : await readGradedDataset(flags.dataset ?? EXAMPLE_DATASET, { limit: flags.limit ?? 200, seed, hasModel: true, answers: "generate" });
  const models = names.filter((name) => !isFile(name));
  const answered = models.length > 0 ? await answerAll(command, flags, base.dataset, models) : [];
  const contestants = names.map((name): Contestant => {
    const answers = read.get(name)?.responses ?? answered[models.indexOf(name)] ?? new Map<string, string>();
    return { name: isFile(name) ? basename(name, extname(name)) : name, answers };
  });
  const labels = new Set(contestants.map((one) => one.name));
  return {
    dataset: base.dataset,
    contestants: labels.size === names.length ? contestants : contestants.map((one, i) => ({ ...one, name: names[i] ?? "" })),
  };
}

function isFile(name: string): boolean {
  return DATASETS.includes(extname(name).toLowerCase());
}

/** The answers of each model, by sample id. */
async function answerAll(
  command: StudyCommand,
  flags: GradingFlags,
  dataset: GradedDataset["dataset"],
  models: readonly string[],
): Promise<Map<string, string>[]> {
  const isUrl = models.some((name) => /^https?:\/\//.test(name));
  const dimension = { name: isUrl ? "endpoint" : "model", values: [...models] };
  const { scorers } = await resolveScorers(["response_length"]);
  const primary = scorers.find(({ name }) => name === "response_length");
  if (!primary) throw new RangeError("there is no scorer response_length");
  const fixed = fixedParameters(flags);
  const plan = planSweep([dimension], dataset, {
    ...{ design: "single", strategies: [], fixed, repeats: 1, seed: flags.seed, concurrency: concurrencyOf(flags, [dimension]) },
    ...{ correction: "none", minEffect: 0, addRepeats: false, scorers: { scorers: [primary], primary } },
  });
  const targets = new TargetPool(plan, (params) => openStudyTarget(flags, params, plan.concurrency, command.signal));
  const key = createHash("sha256").update(JSON.stringify([dataset.digest, models, fixed, flags.seed, dataset.samples.length]));
  const journal = openAnswers(command, flags, key.digest("hex").slice(0, 16));
  try {
    const limits = { timeoutMs: flags.timeout * 1000, retries: flags.retries };
    const { signal } = command;
    const { table, status } = await withProgress(plan.settings.length * dataset.samples.length, "answers", (tick) =>
      runStudy(plan, targets, { journal, limits, signal, retryFailed: flags["retry-failed"], onCell: tick }),
    );
    if (status !== "finished") throw new LlmopsError("ABORTED", "Interrupted while the models were answering.");
    return models.map(
      (_, setting) =>
        new Map(
          table.cellsOf(setting).flatMap((cell): [string, string][] => {
            const text = journal.read(table.indexOf(cell))?.text;
            return text === undefined ? [] : [[dataset.samples[cell.sample]?.id ?? "", text]];
          }),
        ),
    );
  } finally {
    journal.close({ finished: false });
    await targets.close();
  }
}

/** Answers are kept so that an interrupted comparison need not ask for them again; a new one does. */
function openAnswers({ name, argv }: StudyCommand, { resume }: GradingFlags, id: string): StudyJournal {
  const parent = join(studyFolder(), "answers");
  const folder = join(parent, id);
  if (resume !== undefined && existsSync(folder)) return StudyJournal.open(parent, id);
  rmSync(folder, { recursive: true, force: true });
  const created = { createdAt: new Date().toISOString(), status: "running" as const, facts: {} };
  return StudyJournal.create(parent, { id, command: name, argv, folder: process.cwd(), ...created });
}
