import type { OptimizationResult } from "../experiments/optimize/optimization-result.js";
import type { JudgementResult } from "../experiments/evaluation/judgement-result.js";
import { endedRows } from "../experiments/evaluation/judged-rows.js";
import { counted, nounFor } from "../base/errors/counted.js";
import type { Setting } from "../experiments/study/study.js";
import { totalCells, type CellsDocument, type SweepResult } from "../experiments/study/sweep-result.js";

/** Limits written out where settings differ in them. */
const MOST_LIMITS = 3;
const NAMES = ["max_completion_tokens", "max_tokens"];

/** In a sentence, how many answers of a sweep were cut off, and at which limit; empty where none were. */
export function sweepTruncated({ study, settings }: SweepResult): string[] {
  const cut = settings.filter(({ cells }) => cells.truncated !== undefined);
  const params = (some: SweepResult["settings"]) => some.map((setting) => ({ ...study.fixed, ...setting.params }));
  return describe(study.cells, { cut: params(cut), all: params(settings), isStored: study.scored_from !== undefined });
}

/** The same of a search, the answers of its proof too. */
export function optimizationTruncated({ study, trials, proof }: OptimizationResult): string[] {
  const cells = totalCells([study, ...(proof ? [proof] : [])]);
  const all = [...trials, ...(proof?.settings ?? [])].map(({ params }) => ({ ...study.fixed, ...params }));
  return describe(cells, { cut: all, all, isStored: false });
}

/** The same of the answers that a judge graded. */
export function judgementTruncated({ study }: JudgementResult): string[] {
  const cells = { ...endedRows(study.rows), ...(study.rows.truncated !== undefined && { truncated: study.rows.truncated }) };
  return describe(cells, { cut: [study.fixed], all: [study.fixed], isStored: false });
}

interface Asked {
  /** With what the answers that were cut off were asked. */
  cut: readonly Setting[];
  all: readonly Setting[];
  /** The answers were there, and only scores are new. */
  isStored: boolean;
}

function describe({ done, failed, filtered, truncated = 0 }: Omit<CellsDocument, "planned">, asked: Asked): string[] {
  if (truncated === 0) return [];
  const what = `${truncated} of ${counted(done - failed - filtered, "answer")} ${nounFor(truncated, "was", "were")} cut off`;
  const name = NAMES.find((one) => asked.cut.some((setting) => setting[one] !== undefined));
  if (name === undefined) return [`${what} at the limit of tokens.`];
  return [`${what} at ${name} ${listLimits(asked.cut, name)}${advice(name, asked)}.`];
}

/** Nothing where the limit is what settings differ in: who tries limits knows how to raise them. */
function advice(name: string, { all, isStored }: Asked): string {
  if (new Set(all.map((setting) => setting[name])).size > 1) return "";
  if (isStored) return `; for complete ones, ask again with a larger ${name}`;
  return `; raise it with ${name === "max_tokens" ? "--max_tokens N" : `--set ${name}=N`}`;
}

function listLimits(settings: readonly Setting[], name: string): string {
  const limits = [...new Set(settings.map((setting) => Number(setting[name])))].filter(Number.isFinite).sort((a, b) => a - b);
  return limits.length <= MOST_LIMITS ? limits.join(", ") : `${limits[0]} to ${limits.at(-1)}`;
}
