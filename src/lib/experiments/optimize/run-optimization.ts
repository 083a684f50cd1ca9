import { z } from "zod";
import type { ErrorCode } from "../../base/errors/codes.js";
import { isAbort, LlmopsError, messageOf, toLlmopsError } from "../../base/errors/llmops-error.js";
import type { Params } from "../samplers/space.js";
import { describeErrors } from "../study/error-tally.js";
import { StudyRunner, type RunOptions } from "../study/run-study.js";
import type { StudyRun } from "../study/study-ledger.js";
import { SearchStudy, type Best, type Measured, type SearchStudyOptions, type Trial } from "../study/search-study.js";
import type { StudyPlan } from "../study/study.js";
import type { TargetPool } from "../study/target-pool.js";
import { isFeasible } from "./conditions.js";
import { directionOf, measure, type Constraint, type Objective, type Resolved } from "./objective.js";
import { raceAgainstBest } from "./race-against-best.js";
import type { LoggedTrial, TrialLog } from "./trial-log.js";
import { counted } from "../../base/errors/counted.js";

export interface OptimizationOptions extends RunOptions {
  search: Omit<SearchStudyOptions, "direction" | "distinct">;
  objectives: readonly Resolved<Objective>[];
  constraints: readonly Resolved<Constraint>[];
  trials: number;
  /** Trials at a time. */
  parallel: number;
  /** Ends the search after so many trials without a better one. */
  patience?: number | undefined;
  /** Ends the search when less improvement than this is expected. */
  leastImprovement?: number | undefined;
  /** Stops trials that are clearly worse than the best. */
  race: boolean;
  /** The objective of a trial that failed; without it, it counts as the worst seen. */
  penalty?: number | undefined;
  log: TrialLog;
}

/** A trial with what was measured. */
export interface TrialResult extends LoggedTrial {
  index: number;
  /** One for each objective; NaN where it has none. */
  values: Measured[];
  /** One for each constraint. */
  bounds: Measured[];
  /** Whether it keeps all constraints; null without any, and where that was not measured. */
  feasible: boolean | null;
}

export const stopReasonSchema = z.enum(["trials", "patience", "improvement", "every setting was tried", "interrupted", "budget spent"]);

export type StopReason = z.infer<typeof stopReasonSchema>;

/** Of the numbers in settings: nobody tells 0.7272 from 0.72723. */
const DIGITS = 4;
/** Of its cells, a trial needs so many to count. */
const ENOUGH = 0.5;

/** A search whose trials are settings of one study: asked for, run, measured beside the others, told. */
export class Optimization {
  readonly study: SearchStudy;
  readonly plan: StudyPlan;
  readonly run: StudyRun;
  stopped: StopReason = "trials";
  private readonly runner: StudyRunner;
  private readonly targets: TargetPool;
  private readonly options: OptimizationOptions;
  private readonly logged: LoggedTrial[] = [];
  private readonly unfinished: Trial[] = [];
  /** Why the first trial that failed did. */
  private cause: ErrorCode | undefined;

  constructor(plan: StudyPlan, targets: TargetPool, options: OptimizationOptions) {
    const { objectives, search } = options;
    this.plan = plan;
    this.targets = targets;
    this.options = options;
    this.study = new SearchStudy({ ...search, direction: objectives.map(directionOf), distinct: true, digits: DIGITS });
    this.runner = new StudyRunner(plan, targets, options);
    this.run = this.runner.state;
  }

  /** Tries settings until something says stop; `onTrial` hears of each that has ended, `onBegin` of each that begins. Throws what the first failed with where every trial failed. */
  async search(onTrial: (index: number) => void, onBegin: (index: number) => void = () => undefined): Promise<void> {
    const worker = async () => {
      for (let trial = this.next(); trial; trial = this.next()) {
        onBegin(trial.index);
        if (await this.evaluate(trial)) onTrial(trial.index);
      }
    };
    await Promise.all(Array.from({ length: this.options.parallel }, worker));
    const [first] = this.logged;
    if (first && this.logged.length > 0 && this.logged.every(({ state }) => state === "failed")) {
      throw new LlmopsError(
        this.cause ?? "INVALID_ARGUMENT",
        `All ${counted(this.logged.length, "trial")} failed. The first one: ${first.problem ?? ""}`,
        {
          hint: "Check that the default works (llmops sweep --strategies default), then search a smaller space.",
        },
      );
    }
  }

