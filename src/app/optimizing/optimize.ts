import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { currentUser } from "../../lib/base/config/environment.js";
import { panelFingerprint } from "../../lib/experiments/judge/judge.js";
import { checkRubricFields } from "../../lib/experiments/judge/judge-scorer.js";
import type { OptimizationResult } from "../../lib/experiments/optimize/optimization-result.js";
import { optimize, type OptimizationContext } from "../../lib/experiments/optimize/optimize.js";
import type { OptimizationPlan } from "../../lib/experiments/optimize/plan-optimization.js";
import { TrialLog } from "../../lib/experiments/optimize/trial-log.js";
import { toKnown } from "../../lib/experiments/optimize/warm-start.js";
import { describeTrial, renderOptimization } from "../../lib/report/optimization-table.js";
import { findChildren } from "../../lib/experiments/runs/find-children.js";
import { RateWatch } from "../../lib/inference/openai/rate-watch.js";
import type { SearchDimension } from "../../lib/experiments/samplers/space.js";
import { datasetNotes } from "../../lib/experiments/study/dataset-notes.js";
import { exitCodeOf } from "../../lib/experiments/gates/checks.js";
import { describeCheck } from "../studies/study-gates.js";
import { StudyJournal } from "../../lib/experiments/study/study-journal.js";
import type { Setting } from "../../lib/experiments/study/study.js";
import { TargetPool } from "../../lib/experiments/study/target-pool.js";
import type { TrackingStore } from "../../lib/tracking/tracking-store.js";
import { budgetOf } from "../judging/judge.js";
import { JudgeSeat } from "../judging/judge-panel.js";
import { decideApply, optimizationOutputs } from "./optimization-outputs.js";
import { checkOutputFlags, writeOutputs } from "../../cli/flags/output-flags.js";
import { planQuestion, readQuestion, searchesTargets, type Question } from "./optimization-question.js";
import type { OptimizeFlags } from "../../cli/flags/optimize-flags.js";
import { withProgress } from "../../cli/terminal/progress.js";
import { withTracker } from "../tracking/with-store.js";
import { openJournal, withJournal, type StudyCommand } from "../studies/study-resume.js";
import { listed, openStudyTarget } from "../studies/study-target.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";
import { counted } from "../../lib/base/errors/counted.js";
import { studyFolder } from "../studies/study-folders.js";
import { targetOf } from "../../cli/flags/target-flags.js";

interface OptimizationParts {
  question: Question;
  plans: OptimizationPlan;
  targets: TargetPool;
  journal: StudyJournal;
  target: { model: string; location: string };
  rates: RateWatch;
}

/** Searches a space, proves the result, records and shows it; sets the exit code. */
export async function conductOptimization(
  command: StudyCommand,
  flags: OptimizeFlags,
  dimensions: readonly SearchDimension[],
): Promise<OptimizationResult> {
  checkOutputFlags(flags, [flags.apply]);
  const rates = new RateWatch();
  const asking = { ...targetOf(flags), concurrency: flags.concurrency };
  const seat = new JudgeSeat({ ...flags, target: asking, rates });
  const question = await readQuestion(flags, dimensions, { seat, signal: command.signal });
  const plans = await planQuestion(flags, question);
  const { search: plan } = plans;
  checkRubricFields(seat.rubrics, plan.dataset);
  const targets = new TargetPool(plan, (params) => openStudyTarget(asking, params, { slots: plan.concurrency, rates }, command));
  try {
    const isOne = !searchesTargets(dimensions);
    const opened = isOne ? [await targets.default()] : [];
    await seat.open({ byDefault: () => targets.default(), answering: opened, slots: plan.concurrency, host: command });
    datasetNotes(plan.dataset, Object.values(plan.texts), plan.scorers).forEach((text) => command.note(text));
    if (seat.rubrics.length > 0) command.note(seat.describe());
    const warning = seat.warning(plan.dataset);
    if (warning !== undefined) command.note(warning);
    const judges = seat.rubrics.map((rubric) => panelFingerprint(seat.judges, rubric));
    const more = { dimensions, objectives: flags.objective ?? [], where: flags.where ?? [], sampler: flags.sampler };
    const journal = openJournal(command, flags, plan, { opened, judges, more });
    const asked = flags.endpoint ?? flags.model_path ?? flags.model ?? "demo";
    const target = isOne ? { model: listed(opened, "model"), location: listed(opened, "location") } : { model: asked, location: asked };
    const work = () => conduct(command, flags, { question, plans, targets, journal, target, rates });
    const found = await withJournal(journal, work, ({ study }) => study.status === "finished");
    command.log(renderOptimization(found, terminalScreen()));
    const checks = await decideApply(found, flags);
    const result = { ...found, checks };
    await writeOutputs(optimizationOutputs(result), flags);
    for (const check of checks) command.log(describeCheck(check));
    const { status, cells } = result.study;
    process.exitCode = exitCodeOf({ status, checks, done: cells.done, scored: cells.done - cells.failed - cells.filtered });
    return result;
  } finally {
    rates.close();
    await seat.close();
    await targets.close();
  }
}

