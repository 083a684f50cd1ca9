import type { Dataset } from "../dataset/sample.js";
import type { TrackedRun } from "../../tracking/tracked-run.js";
import type { StudyJournal } from "../study/study-journal.js";
import type { RecorderOptions } from "../study/study-recorder.js";
import type { StudyRun } from "../study/study-ledger.js";
import { countCells, type Setting, type StudyPlan } from "../study/study.js";
import type { TargetPool } from "../study/target-pool.js";
import { OptimizationRecorder } from "./optimization-recorder.js";
import { toOptimizationResult, type OptimizationResult } from "./optimization-result.js";
import { mostProofCells, planProof } from "./plan-optimization.js";
import { LiveSearch } from "./live-search.js";
import { proveCandidates, type Proof } from "./proof.js";
import { Optimization, type OptimizationOptions } from "./run-optimization.js";

export interface OptimizationContext extends RecorderOptions, OptimizationOptions {
  /** What the user typed, for the result. */
  typed: string;
  trackingUri: string;
  /** Rows that prove the result; undefined for no proof. */
  heldOut: Dataset | undefined;
  /** Settings that are proven beside the default. */
  candidates: number;
  /** Completions per row of the proof; by default 3, and 1 where sampling is greedy. */
  proofRepeats: number | undefined;
  /** Opens the journal of a proof of these settings; another one for others. */
  openProofJournal: (settings: readonly Setting[]) => StudyJournal;
  /** The result in a sentence. */
  describe?: (result: OptimizationResult) => string;
  /** Gets the search before its first trial; it changes as trials end. */
  onSearch?: (optimization: Optimization) => void;
  onTrial?: (optimization: Optimization, index: number) => void;
  /** Hears of the proof, with the number of its cells. */
  onProof?: (cells: number) => void;
  /** Gets how far the proof is, which changes as cells end. */
  onProofBegin?: (plan: StudyPlan, state: StudyRun) => void;
}

/** Searches, proves and records; also an interrupted search has a result. When nothing works the parent run ends FAILED and the error is thrown. */
export async function optimizePlan(plan: StudyPlan, targets: TargetPool, context: OptimizationContext): Promise<OptimizationResult> {
  const start = performance.now();
  const optimization = new Optimization(plan, targets, context);
  const proofCells = mostProofCells(plan, { ...context, dimensions: context.search.dimensions, repeats: context.proofRepeats });
  const cells = context.trials * plan.mostRepeats * plan.dataset.samples.length + proofCells;
  const recorder = await OptimizationRecorder.start(optimization, context.objectives, { ...context, cells });
  const toResult = (proof?: Proof) => resultOf(optimization, proof, { ...context, recorder, start });
  const live = context.live && new LiveSearch(optimization, recorder, { ...context, live: context.live, proofCells, result: toResult });
  try {
    const known = optimization.restore();
    for (const index of known) recorder.trial(optimization, index);
    live?.begin();
    context.onSearch?.(optimization);
    await optimization.search(
      (index) => {
        recorder.trial(optimization, index);
        context.onTrial?.(optimization, index);
      },
      (index) => recorder.begin(optimization, index),
    );
    const proof =
      optimization.run.status === "finished" ? await prove(optimization, targets, { ...context, recorder, shown: live }) : undefined;
    live?.end();
    await context.tracker.flush({ deadlineMs: 1000 });
    const result = toResult(proof);
    live?.conclude(result, context.describe?.(result) ?? null);
    await recorder.finish(optimization, result);
    return result;
  } catch (error) {
    recorder.abandon(error);
    throw error;
  } finally {
    live?.end();
  }
}

/** What a search has come to. */
function resultOf(
  optimization: Optimization,
  proof: Proof | undefined,
  { recorder, start, ...context }: OptimizationContext & { recorder: OptimizationRecorder; start: number },
): OptimizationResult {
  const { objectives, constraints, tracker } = context;
  const idOf = (run: TrackedRun | undefined) => (run && tracker.idOf(run)) ?? null;
  return toOptimizationResult(optimization, proof, {
    command: context.typed,
    commandName: context.command,
    studyId: context.journal.header.id,
    sampler: context.search.sampler ?? "gp",
    target: context.target,
    heldOut: context.heldOut?.samples.length ?? 0,
    ...{ objectives, constraints },
    seconds: (performance.now() - start) / 1000,
    trackingUri: context.trackingUri,
    experiment: context.experiment,
    experimentId: tracker.experimentIdOf(context.experiment),
    runId: idOf(recorder.parent),
    rates: context.rates,
    trialRunIds: optimization.results().map(({ index }) => idOf(recorder.runs[index] ?? recorder.runOf(index))),
    proofRunIds: (proof?.settings ?? []).map((_, i) => idOf(recorder.proofRuns[i])),
  });
}

async function prove(
  optimization: Optimization,
  targets: TargetPool,
  { recorder, shown, ...context }: OptimizationContext & { recorder: OptimizationRecorder; shown: LiveSearch | undefined },
): Promise<Proof | undefined> {
  const candidates = optimization.candidates(context.candidates);
  if (!context.heldOut || candidates.length === 0) return undefined;
  const plan = planProof(optimization.plan, context.heldOut, { candidates, repeats: context.proofRepeats });
  const { objectives, constraints: others } = context;
  context.onProof?.(countCells(plan));
  const journal = context.openProofJournal(plan.settings);
  const runOf = recorder.beginProof(plan, journal);
  const onBegin = (state: StudyRun) => {
    context.onProofBegin?.(plan, state);
    shown?.beginProof(plan, state, runOf);
  };
  let finished = false;
  try {
    const proof = await proveCandidates(plan, targets.beside(plan), { objectives, others }, { ...context, journal, rules: [], onBegin });
    recorder.proof(proof, journal);
    finished = proof.run.status === "finished";
    return proof;
  } finally {
    journal.close({ finished });
  }
}