  /** All trials with what is known of them now; values may still move a little while others are added. */
  results(): TrialResult[] {
    const measurements = { table: this.run.table, trials: this.logged.length, totals: this.totals() };
    const values = this.options.objectives.map((objective) => measure(objective, measurements));
    const bounds = this.options.constraints.map((constraint) => measure(constraint, measurements));
    const none = { value: Number.NaN };
    return this.logged.map((logged, index) => {
      const own = bounds.map((every) => every[index] ?? none);
      const isKnown = logged.state === "finished" || logged.state === "stopped";
      const kept = isFeasible(
        this.options.constraints,
        own.map(({ value }) => value),
      );
      return { ...logged, index, values: values.map((every) => every[index] ?? none), bounds: own, feasible: isKnown ? kept : null };
    });
  }

  /** The setting believed best of those that keep all constraints; undefined before there is one, and of several objectives. */
  best(): Best | undefined {
    return this.study.ranking().find(this.keeping());
  }

  /** What tells trials that keep all constraints, as far as was measured. */
  private keeping(): (ranked: { trial: Trial }) => boolean {
    if (this.options.constraints.length === 0) return () => true;
    const kept = new Set(this.results().flatMap(({ index, feasible }) => (feasible === true ? [index] : [])));
    return ({ trial }) => kept.has(trial.index);
  }

  /** The settings worth proving: those that keep all constraints and are believed best, or of several objectives the front. */
  candidates(count: number): Params[] {
    const ranked = this.study.ranking();
    const chosen = (ranked.length > 0 ? ranked : this.study.front().map((trial) => ({ trial })))
      .filter(this.keeping())
      .map(({ trial }) => trial);
    const whole = chosen.filter(({ index }) => this.logged[index]?.state === "finished");
    return whole.slice(0, count).map(({ params }) => params);
  }

  /** Takes up what the log has of an earlier attempt; gives the trials that have ended. Those with failures are run again if asked for. */
  restore(): number[] {
    for (const logged of this.options.log.read()) this.place(this.study.restore(logged.params), logged);
    this.runner.load();
    for (const { index } of this.study.trials) {
      const logged = this.logged[index] as LoggedTrial;
      const isOpen = logged.state === "running" || (this.options.retryFailed === true && this.lacksCells(index, logged));
      if (!isOpen) continue;
      this.logged[index] = { params: logged.params, state: "running" };
      this.unfinished.push({ index, params: logged.params });
    }
    this.tellAll();
    return this.logged.flatMap(({ state }, index) => (state === "running" ? [] : [index]));
  }

  private lacksCells(index: number, { state }: LoggedTrial): boolean {
    const planned = this.plan.mostRepeats * this.plan.dataset.samples.length;
    return state === "failed" || (state === "finished" && this.run.table.counts(index).done < planned);
  }

  private place({ index, params }: Trial, logged: LoggedTrial): void {
    this.plan.settings[index] = params;
    this.plan.repeats[index] = this.plan.mostRepeats;
    this.logged[index] = logged;
  }

  private next(): Trial | undefined {
    if (this.run.status !== "finished") return undefined;
    const open = this.unfinished.shift();
    if (open) return open;
    const reason = this.findReason();
    if (reason) {
      this.stopped = reason;
      return undefined;
    }
    const trial = this.study.next();
    if (!trial) {
      this.stopped = "every setting was tried";
      return undefined;
    }
    const logged: LoggedTrial = { params: trial.params, state: "running" };
    this.options.log.write(trial.index, logged);
    this.place(trial, logged);
    return trial;
  }

