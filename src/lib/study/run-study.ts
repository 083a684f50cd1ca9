import { setMaxListeners } from "node:events";
import type { LlmopsError } from "../errors/llmops-error.js";
import type { Budget } from "./budget.js";
import { inBundles, runBundles } from "./bundles.js";
import type { CompletionTarget } from "../openai/completion-target.js";
import { orderCells, orderSamples } from "./cell-order.js";
import type { CellLatency } from "./drift.js";
import type { AskLimits } from "../gateway/ask.js";
import type { Usage } from "../openai/completion.js";
import { addCosts, type ScoringCost } from "../scoring/scorer.js";
import { runCell, type FinishedCell } from "./run-cell.js";
import { ScoreTable } from "./score-table.js";
import { estimateScores, type StoppingRule } from "./stopping.js";
import type { CellRecord, StudyJournal } from "./study-journal.js";
import { isGreedy, type Cell, type StudyPlan } from "./study.js";
import type { TargetPool } from "./target-pool.js";

/** This many failures before any success mean that the target does not work at all. */
const HOPELESS_FAILURES = 5;
/** Samples asked between two looks of a stopping rule, or two targets taking turns. */
const BLOCK_SAMPLES = 10;

export interface RunOptions {
  journal: StudyJournal;
  limits: AskLimits;
  budget?: Budget;
  /** Rules that stop settings early. */
  rules?: readonly StoppingRule[];
  /** Half width an interval should reach by further repeats, once all samples were asked. */
  untilHalfWidth?: number;
  /** Ask cells again that failed before. */
  retryFailed?: boolean;
  signal?: AbortSignal;
  onCell?: () => void;
}

export interface StudyRun {
  table: ScoreTable;
  status: "finished" | "interrupted" | "budget spent";
  /** Settings a rule stopped, with its reason. */
  stopped: Map<number, string>;
  /** The first distinct messages of failed cells. */
  errors: string[];
  /** Tokens of all finished cells, those of models that scored them too. */
  tokens: { prompt: number; completion: number };
  /** Of the cells asked now, in the order they ended. */
  latencies: CellLatency[];
  /** Cells that were there when the study was resumed. */
  resumed: number;
  /** Cells that were asked now, and answered. */
  asked: Cell[];
}

/**
 * Runs all cells of a plan that the journal does not have yet, several at a time. A failed cell is kept with its error. Throws
 * the first error when nothing works at all.
 */
export async function runStudy(plan: StudyPlan, targets: TargetPool, options: RunOptions): Promise<StudyRun> {
  const runner = new StudyRunner(plan, targets, options);
  runner.load();
  await runner.runSettings(plan.settings.map((_, setting) => setting));
  return runner.state;
}

/** Some settings on their way through the samples. */
interface Pass {
  rules: readonly StoppingRule[];
  /** Settings still asked. */
  active: number[];
  succeeded: boolean;
  firstFailures: LlmopsError[];
  /** Ends everything that runs. */
  stop: AbortController;
  signal: AbortSignal;
}

/** Runs settings of a study, all of them at once or some after the others; settings may be added to the plan meanwhile. */
export class StudyRunner {
  readonly state: StudyRun;
  private readonly plan: StudyPlan;
  private readonly targets: TargetPool;
  private readonly options: RunOptions;

  constructor(plan: StudyPlan, targets: TargetPool, options: RunOptions) {
    this.plan = plan;
    this.targets = targets;
    this.options = options;
    this.state = {
      table: new ScoreTable(plan),
      status: "finished",
      stopped: new Map(),
      errors: [],
      tokens: { prompt: 0, completion: 0 },
      latencies: [],
      resumed: 0,
      asked: [],
    };
  }

  /** Takes over the cells the journal has. */
  load(): void {
    const failures = new Map<number, string>();
    this.options.journal.load(
      (cell) => this.state.table.indexOf(cell),
      (record) => this.takeOver(record, failures),
    );
    for (const message of failures.values()) this.noteError(message);
  }

