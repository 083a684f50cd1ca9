import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { readGradedDataset, type GradedDataset } from "../../lib/experiments/evaluation/graded-dataset.js";
import { answersTo, type Contestant } from "../../lib/experiments/evaluation/pairwise.js";
import { RateWatch, rateLimitsOf } from "../../lib/inference/openai/rate-watch.js";
import { describeRateLimits } from "../../lib/report/rate-limit-lines.js";
import { planSweep } from "../../lib/experiments/study/plan-sweep.js";
import { runStudy } from "../../lib/experiments/study/run-study.js";
import type { StudyRun } from "../../lib/experiments/study/study-ledger.js";
import { describeErrors } from "../../lib/experiments/study/error-tally.js";
import { lockStudy } from "../../lib/experiments/study/study-folder.js";
import type { StudyPlan } from "../../lib/experiments/study/study.js";
import type { Budget } from "../../lib/experiments/study/budget.js";
import { StudyJournal } from "../../lib/experiments/study/study-journal.js";
import { TargetPool } from "../../lib/experiments/study/target-pool.js";
import { resolveScorers } from "../../lib/experiments/scoring/scorers.js";
import type { GradingFlags } from "../../cli/flags/grading-flags.js";
import { withProgress } from "../../cli/terminal/progress.js";
import type { StudyCommand } from "./study-resume.js";
import { concurrencyOf, openStudyTarget } from "./study-target.js";
import { studyFolder } from "./study-folders.js";
import { EXAMPLE_DATASET } from "./study-defaults.js";
import { fixedParameters } from "./fixed-parameters.js";
import { readAnswers, thinkingOf } from "./thinking.js";
import { targetOf } from "../../cli/flags/target-flags.js";
import { thoughtsOf } from "../../cli/flags/thinking-flags.js";
import { promptOf } from "../../cli/flags/study-flags.js";

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
export async function readContest(
  command: StudyCommand,
  flags: GradingFlags,
  { names, budget }: { names: readonly string[]; budget: Budget | undefined },
): Promise<Contest> {
  if (names.length < 2 || new Set(names).size < names.length) {
    throw new LlmopsError("INVALID_ARGUMENT", "A comparison needs at least two different files or models.", {
      hint: "For example: llmops judge --pairwise a.jsonl b.jsonl",
    });
  }
  const files = names.filter(isFile);
  const { limit = 0, seed, map } = flags;
  const read = new Map<string, GradedDataset>();
  for (const file of files) read.set(file, await readGradedDataset(file, { limit: 0, seed, hasModel: false, answers: "given", map }));
  const [first] = files;
  const base =
    flags.dataset === undefined && first !== undefined
      ? await readGradedDataset(first, { limit, seed, hasModel: false, answers: "given", map })
      : await readGradedDataset(flags.dataset ?? EXAMPLE_DATASET, {
          limit: flags.limit ?? 200,
          seed,
          hasModel: true,
          answers: "generate",
          map,
        });
  const models = names.filter((name) => !isFile(name));
  const { answers: answered, discard } =
    models.length > 0
      ? await answerAll(command, flags, { dataset: base.dataset, models, budget })
      : { answers: [], discard: () => undefined };
  const contestants = names.map((name): Contestant => {
    const given = read.get(name)?.responses;
    const own = read.get(name)?.dataset.samples ?? [];
    const found = given && answersTo(base.dataset.samples, { name, samples: own, answers: readAnswers(given, thoughtsOf(flags)) });
    for (const note of found?.notes ?? []) command.note(note);
    const answers = found?.answers ?? answered[models.indexOf(name)] ?? new Map<string, string>();
    return { name: isFile(name) ? basename(name, extname(name)) : name, answers };
  });
  const labels = new Set(contestants.map((one) => one.name));
  return {
    dataset: base.dataset,
    contestants: labels.size === names.length ? contestants : contestants.map((one, i) => ({ ...one, name: names[i] ?? "" })),
    discard,
  };
}

function isFile(name: string): boolean {
  return DATASETS.includes(extname(name).toLowerCase());
}

interface Answering {
  dataset: GradedDataset["dataset"];
  models: readonly string[];
  budget: Budget | undefined;
}

