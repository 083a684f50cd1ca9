import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { AskLimits } from "../../inference/gateway/ask.js";
import type { Score } from "../scoring/scorer.js";
import { inBundles } from "./bundles.js";
import type { CellExecutor, CellTask } from "./cell-executor.js";
import { orderCells, orderSamples } from "./cell-order.js";
import { InProcessExecutor } from "./in-process-executor.js";
import type { FinishedCell } from "./run-cell.js";
import { missingScores } from "./score-table.js";
import { estimateScores, type StoppingRule } from "./stopping.js";
import { toCompletion } from "./cell-record.js";
import { StudyLedger, type LedgerOptions, type StudyRun } from "./study-ledger.js";
import { isGreedy, plannedCells, type Cell, type StudyPlan } from "./study.js";
import type { TargetPool } from "./target-pool.js";

/** This many failures before any success mean that the target, or the scorer that decides, does not work at all. */
const HOPELESS_FAILURES = 5;
const SCORER_HINT = "Try the scorer by hand on one answer; what was answered is kept, and --resume last --retry-failed scores it again.";
/** Samples asked between two looks of a stopping rule, or two targets taking turns. */
const BLOCK_SAMPLES = 10;

export interface RunOptions extends LedgerOptions {
  limits: AskLimits;
  /** Where the cells run; in this process when absent. */
  executor?: CellExecutor;
  /** Rules that stop settings early. */
  rules?: readonly StoppingRule[];
  /** Half width an interval should reach by further repeats, once all samples were asked. */
  untilHalfWidth?: number;
  signal?: AbortSignal;
  /** Gets how far the study is, once what an earlier attempt left is counted in; it changes as cells end. */
  onBegin?: (run: StudyRun) => void;
}

/**
 * Runs all cells of a plan that the journal does not have yet, several at a time. A failed cell is kept with its error. Throws
 * the first error when nothing works at all: no cell is answered, or the scorer that decides fails on every answer.
 */
export async function runStudy(plan: StudyPlan, targets: TargetPool, options: RunOptions): Promise<StudyRun> {
  const runner = new StudyRunner(plan, targets, options);
  runner.load();
  options.onBegin?.(runner.state);
  await runner.runSettings(plan.settings.map((_, setting) => setting));
  return runner.state;
}

/** Some settings on their way through the samples. */
interface Pass {
  rules: readonly StoppingRule[];
  /** Settings still asked. */
  active: number[];
  /** Failures before the first answer; empty for good after it. */
  answers: Hope;
  /** Failures of the scorer that decides, before its first value. */
  scores: Hope;
}

/** Whether something has worked yet, and how it failed before. */
interface Hope {
  hasWorked: boolean;
  failures: LlmopsError[];
}

/** Runs settings of a study, all of them at once or some after the others; settings may be added to the plan meanwhile. */
export class StudyRunner {
  readonly state: StudyRun;
  private readonly plan: StudyPlan;
  private readonly targets: TargetPool;
  private readonly options: RunOptions;
  private readonly ledger: StudyLedger;
  private readonly executor: CellExecutor;
  private readonly signal: AbortSignal;

  constructor(plan: StudyPlan, targets: TargetPool, options: RunOptions) {
    this.plan = plan;
    this.targets = targets;
    this.options = options;
    this.ledger = new StudyLedger(plan, options);
    this.state = this.ledger.state;
    this.executor = options.executor ?? new InProcessExecutor(plan, targets, options.limits);
    this.signal = options.signal ?? new AbortController().signal;
  }

  /** Takes over the cells the journal has. */
  load(): void {
    this.ledger.load();
  }

  /** Asks what is open of some settings; the rules may stop them early. Throws the first error when nothing of them works. */
  async runSettings(settings: readonly number[], rules = this.options.rules ?? [], samples = orderSamples(this.plan)): Promise<void> {
    const { table } = this.state;
    const counts = settings.map((setting) => table.counts(setting));
    const answered = counts.some(({ done, failed, filtered }) => done > failed + filtered);
    const scored = counts.some((own) => own.done > missingScores(own));
    const pass: Pass = { rules, active: [...settings], answers: hope(answered), scores: hope(scored) };
    const blocks = this.blocksOf(samples, pass);
    for (const [index, block] of blocks.entries()) {
      await this.runCells(pass, block, (setting) => this.plan.repeats[setting] ?? 0);
      if (this.isOver()) return;
      if (index + 1 < blocks.length) this.look(pass, blocks.length);
    }
    await this.addRepeats(pass, samples);
    this.stopWhereStored(settings);
    for (const { hasWorked, failures } of [pass.answers, pass.scores]) if (!hasWorked && failures[0]) throw failures[0];
  }

  /** One block when nothing has to be looked at or to take turns between. */
  private blocksOf(samples: readonly number[], { rules, active }: Pass): number[][] {
    const together = rules.length === 0 && this.targets.groups(active).length === 1;
    if (together) return [[...samples]];
    return Array.from({ length: Math.ceil(samples.length / BLOCK_SAMPLES) }, (_, i) =>
      samples.slice(i * BLOCK_SAMPLES, (i + 1) * BLOCK_SAMPLES),
    );
  }