  /** Asks what is open of some settings; the rules may stop them early. Throws the first error when nothing of them works. */
  async runSettings(settings: readonly number[], rules = this.options.rules ?? [], samples = orderSamples(this.plan)): Promise<void> {
    const { table } = this.state;
    const succeeded = settings.some((setting) => table.counts(setting).done > table.counts(setting).failed);
    const stop = new AbortController();
    const signal = this.options.signal ? AbortSignal.any([this.options.signal, stop.signal]) : stop.signal;
    setMaxListeners(0, signal); // every running cell listens
    const pass: Pass = { rules, active: [...settings], succeeded, firstFailures: [], stop, signal };
    const blocks = this.blocksOf(samples, pass);
    for (const [index, block] of blocks.entries()) {
      await this.runCells(pass, block, (setting) => this.plan.repeats[setting] ?? 0);
      if (this.isOver()) return;
      if (index + 1 < blocks.length) this.look(pass, blocks.length);
    }
    await this.addRepeats(pass, samples);
    const [failure] = pass.firstFailures;
    if (failure && !pass.succeeded) throw failure;
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
      const target = await this.targets.of(group[0] ?? 0);
      const cells = this.open(orderCells(plan, samples, group));
      const bundles = target.sharesPrompts ? inBundles(cells, this.plan.concurrency) : inBundles(cells, 1);
      await this.work(pass, target, bundles);
      if (this.isOver()) return;
    }
  }

  private *open(cells: Iterable<Cell>): Generator<Cell> {
    for (const cell of cells) if (!this.state.table.isDone(cell)) yield cell;
  }

  private async work(pass: Pass, target: CompletionTarget, bundles: Iterable<Cell[]>): Promise<void> {
    const over = () => pass.signal.aborted || this.isOver();
    await runBundles(bundles, this.plan.concurrency, { ask: (cell) => this.ask(pass, target, cell), over });
    if (this.options.signal?.aborted) this.state.status = "interrupted";
  }

  private async ask(pass: Pass, target: CompletionTarget, cell: Cell): Promise<void> {
    if (pass.signal.aborted || !this.hasBudget()) return;
    const sampleId = this.plan.dataset.samples[cell.sample]?.id ?? "";
    if (!this.plan.responses?.has(sampleId)) this.options.budget?.noteCalls(1);
    const done = await runCell(this.plan, cell, { ...this.options.limits, target, signal: pass.signal });
    if (!done) return;
    try {
      this.finish(pass, done);
    } catch (error) {
      pass.stop.abort(); // nothing else is started, and what runs ends
      throw error;
    }
  }

  private finish(pass: Pass, cell: FinishedCell): void {
    this.options.journal.append(this.state.table.indexOf(cell), cell);
    const { outcome } = cell;
    if (outcome.ok) {
      pass.succeeded = true;
      this.state.table.setScores(cell, outcome.scores);
      this.state.latencies.push({ setting: cell.setting, ms: outcome.completion.timing.totalMs });
      this.noteCost(outcome.completion.usage, addCosts(Object.values(outcome.scores).map(({ cost }) => cost)));
      this.state.asked.push(cell);
    } else {
      this.state.table.setFailed(cell);
      this.noteError(outcome.error.message);
      checkHope(pass, outcome.error);
    }
    this.options.onCell?.();
  }

  /** A cell that failed and was asked again has two records: the later one counts. */
  private takeOver(record: CellRecord, failures: Map<number, string>): void {
    const { table } = this.state;
    const index = table.indexOf(record);
    const again = table.isDone(record);
    if (record.error === undefined && this.options.retryFailed && record.unscored) {
      table.forget(record);
      return;
    }
    if (record.error === undefined) {
      failures.delete(index);
      this.takeScores(record);
    } else if (this.options.retryFailed) {
      table.forget(record);
      return;
    } else {
      table.setFailed(record);
      failures.set(index, record.error.message);
    }
    if (again) return;
    this.state.resumed++;
    this.options.onCell?.();
  }

  private takeScores(record: CellRecord): void {
    const { scores = {}, promptTokens = 0, completionTokens = 0, scoring } = record;
    this.state.table.setScores(record, Object.fromEntries(Object.entries(scores).map(([name, value]) => [name, { value }])));
    const { tokens } = this.state;
    tokens.prompt += promptTokens + (scoring?.promptTokens ?? 0);
    tokens.completion += completionTokens + (scoring?.completionTokens ?? 0);
  }

  /** Of the completion, and of models that scored it. */
  private noteCost(usage: Usage, scoring: ScoringCost): void {
    const { budget } = this.options;
    budget?.noteCalls(scoring.calls);
    for (const used of [usage, scoring]) {
      budget?.noteTokens(used);
      this.state.tokens.prompt += used.promptTokens;
      this.state.tokens.completion += used.completionTokens;
    }
  }

  private noteError(message: string): void {
    if (this.state.errors.length < 5 && !this.state.errors.includes(message)) this.state.errors.push(message);
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

function checkHope(pass: Pass, error: LlmopsError): void {
  if (pass.succeeded) return;
  pass.firstFailures.push(error);
  if (pass.firstFailures.length >= HOPELESS_FAILURES) throw pass.firstFailures[0] ?? error;
}
