import type { Usage } from "../../inference/openai/completion.js";
import { addCosts, type ScorerFailure, type ScoringCost } from "../scoring/scorer.js";
import type { LlmopsError } from "../../base/errors/llmops-error.js";
import type { Budget } from "./budget.js";
import type { CellLatency } from "./drift.js";
import { ErrorTally, type CellError } from "./error-tally.js";
import type { FinishedCell } from "./run-cell.js";
import { ScoreTable } from "./score-table.js";
import type { CellRecord } from "./cell-record.js";
import type { StudyJournal } from "./study-journal.js";
import type { Cell, StudyPlan } from "./study.js";

/** Answers of an earlier study were paid for there. */
const NO_USAGE: Usage = { promptTokens: 0, completionTokens: 0 };

/** How far a study has come. */
export interface StudyRun {
  table: ScoreTable;
  status: "finished" | "interrupted" | "budget spent";
  /** Settings a rule stopped, with its reason. */
  stopped: Map<number, string>;
  /** Why cells have no score, with how many of them. */
  errors: CellError[];
  /** Tokens of all finished cells, those of models that scored them too. */
  tokens: { prompt: number; completion: number };
  /** Of the cells asked now, in the order they ended. */
  latencies: CellLatency[];
  /** Cells that were there when the study was resumed. */
  resumed: number;
  /** Cells that were asked now and answered, or scored now. */
  asked: Cell[];
}

/** Where finished cells are kept, and what they may cost. */
export interface LedgerOptions {
  journal: StudyJournal;
  budget?: Budget;
  /** Ask cells again that failed before, and score answers again that a scorer failed on. */
  retryFailed?: boolean;
  onCell?: () => void;
}

/** Keeps account of the cells of a study: their scores, failures and costs, those of an earlier attempt too. */
export class StudyLedger {
  readonly state: StudyRun;
  private readonly plan: StudyPlan;
  private readonly journal: StudyJournal;
  private readonly budget: Budget | undefined;
  private readonly retryFailed: boolean;
  private readonly onCell: () => void;
  private readonly tally = new ErrorTally();

  constructor(plan: StudyPlan, { journal, budget, retryFailed = false, onCell = () => undefined }: LedgerOptions) {
    this.plan = plan;
    this.journal = journal;
    this.budget = budget;
    this.retryFailed = retryFailed;
    this.onCell = onCell;
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
    const problems = new Map<number, Problem>();
    this.journal.load(
      (cell) => this.state.table.indexOf(cell),
      (record) => this.takeOver(record, problems),
    );
    for (const problem of problems.values()) this.noteProblem(problem);
  }

  /** Takes a cell that has ended: to the journal first. `isKnown`: its answer was there, and only scores are new. */
  finish(cell: FinishedCell, isKnown: boolean): void {
    this.journal.append(this.state.table.indexOf(cell), cell);
    const { outcome, setting, sample, repeat } = cell;
    if (outcome.ok) {
      this.state.table.setScores(cell, outcome.scores, outcome.completion.finishReason);
      const { stored } = this.plan;
      if (!stored && !isKnown) this.state.latencies.push({ setting, ms: outcome.completion.timing.totalMs });
      const usage = stored ? NO_USAGE : outcome.completion.usage;
      this.noteCost(usage, addCosts(Object.values(outcome.scores).map(({ cost }) => cost)), isKnown);
      // its place alone: answers stay in the journal, not in memory
      this.state.asked.push({ setting, sample, repeat });
      for (const { failure } of Object.values(outcome.scores)) if (failure) this.noteProblem(failure);
    } else {
      this.state.table.setFailed(cell, outcome.error.code);
      this.noteProblem(outcome.error);
    }
    this.onCell();
  }

  /** A cell that failed and was asked again has two records: the later one counts. */
  private takeOver(record: CellRecord, problems: Map<number, Problem>): void {
    const { table } = this.state;
    const index = table.indexOf(record);
    const again = table.isDone(record);
    problems.delete(index);
    if (this.retryFailed && (record.error ?? record.unscored)) {
      if (again) this.state.resumed--;
      return table.forget(record);
    }
    const problem = record.error ?? Object.values(record.scorerErrors ?? {})[0];
    if (problem) problems.set(index, problem);
    if (record.error === undefined) this.takeScores(record);
    else table.setFailed(record, record.error.code);
    if (again) return;
    this.state.resumed++;
    this.onCell();
  }

  private takeScores(record: CellRecord): void {
    const { scores = {}, promptTokens = 0, completionTokens = 0, scoring, finishReason } = record;
    const known = Object.entries(scores).map(([name, value]) => [name, { value }] as const);
    this.state.table.setScores(record, Object.fromEntries(known), finishReason);
    const { tokens } = this.state;
    const own = this.plan.stored ? NO_USAGE : { promptTokens, completionTokens };
    tokens.prompt += own.promptTokens + (scoring?.promptTokens ?? 0);
    tokens.completion += own.completionTokens + (scoring?.completionTokens ?? 0);
  }

  /** Of the completion, which costs nothing more where it was known, and of models that scored it. */
  private noteCost(usage: Usage, scoring: ScoringCost, isKnown: boolean): void {
    const { budget } = this;
    budget?.noteCalls(scoring.calls);
    if (!isKnown) budget?.noteTokens(usage);
    budget?.noteTokens(scoring);
    for (const used of [usage, scoring]) {
      this.state.tokens.prompt += used.promptTokens;
      this.state.tokens.completion += used.completionTokens;
    }
  }

  private noteProblem(problem: Problem): void {
    this.tally.add(problem, "reason" in problem ? problem.reason : problem.message);
    this.state.errors = this.tally.list();
  }
}

type Problem = Pick<LlmopsError, "code" | "message"> | ScorerFailure;
