import { createHash } from "node:crypto";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { Dataset } from "../../lib/experiments/dataset/sample.js";
import { resolveScorers } from "../../lib/experiments/scoring/scorers.js";
import type { Budget } from "../../lib/experiments/study/budget.js";
import { describeErrors } from "../../lib/experiments/study/error-tally.js";
import { planSweep } from "../../lib/experiments/study/plan-sweep.js";
import { runStudy } from "../../lib/experiments/study/run-study.js";
import { lockStudy } from "../../lib/experiments/study/study-folder.js";
import { StudyJournal } from "../../lib/experiments/study/study-journal.js";
import type { StudyRun } from "../../lib/experiments/study/study-ledger.js";
import type { StudyPlan } from "../../lib/experiments/study/study.js";
import { TargetPool } from "../../lib/experiments/study/target-pool.js";
import { RateWatch, rateLimitsOf } from "../../lib/inference/openai/rate-watch.js";
import { describeRateLimits } from "../../lib/report/rate-limit-lines.js";
import type { Host } from "../host/host.js";
import { fixedParameters, type PromptOptions } from "../studies/fixed-parameters.js";
import { DEFAULT_SEED } from "../studies/study-defaults.js";
import { studyFolder } from "../studies/study-folders.js";
import { limitsOf, originOf, type StudyOptions, type StudyOrigin } from "../studies/study-options.js";
import { concurrencyOf, openStudyTarget } from "../studies/study-target.js";
import { thinkingOf } from "../studies/thinking.js";

type AnsweringOptions = StudyOptions & PromptOptions;

/** Models, and what all of them are asked. */
export interface Answering {
  dataset: Dataset;
  models: readonly string[];
  budget: Budget | undefined;
}

/** The answers of each model, by sample id. They are kept on disk until `discard`, for the same command typed again. */
export async function answerAll(
  options: AnsweringOptions,
  { dataset, models, budget }: Answering,
  host: Host,
): Promise<{ answers: Map<string, string>[]; discard: () => void }> {
  const plan = await planAnswers(options, dataset, models);
  const rates = new RateWatch();
  const targets = new TargetPool(plan, (params) => openStudyTarget(options, params, { slots: plan.concurrency, rates }, host));
  try {
    const opened = await targets.all();
    const asked = opened.map(({ model, location, identity }) => identity ?? `${model} at ${location}`);
    const facts = [asked, dataset.digest, dataset.samples.length, plan.fixed, plan.seed];
    const journal = openAnswers(originOf(options, "judgePairwise"), facts);
    const unlock = lockStudy(answersFolder(), journal.header.id);
    try {
      const running = { journal, limits: limitsOf(options), retryFailed: true, signal: host.signal, ...(budget && { budget }) };
      const run = await host.withProgress(plan.settings.length * dataset.samples.length, "answers", (onCell) =>
        runStudy(plan, targets, { ...running, onCell }),
      );
      checkAnswered(run);
      for (const line of describeRateLimits(rateLimitsOf(rates))) host.note(line);
      if (run.errors.length > 0) host.note(`Questions that were not answered are left out: ${describeErrors(run.errors)}.`);
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

async function planAnswers(options: AnsweringOptions, dataset: Dataset, models: readonly string[]): Promise<StudyPlan> {
  const remote = models.filter((name) => /^https?:\/\//.test(name));
  if (remote.length > 0 && remote.length < models.length) {
    throw new LlmopsError("INVALID_ARGUMENT", `${models.join(", ")} are model files and endpoints.`, {
      hint: "Have one of them answer first, and compare its file: llmops judge --pairwise answers.jsonl other.gguf",
    });
  }
  const dimension = { name: remote.length > 0 ? "endpoint" : "model", values: [...models] };
  const scorers = await resolveScorers(["response_length"]);
  const plan = planSweep([dimension], dataset, {
    ...{ design: "single", strategies: [], fixed: fixedParameters(options), repeats: 1, seed: options.seed ?? DEFAULT_SEED },
    ...{ concurrency: concurrencyOf(options, [dimension]), correction: "none", minEffect: 0, addRepeats: false, scorers },
  });
  return { ...plan, ...thinkingOf(options) };
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
  { dataset, setting }: { dataset: Dataset; setting: number },
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
function openAnswers({ name: command, argv, folder }: StudyOrigin, facts: readonly unknown[]): StudyJournal {
  const id = createHash("sha256").update(JSON.stringify(facts)).digest("hex").slice(0, 16);
  if (existsSync(join(answersFolder(), id))) return StudyJournal.open(answersFolder(), id);
  const created = { createdAt: new Date().toISOString(), status: "running" as const, facts: {} };
  return StudyJournal.create(answersFolder(), { id, command, argv: [...argv], folder, ...created });
}