  private look(pass: Pass, looks: number): void {
    for (const rule of pass.rules) {
      for (const { setting, reason } of rule({ plan: this.plan, table: this.state.table, active: pass.active, looks })) {
        this.state.stopped.set(setting, reason);
      }
      pass.active = pass.active.filter((setting) => !this.state.stopped.has(setting));
    }
  }

  /** Asks all samples once more for settings whose interval is still too wide; greedy ones would only repeat themselves. */
  private async addRepeats(pass: Pass, samples: readonly number[]): Promise<void> {
    const { untilHalfWidth } = this.options;
    if (untilHalfWidth === undefined) return;
    const base = Math.max(...this.plan.repeats);
    for (let repeat = base; repeat < this.plan.mostRepeats && !this.isOver(); repeat++) {
      pass.active = pass.active.filter((setting) => {
        const { low, high } = estimateScores(this.plan.primary, this.state.table, setting);
        const { fixed, settings } = this.plan;
        return !isGreedy(fixed, settings[setting] ?? {}) && (low === null || high === null || (high - low) / 2 > untilHalfWidth);
      });
      if (pass.active.length === 0) return;
      await this.runCells(pass, samples, () => repeat + 1);
    }
  }

  /** The cells of some samples: target by target, so that models that share the machine do not disturb each other. */
  private async runCells(pass: Pass, samples: readonly number[], repeatsOf: (setting: number) => number): Promise<void> {
    const plan = { ...this.plan, repeats: this.plan.settings.map((_, setting) => repeatsOf(setting)) };
    for (const group of this.targets.groups(pass.active)) {
      const size = await this.executor.bundleSize(group[0] ?? 0);
      await this.work(pass, inBundles(this.open(orderCells(plan, samples, group)), size));
      if (this.isOver()) return;
    }
  }

  /** Settings that an earlier study stopped early have no more answers. */
  private stopWhereStored(settings: readonly number[]): void {
    const why = this.plan.stored?.stopped;
    if (why === undefined) return;
    const isShort = (setting: number) => this.state.table.counts(setting).done < plannedCells(this.plan, setting);
    for (const setting of settings.filter(isShort)) this.state.stopped.set(setting, why);
  }

  private *open(cells: Iterable<Cell>): Generator<Cell> {
    const { stored } = this.plan;
    for (const cell of cells) if (!this.state.table.isDone(cell) && (stored?.has(cell) ?? true)) yield cell;
  }

  private async work(pass: Pass, bundles: Iterable<Cell[]>): Promise<void> {
    const known = new Set<number>();
    for await (const cell of this.executor.execute(this.toTasks(bundles, known), this.signal)) {
      this.finish(pass, cell, known.delete(this.state.table.indexOf(cell)));
    }
    if (this.signal.aborted) this.state.status = "interrupted";
  }

  /** The bundles the budget allows, each as it is taken; notes the cells whose answers are `known`. */
  private *toTasks(bundles: Iterable<Cell[]>, known: Set<number>): Generator<CellTask[]> {
    for (const bundle of bundles) {
      const tasks: CellTask[] = [];
      for (const cell of bundle) if (!this.signal.aborted && this.hasBudget()) tasks.push(this.toTask(cell, known));
      if (tasks.length > 0) yield tasks;
      if (this.isOver()) return;
    }
  }

  /** Where only a scorer failed, the model is not asked again. */
  private toTask(cell: Cell, known: Set<number>): CellTask {
    const { journal, retryFailed, budget } = this.options;
    const index = this.state.table.indexOf(cell);
    const answer = retryFailed ? toCompletion(journal.read(index)) : undefined;
    if (answer) known.add(index);
    else if (!this.isGiven(cell)) budget?.noteCalls(1);
    return answer ? { ...cell, known: answer } : cell;
  }

  /** Whether the plan has the answer, so that no model is asked. */
  private isGiven({ sample }: Cell): boolean {
    const { stored, responses, dataset } = this.plan;
    return stored !== undefined || responses?.has(dataset.samples[sample]?.id ?? "") === true;
  }

  private finish(pass: Pass, cell: FinishedCell, isKnown: boolean): void {
    this.ledger.finish(cell, isKnown);
    const { outcome } = cell;
    if (outcome.ok) {
      pass.answers.hasWorked = true;
      this.lookAtScores(pass, outcome.scores);
    } else if (outcome.error.code !== "CONTENT_FILTERED" && !this.plan.stored) loseHope(pass.answers, outcome.error);
  }

  private lookAtScores(pass: Pass, scores: Readonly<Record<string, Score>>): void {
    const { value = null, failure } = scores[this.plan.primary.name] ?? {};
    if (value !== null) pass.scores.hasWorked = true;
    else if (failure) loseHope(pass.scores, new LlmopsError(failure.code, failure.message, { hint: SCORER_HINT }));
  }

  private hasBudget(): boolean {
    if (this.options.budget?.allows() ?? true) return true;
    this.state.status = "budget spent";
    return false;
  }

  private isOver(): boolean {
    return this.state.status !== "finished";
  }
}

function hope(hasWorked: boolean): Hope {
  return { hasWorked, failures: [] };
}

function loseHope({ hasWorked, failures }: Hope, error: LlmopsError): void {
  if (hasWorked) return;
  failures.push(error);
  if (failures.length >= HOPELESS_FAILURES) throw failures[0] ?? error;
}