function conduct(command: StudyCommand, flags: OptimizeFlags, parts: OptimizationParts): Promise<OptimizationResult> {
  const { question, plans, targets, journal, target, rates } = parts;
  const { search: plan, heldOut } = plans;
  const { objectives, constraints, dimensions, enqueue, penalty } = question;
  const folder = join(studyFolder(), journal.header.id);
  const budget = budgetOf(flags);
  const search = { dimensions, seed: flags.seed, sampler: flags.sampler, enqueue };
  return withTracker(
    flags["tracking-uri"],
    (text) => command.note(text),
    async ({ tracker, store, uri }) => {
      const known = await learnFrom(command, store, { runs: flags["warm-start"] ?? [], question });
      const { samples } = plan.dataset;
      command.note(
        `Up to ${counted(flags.trials, "trial")} over ${counted(samples.length, "row")} each, sampler ${flags.sampler}, for ${objectives.map(({ name }) => name).join(", ")}.${heldOut ? "" : " No rows are held out: nothing will be proven."}`,
      );
      const context: Omit<OptimizationContext, "onTrial" | "onProof" | "onCell"> = {
        ...{ tracker, journal, target, rates, trackingUri: uri, experiment: flags.experiment, user: currentUser() },
        command: command.name,
        typed: `${command.name} ${command.argv.join(" ")}`,
        resumed: flags.resume !== undefined,
        ...{ objectives, constraints, heldOut, search: { ...search, known } },
        ...{ trials: flags.trials, parallel: flags.parallel, patience: flags.patience, leastImprovement: flags["min-improvement"] },
        ...{ race: flags.race, penalty, log: new TrialLog(folder) },
        ...{
          candidates: flags.candidates,
          proofRepeats: flags["proof-repeats"],
          openProofJournal: (settings) => openProof(command, folder, settings),
        },
        limits: { timeoutMs: flags.timeout * 1000, retries: flags.retries },
        ...(budget && { budget }),
        retryFailed: flags["retry-failed"],
        signal: command.signal,
      };
      const proof = (cells: number) =>
        `Proof: the best and the default on ${counted(heldOut?.samples.length ?? 0, "row")} no trial saw, ${counted(cells, "completion")}.`;
      return withProgress(undefined, "completions", (onCell, say) =>
        optimize(plan, targets, {
          ...context,
          onCell,
          onTrial: (optimization, index) => say(describeTrial(optimization, objectives, { index, trials: flags.trials })),
          onProof: (cells) => say(proof(cells)),
        }),
      );
    },
  );
}

/** What earlier studies recorded of this space. */
async function learnFrom(command: StudyCommand, store: TrackingStore, { runs, question }: { runs: readonly string[]; question: Question }) {
  const found = (await Promise.all(runs.map((name) => findChildren(store, name)))).flat();
  const known = toKnown(found, question.dimensions, question.objectives);
  if (runs.length > 0) command.note(`Starts with what ${known.length} of ${found.length} earlier runs say of this space.`);
  return known;
}

/** Within the study's folder, where resuming finds it as long as the same settings are to be proven. */
function openProof({ name, argv }: StudyCommand, folder: string, settings: readonly Setting[]): StudyJournal {
  const key = createHash("sha256").update(JSON.stringify(settings)).digest("hex").slice(0, 8);
  const id = `${basename(folder)}-proof-${key}`;
  if (existsSync(join(folder, id))) return StudyJournal.open(folder, id);
  const created = { createdAt: new Date().toISOString(), status: "running" as const, facts: {} };
  return StudyJournal.create(folder, { id, command: name, argv, folder: process.cwd(), ...created });
}
