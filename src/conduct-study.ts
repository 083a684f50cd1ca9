import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import type { Interfaces } from "@oclif/core";
import chalk from "chalk";
import { currentUser, stepSummaryPath } from "./lib/config/environment.js";
import { readDataset } from "./lib/dataset/read-dataset.js";
import { LlmopsError } from "./lib/errors/llmops-error.js";
import type { CompletionTarget } from "./lib/openai/completion-target.js";
import { renderForecast, type ForecastDocument } from "./lib/report/forecast-table.js";
import { sweepChartFiles } from "./lib/report/sweep-charts.js";
import { sweepHtml } from "./lib/report/sweep-html.js";
import { sweepCsv } from "./lib/report/sweep-csv.js";
import { sweepJunit } from "./lib/report/sweep-junit.js";
import { sweepMarkdown } from "./lib/report/sweep-markdown.js";
import { renderSweep } from "./lib/report/sweep-table.js";
import { baselineFolder } from "./study-flags.js";
import { compareWithBaseline, readBaseline, type Baseline } from "./lib/runs/baseline.js";
import { resolveScorers } from "./lib/scoring/scorers.js";
import { Budget, parseBudget } from "./lib/study/budget.js";
import { checkThreshold, exitCodeOf, parseThreshold, type CheckResult } from "./lib/study/checks.js";
import { forecastStudy } from "./lib/study/dry-run.js";
import { planSweep, type Design } from "./lib/study/plan-sweep.js";
import { measureCells } from "./lib/study/measure-cells.js";
import { parseFixed, type Dimension } from "./lib/study/search-space.js";
import { narrowEnough, racing } from "./lib/study/stopping.js";
import { findStudy, lockStudy, newStudyId, pruneStudies } from "./lib/study/study-folder.js";
import { StudyJournal } from "./lib/study/study-journal.js";
import type { StudyRun } from "./lib/study/run-study.js";
import type { ScoreTable } from "./lib/study/score-table.js";
import { countCells, type Setting, type StudyPlan } from "./lib/study/study.js";
import { runSweep } from "./lib/study/sweep.js";
import type { SweepResult } from "./lib/study/sweep-result.js";
import { TargetPool } from "./lib/study/target-pool.js";
import { checkOutputs, prepareFolder, writeOutput } from "./output-files.js";
import { withProgress } from "./progress.js";
import { withTracker } from "./store-flags.js";
import { DEFAULT_LIMIT, EXAMPLE_DATASET, studyFolder, type studyFlags } from "./study-flags.js";
import { openTarget } from "./target-flags.js";

/** The loss against a baseline that counts where --min-effect does not say: five points, or five per cent. */
const DEFAULT_LOSS = 0.05;
/** Cells of a prompt share its evaluation, and what they answer alike, when they are asked together. */
const LOCAL_CONCURRENCY = 32;
const ENDPOINT_CONCURRENCY = 4;
const FEWEST_SLOTS = 4;
const INTERRUPTED = 130;
const BUDGET_SPENT = 4;

export type StudyFlags = Interfaces.InferredFlags<typeof studyFlags> & { experiment: string };

/** What a command gives its study. */
export interface StudyRequest {
  dimensions: readonly Dimension[];
  design: Design;
  strategies: readonly Setting[];
  /** Compare all others with the first setting. */
  againstFirst?: boolean;
}

/** The command around a study. */
export interface StudyCommand {
  /** As typed: "llmops sweep", and everything after it. */
  name: string;
  argv: string[];
  note(text: string): void;
  log(text: string): void;
  signal: AbortSignal;
}

/**
 * The words a study was started with, then those given now; goes to the folder it was started in. Throws STUDY_NOT_FOUND, or
 * INVALID_ARGUMENT for a study of another command.
 */
export function resumedArgv(resume: string, { name, argv }: Pick<StudyCommand, "name" | "argv">): string[] {
  const header = findStudy(studyFolder(), resume);
  if (header.command !== name) {
    throw new LlmopsError("INVALID_ARGUMENT", `The study ${header.id} was started by ${header.command}.`, {
      hint: `Go on with: ${header.command} --resume ${header.id}`,
    });
  }
  process.chdir(header.folder);
  return [...header.argv, ...argv];
}

