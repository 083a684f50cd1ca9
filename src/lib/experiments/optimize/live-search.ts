import { LiveStudy } from "../live/live-study.js";
import type { LiveOptions, StudyProgress } from "../live/study-tags.js";
import type { TrackedRun } from "../../tracking/tracked-run.js";
import type { Tracker } from "../../tracking/tracker.js";
import { LiveSettings } from "../study/live-settings.js";
import type { StudyRun } from "../study/study-ledger.js";
import { plannedCells, type StudyPlan } from "../study/study.js";
import type { OptimizationRecorder } from "./optimization-recorder.js";
import type { OptimizationResult } from "./optimization-result.js";
import { searchFailure } from "./search-failure.js";
import type { Optimization } from "./run-optimization.js";

/** What a search is shown with. */
export interface LiveSearchOptions {
  tracker: Tracker;
  live: LiveOptions;
  /** Trials there are to be. */
  trials: number;
  /** Cells the proof is to have, at most. */
  proofCells: number;
  /** What the search comes to if it ends now. */
  result: () => OptimizationResult;
}

/** A search that is shown while it runs: its trials, then its proof. */
export class LiveSearch {
  private readonly optimization: Optimization;
  private readonly options: LiveSearchOptions;
  private readonly study: LiveStudy;
  private readonly trials: LiveSettings;
  private proof: LiveSettings | undefined;

  constructor(optimization: Optimization, recorder: OptimizationRecorder, options: LiveSearchOptions) {
    this.optimization = optimization;
    this.options = options;
    this.study = new LiveStudy(recorder.parent, options.tracker, options.live);
    this.trials = new LiveSettings(optimization.plan, optimization.run, (index) => recorder.runOf(index));
  }

  begin(): void {
    this.study.begin({
      progress: () => this.progress(),
      logMeans: () => (this.proof ?? this.trials).logMeans(),
      document: () => Promise.resolve(asInterrupted(this.options.result())),
    });
  }

  /** Its trials have ended, and a proof begins. */
  beginProof(plan: StudyPlan, state: StudyRun, runOf: (index: number) => TrackedRun | undefined): void {
    this.proof = new LiveSettings(plan, state, runOf);
  }

  conclude(result: OptimizationResult, verdict: string | null): void {
    this.study.conclude({ status: result.study.status, verdict, failure: searchFailure(result), result, progress: this.progress() });
  }

  end(): void {
    this.study.end();
  }

  /** Cells of trials and proof, also of those to come, at most: what ends early or turns out smaller only moves it forward. */
  progress(): StudyProgress {
    const { plan } = this.optimization;
    const { done, total } = this.trials.progress();
    const proof = this.proof?.progress();
    if (proof) return { done: done + proof.done, total: done + proof.total };
    const [one = 0] = plan.settings.map((_, setting) => plannedCells(plan, setting));
    const perTrial = one || plan.mostRepeats * plan.dataset.samples.length;
    const { trials, proofCells } = this.options;
    return { done, total: total + Math.max(0, trials - plan.settings.length) * perTrial + proofCells };
  }
}

function asInterrupted(result: OptimizationResult): OptimizationResult {
  return { ...result, study: { ...result.study, status: "interrupted" } };
}
