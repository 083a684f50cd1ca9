import { resolve } from "node:path";
import { currentUser } from "../../lib/base/config/environment.js";
import { readDataset } from "../../lib/experiments/dataset/read-dataset.js";
import type { CompletionTarget } from "../../lib/inference/openai/completion-target.js";
import { RateWatch } from "../../lib/inference/openai/rate-watch.js";
import { renderForecast, type ForecastDocument } from "../../lib/report/forecast-table.js";
import { renderSweep } from "../../lib/report/sweep-table.js";
import { panelFingerprint } from "../../lib/experiments/judge/judge.js";
import { checkRubricFields } from "../../lib/experiments/judge/judge-scorer.js";
import { defaultScorers, resolveScorers } from "../../lib/experiments/scoring/scorers.js";
import { Budget, parseBudget, type BudgetLimits } from "../../lib/experiments/study/budget.js";
import { checkSizes } from "../../lib/experiments/study/check-sizes.js";
import { exitCodeOf } from "../../lib/experiments/gates/checks.js";
import { datasetNotes } from "../../lib/experiments/study/dataset-notes.js";
import { missingScores } from "../../lib/experiments/study/score-table.js";
import { forecastStudy } from "../../lib/experiments/study/dry-run.js";
import { planSweep, type Design } from "../../lib/experiments/study/plan-sweep.js";
import { planScoring, type StoredStudy } from "../../lib/experiments/study/plan-scoring.js";
import { measureCells } from "../../lib/experiments/study/measure-cells.js";
import type { Dimension } from "../../lib/experiments/study/search-space.js";
import { narrowEnough, racing } from "../../lib/experiments/study/stopping.js";
import type { StudyJournal, StudySource } from "../../lib/experiments/study/study-journal.js";
import type { StudyRun } from "../../lib/experiments/study/study-ledger.js";
import { countCells, describeSetting, type Setting, type StudyPlan } from "../../lib/experiments/study/study.js";
import { runSweep } from "../../lib/experiments/study/sweep.js";
import type { SweepResult } from "../../lib/experiments/study/sweep-result.js";
import { TargetPool } from "../../lib/experiments/study/target-pool.js";
import { JudgeSeat } from "../judging/judge-panel.js";
import { checkOutputFlags, writeOutputs } from "../../cli/flags/output-flags.js";
import { withProgress } from "../../cli/terminal/progress.js";
import { withTracker } from "../tracking/with-store.js";
import { type StudyFlags } from "../../cli/flags/study-flags.js";
import { checkGates, describeCheck, passGates, readGates } from "./study-gates.js";
import { sweepOutputs, writeBest } from "./study-outputs.js";
import { announceScoring, checkStored, linksTo, noJudge, storedTarget } from "./stored-target.js";
import { openJournal, withJournal, type StudyCommand } from "./study-resume.js";
import { concurrencyOf, listed, openStudyTarget } from "./study-target.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";
import { counted } from "../../lib/base/errors/counted.js";
import { DEFAULT_LIMIT, EXAMPLE_DATASET } from "./study-defaults.js";
import { fixedParameters } from "./fixed-parameters.js";
import { thinkingOf } from "./thinking.js";
import { targetOf } from "../../cli/flags/target-flags.js";
import { thoughtsOf } from "../../cli/flags/thinking-flags.js";
import { promptOf } from "../../cli/flags/study-flags.js";

/** What a command gives its study. */
export interface StudyRequest {
  dimensions: readonly Dimension[];
  design: Design;
  strategies: readonly Setting[];
  /** Compare all others with the first setting. */
  againstFirst?: boolean;
  /** Where the best setting is written. */
  bestFile?: string;
  /** Score the answers of this study, and ask nothing. */
  stored?: StoredStudy;
}

interface StudyParts {
  plan: StudyPlan;
  targets: TargetPool;
  opened: readonly CompletionTarget[];
  journal: StudyJournal;
  budget: BudgetLimits | undefined;
  stored: StoredStudy | undefined;
  rates: RateWatch;
}