/** Plans, runs, records, shows and checks a study; sets the exit code. */
export async function conductStudy(
  command: StudyCommand,
  flags: StudyFlags,
  request: StudyRequest,
): Promise<SweepResult | ForecastDocument> {
  const thresholds = (flags["fail-under"] ?? []).map(parseThreshold);
  const baseline = flags.baseline === undefined ? undefined : readBaseline(baselineFolder(), flags.baseline);
  checkOutputs([flags.markdown, flags.csv, flags.junit, flags.html]);
  if (flags.charts !== undefined) prepareFolder(flags.charts);
  const plan = await makePlan(flags, request);
  const targets = new TargetPool(plan, (params) => openStudyTarget(flags, params, plan.concurrency, command.signal));
  try {
    const opened = await targets.all();
    if (flags["dry-run"]) return await forecast(command, { plan, targets, opened }, flags);
    const journal = openJournal(command, flags, plan, opened);
    const unlock = lockStudy(studyFolder(), journal.header.id);
    try {
      const { result, run } = await conduct(command, flags, { plan, targets, opened, journal });
      const checks = thresholds.map((threshold) => checkThreshold(result, threshold));
      if (baseline) checks.push(checkBaseline({ name: flags.baseline ?? "", baseline }, plan, result, run.table));
      command.log(renderSweep(result, chalk));
      for (const { name, state, evidence } of checks) command.log(`${mark(state)} ${name}: ${evidence}`);
      await writeFiles(result, { plan, checks, journal, table: run.table }, flags);
      process.exitCode = exitCode(result, checks);
      journal.close({ finished: result.study.status === "finished" });
      return result;
    } finally {
      unlock();
      pruneStudies(studyFolder());
    }
  } finally {
    await targets.close();
  }
}

async function makePlan(flags: StudyFlags, { dimensions, design, strategies, againstFirst = false }: StudyRequest): Promise<StudyPlan> {
  const untilHalfWidth = flags["until-ci"];
  const scorers = await resolveScorers(flags.scorer ?? []);
  const dataset = await readDataset(flags.dataset ?? EXAMPLE_DATASET, { limit: flags.limit ?? DEFAULT_LIMIT, seed: flags.seed });
  const fixed: Setting = {
    max_tokens: flags.max_tokens,
    ...(flags.system === undefined ? {} : { system: flags.system }),
    ...(flags.prompt === undefined ? {} : { prompt: flags.prompt }),
    ...parseFixed(flags.set ?? []),
  };
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
  return againstFirst ? { ...plan, reference: 0 } : plan;
}