  private findReason(): StopReason | undefined {
    const asked = this.study.trials;
    if (this.options.signal?.aborted) return "interrupted";
    if (asked.length >= this.options.trials) return "trials";
    const different = new Set(asked.map(({ params }) => JSON.stringify(params)));
    if (different.size >= this.study.space.count) return "every setting was tried";
    return this.hasStalled(asked);
  }

  private hasStalled(asked: readonly Trial[]): StopReason | undefined {
    const { patience, leastImprovement } = this.options;
    const last = this.study.best()?.trial.index ?? this.study.front().at(-1)?.index ?? 0;
    if (patience !== undefined && asked.length - 1 - last >= patience) return "patience";
    const expected = asked.at(-1)?.improvement;
    return leastImprovement !== undefined && expected !== undefined && expected < leastImprovement ? "improvement" : undefined;
  }

  /** False for a trial that did not get to its end. */
  private async evaluate(trial: Trial): Promise<boolean> {
    const { index } = trial;
    const ended = await this.attempt(trial);
    if (this.run.status !== "finished") return false;
    this.options.log.write(index, ended);
    this.logged[index] = { ...(this.logged[index] as LoggedTrial), ...ended };
    this.tellAll();
    return true;
  }

  /** What came of a trial; a failure of this setting alone ends nothing else. */
  private async attempt({ index }: Trial): Promise<Partial<LoggedTrial>> {
    const rules = this.options.race ? [raceAgainstBest(this.best()?.trial, this.options.objectives)] : [];
    try {
      await this.targets.of(index);
      const [start, before] = [performance.now(), this.run.tokens.completion];
      await this.runner.runSettings([index], rules);
      const tokens = this.run.tokens.completion - before;
      // a trial whose cells were all there already was not timed
      const total = tokens > 0 ? { total: (1000 * tokens) / (performance.now() - start) } : {};
      const { done, failed, filtered } = this.run.table.counts(index);
      const lost = failed + filtered;
      if (done - lost < ENOUGH * done) {
        this.cause ??= this.run.errors[0]?.code;
        return { state: "failed", problem: `${lost} of ${counted(done, "completion")} failed: ${describeErrors(this.run.errors)}` };
      }
      const reason = this.run.stopped.get(index);
      return { state: reason === undefined ? "finished" : "stopped", ...(reason !== undefined && { problem: reason }), ...total };
    } catch (error) {
      return this.failed(error);
    } finally {
      if (this.isAlone(index)) await this.targets.release(index);
    }
  }

  private failed(error: unknown): Partial<LoggedTrial> {
    if (error instanceof LlmopsError && error.code === "STORE_UNWRITABLE") throw error;
    if (isAbort(error) && this.options.signal?.aborted) this.run.status = "interrupted"; // as while a model was opened
    this.cause ??= toLlmopsError(error).code;
    return { state: "failed", problem: messageOf(error) };
  }

  /** Whether a trial has a target of its own, which would take memory from the next. */
  private isAlone(index: number): boolean {
    const asked = this.plan.settings.map((_, setting) => setting);
    return this.targets.groups(asked).length > 1 && this.targets.groups(asked).some((group) => group.length === 1 && group[0] === index);
  }

  /** Every trial is told anew: what the samples have in common is known better with each. */
  private tellAll(): void {
    const { objectives, constraints, penalty } = this.options;
    for (const { index, state, problem, values, bounds } of this.results()) {
      if (state === "running") continue;
      const margins = bounds.map(({ value, se }, k) => {
        const { sense = 1, bound = 0 } = constraints[k] ?? {};
        return { value: sense * (value - bound), se };
      });
      const failed =
        state === "failed" ? (problem ?? "failed") : values.some(({ value }) => Number.isNaN(value)) ? "nothing was scored" : undefined;
      if (failed === undefined) this.study.tell({ index }, { values, ...(constraints.length > 0 && { margins }) });
      else this.study.tell({ index }, penalty === undefined ? { failed } : { values: objectives.map(() => ({ value: penalty })) });
    }
  }

  private totals(): Map<number, number> {
    return new Map(this.logged.flatMap(({ total }, index) => (total === undefined ? [] : [[index, total]])));
  }
}