/** The answers of each model, by sample id. They are kept on disk until `discard`, for the same command typed again. */
async function answerAll(
  command: StudyCommand,
  flags: GradingFlags,
  { dataset, models, budget }: Answering,
): Promise<{ answers: Map<string, string>[]; discard: () => void }> {
  const plan = await planAnswers(flags, dataset, models);
  const rates = new RateWatch();
  const targets = new TargetPool(plan, (params) =>
    openStudyTarget({ ...targetOf(flags), concurrency: flags.concurrency }, params, { slots: plan.concurrency, rates }, command),
  );
  try {
    const opened = await targets.all();
    const asked = opened.map(({ model, location, identity }) => identity ?? `${model} at ${location}`);
    const journal = openAnswers(command, [asked, dataset.digest, dataset.samples.length, plan.fixed, plan.seed]);
    const unlock = lockStudy(answersFolder(), journal.header.id);
    try {
      const options = { journal, limits: { timeoutMs: flags.timeout * 1000, retries: flags.retries }, retryFailed: true };
      const run = await withProgress(plan.settings.length * dataset.samples.length, "answers", (onCell) =>
        runStudy(plan, targets, { ...options, ...(budget && { budget }), signal: command.signal, onCell }),
      );
      checkAnswered(run);
      for (const line of describeRateLimits(rateLimitsOf(rates))) command.note(line);
      if (run.errors.length > 0) command.note(`Questions that were not answered are left out: ${describeErrors(run.errors)}.`);
      const discard = () => rmSync(join(answersFolder(), journal.header.id), { recursive: true, force: true });
      return { answers: models.map((_, setting) => answersOf(run, journal, { dataset, setting })), discard };
    } finally {
      journal.abandon();
      unlock();
    }
  } finally {
    rates.close();
    await targets.close();
  }
}

async function planAnswers(flags: GradingFlags, dataset: GradedDataset["dataset"], models: readonly string[]): Promise<StudyPlan> {
  const remote = models.filter((name) => /^https?:\/\//.test(name));
  if (remote.length > 0 && remote.length < models.length) {
    throw new LlmopsError("INVALID_ARGUMENT", `${models.join(", ")} are model files and endpoints.`, {
      hint: "Have one of them answer first, and compare its file: llmops judge --pairwise answers.jsonl other.gguf",
    });
  }
  const dimension = { name: remote.length > 0 ? "endpoint" : "model", values: [...models] };
  const scorers = await resolveScorers(["response_length"]);
  const plan = planSweep([dimension], dataset, {
    ...{ design: "single", strategies: [], fixed: fixedParameters(promptOf(flags)), repeats: 1, seed: flags.seed },
    ...{ concurrency: concurrencyOf(flags, [dimension]), correction: "none", minEffect: 0, addRepeats: false, scorers },
  });
  return { ...plan, ...thinkingOf(thoughtsOf(flags)) };
}

/** Throws ABORTED or BUDGET_SPENT where not all have answered. */
function checkAnswered({ status }: StudyRun): void {
  if (status === "finished") return;
  const [code, what] =
    status === "interrupted" ? (["ABORTED", "Interrupted"] as const) : (["BUDGET_SPENT", "The budget was spent"] as const);
  throw new LlmopsError(code, `${what} while the models were answering.`, {
    hint: "Their answers are kept: the same command continues from them.",
  });
}

function answersOf(
  { table }: StudyRun,
  journal: StudyJournal,
  { dataset, setting }: { dataset: GradedDataset["dataset"]; setting: number },
): Map<string, string> {
  const answered = table.cellsOf(setting).flatMap((cell): [string, string][] => {
    const text = journal.read(table.indexOf(cell))?.text;
    return text === undefined ? [] : [[dataset.samples[cell.sample]?.id ?? "", text]];
  });
  return new Map(answered);
}

function answersFolder(): string {
  return join(studyFolder(), "answers");
}

/** The answers so far to the same questions, of the same models, asked in the same way; or none yet. */
function openAnswers({ name, argv }: StudyCommand, facts: readonly unknown[]): StudyJournal {
  const id = createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 16);
  if (existsSync(join(answersFolder(), id))) return StudyJournal.open(answersFolder(), id);
  const created = { createdAt: new Date().toISOString(), status: "running" as const, facts: {} };
  return StudyJournal.create(answersFolder(), { id, command: name, argv, folder: process.cwd(), ...created });
}
