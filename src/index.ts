/**
 * The use cases of `llmops` for programs of your own: each takes one object of options and a host, and gives a result. Nothing is
 * printed, no process ends, and no project file is read.
 *
 *     import { programHost, runSweep } from "llmops";
 *     const { result } = await runSweep({ dimensions: [{ name: "temperature", values: [0, 1] }] }, programHost());
 */
export { programHost, type Host } from "./app/host/host.js";
export { LlmopsError } from "./lib/base/errors/llmops-error.js";

export { runSweep } from "./app/studies/run-sweep.js";
export { forecastSweep } from "./app/studies/forecast-sweep.js";
export type { SweepOptions } from "./app/studies/sweep-options.js";
export type { SweepOutcome } from "./app/studies/sweep-outcome.js";
export type { SweepResult } from "./lib/experiments/study/sweep-result.js";
export type { ForecastDocument } from "./lib/report/forecast-table.js";
export { planStudyWork, type StudyWork } from "./app/studies/study-work.js";
export { runStudyCells } from "./app/studies/run-cells.js";
export { scoreStored, type ScoreOptions } from "./app/studies/score-stored.js";

export { forecastJudging, judge, type JudgementOptions } from "./app/judging/judge.js";
export type { JudgeOptions } from "./app/judging/judge-options.js";
export type { JudgementForecast } from "./lib/experiments/evaluation/forecast-judgement.js";
export type { JudgementResult } from "./lib/experiments/evaluation/judgement-result.js";
export { judgePairwise } from "./app/judging/pairwise.js";
export type { PairwiseOptions } from "./app/judging/read-contest.js";
export type { PairwiseResult } from "./lib/experiments/evaluation/pairwise-result.js";

export { optimize } from "./app/optimizing/optimize.js";
export type { OptimizeOptions } from "./app/optimizing/optimize-options.js";
export type { OptimizationResult } from "./lib/experiments/optimize/optimization-result.js";

export { runBench } from "./app/bench/run-bench.js";
export type { BenchOptions } from "./app/bench/bench-options.js";
export type { BenchResult } from "./lib/report/bench-table.js";

export { serve, type ModelServer, type ServeOptions } from "./app/serving/serve.js";
