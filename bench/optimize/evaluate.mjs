// Searches one problem with one sampler and says how good what it recommends is; also of other optimizers' recorded trials.
import { GpSampler } from "../../dist/lib/experiments/samplers/gp/gp-sampler.js";
import { SearchSpace } from "../../dist/lib/experiments/samplers/space.js";
import { SearchStudy } from "../../dist/lib/experiments/study/search-study.js";
import { fTrue, noiseSd, observe } from "./problems.mjs";

export const BUDGETS = [10, 20, 30, 50];
/** Regret below this share of the function's own spread counts as none. */
const FLOOR = 1e-4;

/** The problem's parameters as a search has them. */
export function dimensionsOf(problem) {
  return problem.params.map(({ name, type, low, high, log, choices }) => {
    if (type === "categorical") return { name, kind: "categorical", values: choices };
    return { name, kind: type, low, high, log: log === true };
  });
}

/** The logarithm of regret, in standard deviations of the function over its space. */
export function logRegret(problem, params) {
  const x = problem.params.map(({ name }) => params[name]);
  return Math.log10(Math.max(FLOOR, Math.abs(problem.fstar - fTrue(problem, x)) / problem.uniform_sd));
}

/** Noise of every other trial is so many times larger or smaller, as where some trials saw all rows and others were stopped early. */
const UNEVEN = 4;

/**
 * By budget: log regret of the setting believed best, and the milliseconds a suggestion took. `knowsNoise` tells standard errors;
 * `uneven` makes those of trials differ.
 */
export function search(problem, seed, { sampler = "gp", budget = 50, knowsNoise = false, uneven = false } = {}) {
  const study = new SearchStudy({
    dimensions: dimensionsOf(problem),
    direction: problem.direction === "maximize" ? "max" : "min",
    seed,
    sampler,
  });
  const regrets = {};
  const times = [];
  for (let i = 1; i <= budget; i++) {
    const start = performance.now();
    const trial = study.ask();
    times.push(performance.now() - start);
    const x = problem.params.map(({ name }) => trial.params[name]);
    const factor = uneven ? UNEVEN ** (i % 2 ? 0.5 : -0.5) : 1;
    const truth = fTrue(problem, x);
    const value = truth + factor * (observe(problem, x, seed, i - 1) - truth);
    study.tell(trial, { value, ...(knowsNoise && problem.noise && { se: factor * errorOf(problem, x, value) }) });
    if (BUDGETS.includes(i)) regrets[i] = logRegret(problem, study.best().trial.params);
  }
  return { regrets, times };
}

/** As a user would know it: of a rate from the rate seen, of other noise its own standard deviation. */
function errorOf(problem, x, value) {
  if (problem.noise.kind !== "binomial") return noiseSd(problem, x, fTrue(problem, x));
  const { n } = problem.noise;
  const rate = (value * n + 1) / (n + 2);
  return Math.sqrt((rate * (1 - rate)) / n);
}

/**
 * By budget: log regret of recorded trials, by the best value seen, by our own posterior mean of those trials, and by what the peer
 * recommended, where that was recorded.
 */
export function judgeTrials(problem, { xs, ys, recommended }) {
  const dimensions = dimensionsOf(problem);
  const sign = problem.direction === "maximize" ? 1 : -1;
  const observations = xs.map((x, i) => ({
    params: Object.fromEntries(dimensions.map(({ name }, k) => [name, x[k]])),
    value: sign * ys[i],
  }));
  const regrets = {};
  for (const budget of BUDGETS.filter((one) => one <= xs.length)) {
    const seen = observations.slice(0, budget);
    const best = seen.reduce((a, b) => (b.value > a.value ? b : a));
    const [believed] = new GpSampler(new SearchSpace(dimensions), { seed: 0, startUp: 0 }).rank(seen);
    regrets[budget] = {
      seen: logRegret(problem, best.params),
      believed: logRegret(problem, seen[believed.index].params),
      ...(recommended && { own: logRegret(problem, seen[recommended[budget]].params) }),
    };
  }
  return regrets;
}