/** Plans, runs, records, shows and checks a study; sets the exit code. */
export async function conductStudy(
  command: StudyCommand,
  flags: StudyFlags,
  request: StudyRequest,
): Promise<SweepResult | ForecastDocument> {
  const gates = readGates(flags);
  checkOutputFlags(flags, [request.bestFile]);
  const budget = flags.budget && parseBudget(flags.budget);
  const rates = new RateWatch();
  const asking = { ...targetOf(flags), concurrency: flags.concurrency };
  const seat = new JudgeSeat({ ...flags, target: asking, rates });
  const plan = await makePlan(flags, request, { seat, signal: command.signal });
  checkGates(gates, plan);
  const { stored } = request;
  if (stored) checkStored(stored, gates);
  const targets = new TargetPool(plan, (params) =>
    stored ? Promise.resolve(storedTarget(stored)) : openStudyTarget(asking, params, { slots: plan.concurrency, rates }, command),
  );
  try {
    const opened = await targets.all();
    const byDefault = () => (stored ? noJudge() : targets.of(0));
    await seat.open({ byDefault, answering: opened, slots: plan.concurrency, host: command });
    for (const note of datasetNotes(plan.dataset, Object.values(plan.texts), plan.scorers)) command.note(note);
    if (seat.rubrics.length > 0) command.note(seat.describe());
    const warning = seat.warning(plan.dataset);
    if (warning !== undefined) command.note(warning);
    if (flags["dry-run"]) return await forecast(command, { plan, targets, opened }, flags);
    const judges = seat.rubrics.map((rubric) => panelFingerprint(seat.judges, rubric));
    const more = stored && { scored: stored.header.id };
    const reads = stored?.header.reads ?? sourceOf(flags, plan);
    const journal = openJournal(command, flags, plan, { opened, judges, reads, ...(more && { more }) });
    const work = async () => {
      const { result: found, run } = await conduct(command, flags, { plan, targets, opened, journal, budget, stored, rates });
      const checks = passGates(gates, plan, found, run.table);
      if (request.bestFile !== undefined) checks.push(await writeBest(found, checks, request.bestFile));
      const result = { ...found, checks };
      command.log(renderSweep(result, terminalScreen()));
      for (const check of result.checks) command.log(describeCheck(check));
      await writeOutputs(sweepOutputs(result, { plan, journal, table: run.table }), flags);
      const { status, cells } = result.study;
      process.exitCode = exitCodeOf({ status, checks: result.checks, done: cells.done, scored: cells.done - missingScores(cells) });
      return result;
    };
    return await withJournal(journal, work, ({ study }) => study.status === "finished");
  } finally {
    rates.close();
    await seat.close();
    await targets.close();
  }
}

async function makePlan(
  flags: StudyFlags,
  { dimensions, design, strategies, againstFirst = false, stored }: StudyRequest,
  { seat, signal }: { seat: JudgeSeat; signal: AbortSignal },
): Promise<StudyPlan> {
  const untilHalfWidth = flags["until-ci"];
  const named = flags.scorer && (await resolveScorers(flags.scorer, { judge: seat.scorer }, signal)); // before a long file is read
  if (stored) {
    const scorers = named ?? (await resolveScorers([]));
    checkRubricFields(seat.rubrics, stored.dataset);
    const { correction, "min-effect": minEffect } = flags;
    const plan = planScoring(stored, { scorers, concurrency: concurrencyOf(flags, []), correction, minEffect });
    return { ...plan, ...thinkingOf(thoughtsOf(flags)) };
  }
  const dataset = await readDataset(flags.dataset ?? EXAMPLE_DATASET, {
    limit: flags.limit ?? DEFAULT_LIMIT,
    seed: flags.seed,
    map: flags.map,
  });
  const scorers = named ?? (await resolveScorers(defaultScorers(dataset)));
  checkRubricFields(seat.rubrics, dataset);
  const fixed = fixedParameters(
    promptOf(flags),
    dimensions.map(({ name }) => name),
  );
  const plan = planSweep(dimensions, dataset, {
    design,
    strategies,
    fixed,
    repeats: flags.repeats,
    seed: flags.seed,
    concurrency: concurrencyOf(flags, dimensions),
    correction: flags.correction,
    minEffect: flags["min-effect"],
    scorers,
    addRepeats: untilHalfWidth !== undefined,
  });
  checkSizes(plan.primary, { minEffect: plan.minEffect, untilHalfWidth });
  const asked = { asked: scorers.asked.map(({ name }) => name), ...thinkingOf(thoughtsOf(flags)) };
  return { ...plan, ...asked, ...(againstFirst && { reference: 0 }) };
}

