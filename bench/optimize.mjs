// Claim: after 10, 20, 30 and 50 evaluations the setting our search believes best is nearer to the optimum than those of
// scikit-optimize's gp_minimize, Optuna's TPE and Optuna's GPSampler, and a suggestion takes no longer than 50 ms.
//   node bench/optimize.mjs [--set problems|unseen] [--seeds 20] [--workers 2] [--methods gp,gp_noise,tpe] [--only PATTERN]
// gp_noise is told standard errors; gp_uneven and gp_uneven_noise search where errors differ between trials, without and with them.
// `problems` were looked at while the search was made, `unseen` were not. The peers' regrets, on the same problems, noise and seeds,
// are in optimize/*-peers.json (Optuna of August 2026 and scikit-optimize of 2021; Optuna 5.0.0 for the unseen ones); `--peers
// FILE.jsonl.gz` makes such a file of recorded trials. Peers are judged by the best value they saw, and by our own posterior mean of
// their trials.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { gunzipSync } from "node:zlib";
import { mean, median } from "simple-statistics";
import { BUDGETS, search } from "./optimize/evaluate.mjs";

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "20" },
    workers: { type: "string", default: "2" },
    methods: { type: "string", default: "gp,gp_noise,tpe" },
    set: { type: "string", default: "problems" },
    only: { type: "string", default: "" },
    peers: { type: "string" },
  },
});
const PEERS = new URL(`optimize/${options.set}-peers.json`, import.meta.url);
const METHODS = {
  gp: {},
  gp_noise: { knowsNoise: true },
  tpe: { sampler: "tpe" },
  gp_uneven: { uneven: true },
  gp_uneven_noise: { uneven: true, knowsNoise: true },
};
const { problems: all } = JSON.parse(readFileSync(new URL(`optimize/${options.set}.json`, import.meta.url), "utf8"));

const problems = all.filter(({ id }) => new RegExp(options.only).test(id));

/** Has the jobs done by several threads; answers as they come. */
async function work(jobs) {
  const queue = [...jobs];
  const answers = [];
  const thread = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL("optimize/worker.mjs", import.meta.url));
      const next = () => {
        const job = queue.shift();
        if (job) return worker.postMessage(job);
        return worker.terminate().then(resolve);
      };
      worker.on("message", (answer) => {
        answers.push(answer);
        next();
      });
      worker.on("error", reject);
      next();
    });
  await Promise.all(Array.from({ length: Number(options.workers) }, thread));
  return answers;
}

if (options.peers) {
  const lines = gunzipSync(readFileSync(options.peers)).toString().trim().split("\n");
  const trials = lines.map((line) => JSON.parse(line));
  const answers = await work(
    trials.map(({ problem, seed, method, xs, ys }) => ({ kind: "judge", problem, seed, set: options.set, trials: { method, xs, ys } })),
  );
  const rows = answers.map(({ problem, seed, method, result }) => {
    const round = (rule) => BUDGETS.flatMap((budget) => (result[budget] ? [Number(result[budget][rule].toFixed(3))] : []));
    return { problem, method, seed, seen: round("seen"), believed: round("believed") };
  });
  rows.sort((a, b) => a.method.localeCompare(b.method) || a.problem.localeCompare(b.problem) || a.seed - b.seed);
  writeFileSync(PEERS, `[\n${rows.map((row) => JSON.stringify(row)).join(",\n")}\n]\n`);
  process.exit();
}

const seeds = Array.from({ length: Number(options.seeds) }, (_, seed) => seed);
const methods = options.methods.split(",");
const jobs = seeds.flatMap((seed) =>
  problems.flatMap((problem) =>
    methods
      // where there is no noise, there is none to be known
      .filter((method) => problem.noise || !(METHODS[method].uneven || METHODS[method].knowsNoise))
      .map((method) => ({ kind: "search", problem: problem.id, seed, set: options.set, options: { method, ...METHODS[method] } })),
  ),
);
const answers = await work(jobs);
const ours = answers.map(({ problem, seed, method, result }) => ({
  problem,
  seed,
  method,
  regrets: BUDGETS.map((budget) => result.regrets[budget]),
  times: result.times,
}));
for (const { problem, seed, regrets, times } of ours.filter(({ method }) => method === "gp")) {
  const isNoisy = problems.find(({ id }) => id === problem).noise;
  if (methods.includes("gp_noise") && !isNoisy) ours.push({ problem, seed, method: "gp_noise", regrets, times });
}
const peers = JSON.parse(readFileSync(PEERS, "utf8")).flatMap(({ problem, seed, method, seen, believed }) => [
  { problem, seed, method: `${method}`, regrets: seen },
  { problem, seed, method: `${method}, posterior mean`, regrets: believed },
]);
const everything = [...ours, ...peers];
const names = [...new Set(everything.map(({ method }) => method))];

/** Mean log regret by budget over problems, each problem counting the same. */
function summary(chosen) {
  return Object.fromEntries(
    names.map((method) => [
      method,
      Object.fromEntries(
        BUDGETS.map((budget, k) => {
          const byProblem = chosen.map(({ id }) =>
            everything.flatMap((one) =>
              one.method === method && one.problem === id && one.regrets[k] !== undefined ? [one.regrets[k]] : [],
            ),
          );
          return [budget, byProblem.length > 0 && byProblem.every((own) => own.length > 0) ? mean(byProblem.map(mean)).toFixed(2) : "-"];
        }),
      ),
    ]),
  );
}

console.log(`Mean log10 of regret in standard deviations of the function; ${seeds.length} seeds of ours.`);
const groups = {
  "all problems": problems,
  "without noise": problems.filter(({ noise }) => !noise),
  "with noise": problems.filter(({ noise }) => noise),
  "3 to 6 parameters": problems.filter(({ params }) => params.length >= 3),
};
for (const [title, chosen] of Object.entries(groups)) {
  console.log(`\n${title} (${chosen.length})`);
  console.table(summary(chosen));
}

console.log("\nBy problem after 50 evaluations: median regret over that of the best peer (1.5 is the most that was allowed)");
const medianRegret = (method, id, k) => {
  const own = everything.flatMap((one) =>
    one.method === method && one.problem === id && one.regrets[k] !== undefined ? [10 ** one.regrets[k]] : [],
  );
  return own.length > 0 ? median(own) : Infinity;
};
const peerNames = names.filter((name) => !Object.hasOwn(METHODS, name));
console.table(
  Object.fromEntries(
    problems.map(({ id }) => [
      id,
      Object.fromEntries(
        BUDGETS.map((budget, k) => [
          budget,
          (medianRegret("gp", id, k) / Math.min(...peerNames.map((name) => medianRegret(name, id, k)))).toFixed(2),
        ]),
      ),
    ]),
  ),
);

const timed = [0, 1, 2].map(
  (seed) =>
    search(
      all.find(({ id }) => id.includes("ackley4")),
      seed,
      { budget: 100 },
    ).times,
);
const around = (trial) => median(timed.flatMap((times) => times.slice(trial - 5, trial))).toFixed(0);
console.log(
  `\nA suggestion of gp with 4 parameters takes ${around(30)} ms (median) at 30 trials, ${around(50)} ms at 50, ${around(100)} ms at 100.`,
);