async function conduct(
  command: StudyCommand,
  flags: StudyFlags,
  { plan, targets, opened, journal }: { plan: StudyPlan; targets: TargetPool; opened: readonly CompletionTarget[]; journal: StudyJournal },
): Promise<{ result: SweepResult; run: StudyRun }> {
  const target = { model: listed(opened, "model"), location: listed(opened, "location") };
  const untilHalfWidth = flags["until-ci"];
  return withTracker(
    flags["tracking-uri"],
    (text) => command.note(text),
    async ({ tracker, uri }) => {
      command.note(announce(plan, target.model, flags));
      return withProgress(countCells(plan), "cells", (tick) =>
        runSweep(plan, targets, {
          ...{ tracker, journal, target, trackingUri: uri, experiment: flags.experiment, user: currentUser() },
          command: command.name,
          typed: `${command.name} ${command.argv.join(" ")}`,
          resumed: flags.resume !== undefined,
          limits: { timeoutMs: flags.timeout * 1000, retries: flags.retries },
          ...(flags.budget && { budget: new Budget(parseBudget(flags.budget)) }),
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

function openJournal(command: StudyCommand, flags: StudyFlags, plan: StudyPlan, opened: readonly CompletionTarget[]): StudyJournal {
  const facts = {
    settings: plan.settings,
    fixed: plan.fixed,
    dataset: `${plan.dataset.digest.slice(0, 16)}, ${plan.dataset.samples.length} rows`,
    repeats: plan.repeats,
    scorers: plan.scorers.map(({ name }) => name),
    seed: plan.seed,
    prompts: plan.texts,
    models: opened.map(({ model, location }) => `${model} (${location})`),
  };
  if (flags.resume === undefined) {
    const header = {
      id: newStudyId(),
      command: command.name,
      argv: command.argv,
      folder: process.cwd(),
      createdAt: new Date().toISOString(),
      status: "running" as const,
      facts,
    };
    return StudyJournal.create(studyFolder(), header);
  }
  const { header } = StudyJournal.open(studyFolder(), findStudy(studyFolder(), flags.resume).id);
  const changed = Object.entries(facts).find(([name, value]) => JSON.stringify(header.facts[name]) !== JSON.stringify(value));
  if (changed) {
    const [name, value] = changed;
    throw new LlmopsError(
      "STUDY_CHANGED",
      `The study ${header.id} had other ${name}: ${brief(header.facts[name])}; now it would have ${brief(value)}.`,
      { hint: "Cells of different studies cannot be mixed. Put back what changed, or start anew without --resume." },
    );
  }
  return StudyJournal.open(studyFolder(), header.id);
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

/** The setting of the baseline's name, or else the best one, beside the baseline. */
function checkBaseline(
  { name, baseline }: { name: string; baseline: Baseline },
  plan: StudyPlan,
  { study, settings, best }: SweepResult,
  table: ScoreTable,
): CheckResult {
  const label = `baseline ${name}`;
  const named = settings.findIndex((setting) => setting.name === baseline.setting);
  const index = named >= 0 ? named : settings.findIndex(({ params }) => JSON.stringify(params) === JSON.stringify(best?.params));
  if (index < 0) return { name: label, state: "cannot tell", evidence: "nothing was scored" };
  const values = table.values(plan.primary.name, index);
  const bySample = new Map(plan.dataset.samples.map(({ id }, sample) => [id, values[sample] ?? []]));
  const minEffect = plan.minEffect || DEFAULT_LOSS * (study.kind === "rate" ? 1 : Math.abs(baseline.metrics[study.metric]?.mean ?? 1));
  const { state, evidence } = compareWithBaseline(baseline, { metric: study.metric, bySample }, minEffect);
  return { name: label, state, evidence: `${settings[index]?.name ?? ""} is ${evidence}` };
}

async function writeFiles(
  result: SweepResult,
  study: { plan: StudyPlan; checks: readonly CheckResult[]; journal: StudyJournal; table: ScoreTable },
  { markdown, csv, junit, html, charts }: StudyFlags,
): Promise<void> {
  const summary = stepSummaryPath();
  if (markdown !== undefined) await writeOutput(markdown, sweepMarkdown(result));
  if (summary !== undefined) await appendFile(summary, sweepMarkdown(result));
  if (csv !== undefined) await writeOutput(csv, sweepCsv(result));
  if (junit !== undefined) await writeOutput(junit, sweepJunit(result, study.checks));
  if (html !== undefined) await writeOutput(html, await sweepHtml(result, study.plan, study));
  if (charts === undefined) return;
  for (const { name, content } of await sweepChartFiles(result)) await writeOutput(join(charts, name), content);
}

/** The flags with what a setting says of the target: models are names where there is an endpoint, files elsewhere. */
function withParams(flags: StudyFlags, params: Setting): StudyFlags {
  const { model, endpoint, threads, cache_type: cacheType, batch_size: batchSize } = params;
  const remote = endpoint !== undefined || flags.endpoint !== undefined;
  return {
    ...flags,
    ...(endpoint !== undefined && { endpoint: String(endpoint) }),
    ...(model !== undefined && (remote ? { model: String(model) } : { model_path: String(model) })),
    ...(threads !== undefined && { threads: Number(threads) }),
    ...(cacheType !== undefined && { "cache-type": cacheType as StudyFlags["cache-type"] }),
    ...(batchSize !== undefined && { "batch-size": Number(batchSize) }),
  };
}

function concurrencyOf({ concurrency, endpoint }: StudyFlags, dimensions: readonly Dimension[]): number {
  const remote = endpoint !== undefined || dimensions.some(({ name }) => name === "endpoint");
  return concurrency ?? (remote ? ENDPOINT_CONCURRENCY : LOCAL_CONCURRENCY);
}

/** With a slot for every completion at a time, or, where nobody asked for so many and they do not fit, with fewer. */
async function openStudyTarget(flags: StudyFlags, params: Setting, concurrency: number, signal: AbortSignal): Promise<CompletionTarget> {
  const choice = { ...withParams(flags, params), maxRetries: 0 };
  const fixed = params["slots"] ?? flags.concurrency;
  try {
    return await openTarget(choice, Number(params["slots"] ?? concurrency), signal);
  } catch (error) {
    if (!(error instanceof LlmopsError) || error.code !== "OUT_OF_MEMORY" || fixed !== undefined) throw error;
    return openTarget(choice, FEWEST_SLOTS, signal);
  }
}

function announce(plan: StudyPlan, model: string, flags: StudyFlags): string {
  const { samples, available } = plan.dataset;
  const subset = samples.length === available ? `all ${available} rows` : `${samples.length} of ${available} rows`;
  const byDefault = flags.limit === undefined && samples.length < available;
  const why = byDefault ? ` (default --limit ${DEFAULT_LIMIT}; --limit 0 uses all)` : "";
  const verb = flags.resume === undefined ? "Sweeping" : "Going on with";
  return `${verb} ${model}: ${subset}${why}, ${plan.settings.length} settings, ${countCells(plan)} completions.`;
}

function listed(targets: readonly CompletionTarget[], field: "model" | "location"): string {
  return [...new Set(targets.map((target) => target[field]))].join(", ");
}

function exitCode({ study }: SweepResult, checks: readonly CheckResult[]): number {
  if (study.status === "interrupted") return INTERRUPTED;
  return exitCodeOf(checks) || (study.status === "budget spent" ? BUDGET_SPENT : 0);
}

function mark(state: CheckResult["state"]): string {
  if (state === "passed") return chalk.green("passed");
  return state === "failed" ? chalk.red("failed") : chalk.yellow("cannot tell");
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? "none";
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