/** Which rows a study asks, for reading them again. */
function sourceOf({ dataset, limit, seed, map }: StudyFlags, { dataset: { digest } }: StudyPlan): StudySource {
  return { path: resolve(dataset ?? EXAMPLE_DATASET), digest, limit: limit ?? DEFAULT_LIMIT, seed, ...(map && { map }) };
}

async function conduct(
  command: StudyCommand,
  flags: StudyFlags,
  { plan, targets, opened, journal, budget, stored, rates }: StudyParts,
): Promise<{ result: SweepResult; run: StudyRun }> {
  const target = { model: listed(opened, "model"), location: listed(opened, "location") };
  const untilHalfWidth = flags["until-ci"];
  return withTracker(
    flags["tracking-uri"],
    (text) => command.note(text),
    async ({ tracker, uri }) => {
      command.note(stored ? announceScoring(stored) : announce(plan, target.model, flags));
      return withProgress(countCells(plan), "cells", (tick) =>
        runSweep(plan, targets, {
          ...{ tracker, journal, target, rates, trackingUri: uri, experiment: flags.experiment, user: currentUser() },
          command: command.name,
          typed: `${command.name} ${command.argv.join(" ")}`,
          resumed: flags.resume !== undefined,
          limits: { timeoutMs: flags.timeout * 1000, retries: flags.retries },
          ...(budget && { budget: new Budget(budget) }),
          ...(stored && { tags: linksTo(stored.header) }),
          rules: [...(flags.race ? [racing] : []), ...(untilHalfWidth === undefined ? [] : [narrowEnough(untilHalfWidth)])],
          ...(untilHalfWidth !== undefined && { untilHalfWidth }),
          retryFailed: flags["retry-failed"],
          signal: command.signal,
          onCell: tick,
        }),
      );
    },
  );
}

async function forecast(
  command: StudyCommand,
  { plan, targets, opened }: { plan: StudyPlan; targets: TargetPool; opened: readonly CompletionTarget[] },
  flags: StudyFlags,
): Promise<ForecastDocument> {
  const limits = { timeoutMs: flags.timeout * 1000, retries: flags.retries };
  const measured = await measureCells(plan, targets, limits, command.signal);
  const [first] = opened;
  const count = opened.length === 1 ? first?.countPromptTokens?.bind(first) : undefined;
  const document: ForecastDocument = {
    schema: "llmops.plan/1",
    model: listed(opened, "model"),
    tried: measured.cells,
    ...forecastStudy(plan, { countTokens: count, secondsPerCell: measured.secondsPerCell }),
  };
  command.log(renderForecast(document));
  return document;
}

function announce(plan: StudyPlan, model: string, flags: StudyFlags): string {
  const { samples, available } = plan.dataset;
  const subset = samples.length === available ? `all ${counted(available, "row")}` : `${samples.length} of ${counted(available, "row")}`;
  const byDefault = flags.limit === undefined && samples.length < available;
  const why = byDefault ? ` (default --limit ${DEFAULT_LIMIT}; --limit 0 uses all)` : "";
  const { length } = plan.settings;
  const verb = flags.resume === undefined ? (plan.name.startsWith("eval") ? "Evaluating" : "Sweeping") : "Resuming";
  const settings = length === 1 ? `setting ${describeSetting(plan.settings[0] ?? {})}` : counted(length, "setting");
  return `${verb} ${model}: ${subset}${why}, ${settings}, ${counted(countCells(plan), "completion")}.`;
}
