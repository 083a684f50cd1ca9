// Tables of regrets: rows {problem, method, seed, regrets}, regrets as logarithms by budget.
import { mean, quantile } from "simple-statistics";
import { BUDGETS } from "./evaluate.mjs";
import { mulberry } from "./problems.mjs";

const RESAMPLES = 1000;
/** With fewer runs of a problem, drawing them again says nothing. */
const FEWEST_RUNS = 3;
/** From this regret on, as a logarithm, the better peak was not found. */
const MISSED = -1;

const isMixed = ({ params }) => params.some(({ type }) => type === "categorical");
const isSmall = ({ params }) => params.length <= 2;

/** Which problems belong to which class. */
export const CLASSES = {
  "all problems": () => true,
  "without noise": ({ noise }) => !noise,
  "with noise": ({ noise }) => noise,
  "1 and 2 parameters": isSmall,
  "1 and 2 parameters, with noise": (problem) => isSmall(problem) && problem.noise,
  "1 and 2 parameters, without noise": (problem) => isSmall(problem) && !problem.noise,
  "3 to 6 parameters": (problem) => !isSmall(problem),
  "whole numbers and choices": isMixed,
};

/** By problem: the regrets of a method's runs after a budget. */
function runsOf(rows, method, problems, k) {
  return problems.map(({ id }) =>
    rows.flatMap((row) => (row.method === method && row.problem === id && row.regrets[k] !== undefined ? [row.regrets[k]] : [])),
  );
}

/** The mean over problems of the mean over runs, each problem counting the same, and its interval when runs are drawn again, if there are enough. */
function meanWithInterval(samples) {
  const random = mulberry(1);
  const again = (runs) => runs.map(() => runs[Math.floor(random() * runs.length)]);
  const difference = (draw) => mean(samples.map(([own, other]) => mean(draw(own)) - (other ? mean(draw(other)) : 0)));
  const all = difference((runs) => runs).toFixed(2);
  if (samples.some((lists) => lists.some((runs) => runs.length < FEWEST_RUNS))) return all;
  const drawn = Array.from({ length: RESAMPLES }, () => difference(again));
  return `${all} [${quantile(drawn, 0.025).toFixed(2)}, ${quantile(drawn, 0.975).toFixed(2)}]`;
}

const namesOf = (rows) => [...new Set(rows.map(({ method }) => method))];

/** By method and budget: mean log regret over problems with its interval; "-" where a problem has no run. */
export function summary(rows, problems) {
  const cell = (method, k) => {
    const runs = runsOf(rows, method, problems, k);
    return runs.every((own) => own.length > 0) ? meanWithInterval(runs.map((own) => [own])) : "-";
  };
  return tableOf(rows, namesOf(rows), cell);
}

/** By other method and budget: our mean log regret less its, over the problems that both have runs of; with the fewest seeds. */
export function differences(rows, problems, ours) {
  const cell = (method, k) => {
    const own = runsOf(rows, ours, problems, k);
    const pairs = runsOf(rows, method, problems, k).map((other, i) => [own[i], other]);
    const shared = pairs.filter((pair) => pair.every((runs) => runs.length > 0));
    if (shared.length === 0) return "-";
    const fewest = Math.min(...shared.map(([, other]) => other.length));
    return `${meanWithInterval(shared)} (${shared.length} x ${fewest})`;
  };
  return tableOf(
    rows,
    namesOf(rows).filter((name) => !name.startsWith("gp")),
    cell,
  );
}

function tableOf(rows, names, cell) {
  return Object.fromEntries(names.map((method) => [method, Object.fromEntries(BUDGETS.map((budget, k) => [budget, cell(method, k)]))]));
}

/** By method: in how many runs without noise the better one of two peaks was not found by the last budget. */
export function missedPeaks(rows, problems) {
  const ids = new Set(problems.filter(({ family, noise }) => family === "twopeaks" && !noise).map(({ id }) => id));
  const last = BUDGETS.length - 1;
  const counts = {};
  for (const { method, problem, regrets } of rows) {
    if (!ids.has(problem) || regrets[last] === undefined) continue;
    counts[method] ??= { missed: 0, runs: 0 };
    counts[method].runs += 1;
    if (regrets[last] > MISSED) counts[method].missed += 1;
  }
  return counts;
}
