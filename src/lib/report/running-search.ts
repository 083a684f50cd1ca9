import { counted } from "../base/errors/counted.js";
import { believedInterval } from "../experiments/optimize/believed-interval.js";
import { kindOf, type Objective, type Resolved } from "../experiments/optimize/objective.js";
import type { Optimization } from "../experiments/optimize/run-optimization.js";
import { describeSetting } from "../experiments/study/study.js";
import { formatInterval, formatScore } from "./format-score.js";

/** What is read of a search that runs. */
type Searching = Pick<Optimization, "results" | "best" | "study" | "run">;

/** How far a running search is, and what it believes best so far with its interval; of several objectives how many trials are on the front. */
export function describeRunningSearch(search: Searching, objectives: readonly Resolved<Objective>[], trials: number): string[] {
  const results = search.results();
  const ended = results.filter(({ state }) => state !== "running").length;
  const running = results.length - ended;
  const head = `Trial ${Math.min(trials, ended + Math.min(1, running))} of ${trials}${running > 1 ? `, ${running} at a time` : ""}`;
  return [head, ...bestLines(search, objectives)];
}

function bestLines(search: Searching, objectives: readonly Resolved<Objective>[]): string[] {
  const [objective, ...others] = objectives;
  if (objective === undefined) return [];
  if (others.length > 0) {
    const front = search.study.front();
    return front.length === 0 ? [] : [`${counted(front.length, "trial")} on the front so far`];
  }
  const found = search.best();
  if (!found) return [];
  const kind = kindOf(objective);
  const believed = believedInterval(found, { objective, table: search.run.table });
  return [
    `Best ${objective.name} so far: ${formatScore(believed.mean, kind)} (${formatInterval({ ...believed, n: 0 }, kind)})`,
    `  at ${describeSetting(found.trial.params)}`,
  ];
}
