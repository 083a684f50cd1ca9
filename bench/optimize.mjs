// Claim: on noisy problems of one or two parameters the setting our search believes best is after 30 and 50 evaluations nearer to the
// optimum than that of BoTorch's default, and a suggestion takes no longer than 50 ms.
//   node bench/optimize.mjs [--set problems|unseen|fresh|FILE.json] [--seeds 20] [--workers 2] [--methods gp,gp_noise,tpe] [--only PATTERN]
// gp_noise is told standard errors; gp_uneven and gp_uneven_noise search where errors differ between trials, without and with them.
// `problems` were looked at while the search was made, `unseen` were in part, `fresh` were not (optimize/draw.mjs draws
// others). The peers' regrets, on the same problems and noise, are in optimize/*-peers.json, or FILE-peers.json beside FILE.json;
// `--peers FILE.jsonl[.gz]` makes such a file of recorded trials, as optimize/peers.py records them.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { gunzipSync } from "node:zlib";
import { median } from "simple-statistics";
import { BUDGETS, search } from "./optimize/evaluate.mjs";
import { CLASSES, differences, missedPeaks, summary } from "./optimize/report.mjs";

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
const SET = options.set.endsWith(".json") ? pathToFileURL(options.set).href : new URL(`optimize/${options.set}.json`, import.meta.url).href;
const PEERS = new URL(SET.replace(/\.json$/, "-peers.json"));
const METHODS = {
  gp: {},
  gp_noise: { knowsNoise: true },
  tpe: { sampler: "tpe" },
  gp_uneven: { uneven: true },
  gp_uneven_noise: { uneven: true, knowsNoise: true },
};
const { problems: all } = JSON.parse(readFileSync(new URL(SET), "utf8"));

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
        if (job) return worker.postMessage({ set: SET, ...job });
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
  const bytes = readFileSync(options.peers);
  const lines = (options.peers.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString().trim().split("\n");
  const answers = await work(lines.map((line) => JSON.parse(line)).map((trials) => ({ kind: "judge", trials })));
  const rows = answers.map(({ problem, seed, method, result }) => {
    const round = (rule) =>
      BUDGETS.flatMap((budget) => (result[budget]?.[rule] === undefined ? [] : [Number(result[budget][rule].toFixed(3))]));
    const own = round("own");
    return { problem, method, seed, seen: round("seen"), believed: round("believed"), ...(own.length > 0 && { own }) };
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
      .map((method) => ({ kind: "search", problem: problem.id, seed, options: { method, ...METHODS[method] } })),
  ),
);
const answers = await work(jobs);
const ours = answers.map(({ problem, seed, method, result }) => ({
  problem,
  seed,
  method,
  regrets: BUDGETS.map((budget) => result.regrets[budget]),
}));
for (const { problem, seed, regrets } of ours.filter(({ method }) => method === "gp")) {
  const isNoisy = problems.find(({ id }) => id === problem).noise;
  if (methods.includes("gp_noise") && !isNoisy) ours.push({ problem, seed, method: "gp_noise", regrets });
}
/** What a peer itself recommends; of one that recorded none, the best it saw and our posterior mean of its trials. */
const peers = (existsSync(PEERS) ? JSON.parse(readFileSync(PEERS, "utf8")) : []).flatMap(
  ({ problem, seed, method, seen, believed, own }) =>
    own
      ? [{ problem, seed, method, regrets: own }]
      : [
          { problem, seed, method, regrets: seen },
          { problem, seed, method: `${method}, posterior mean`, regrets: believed },
        ],
);
const everything = [...ours, ...peers];

console.log(
  `Mean log10 of regret in standard deviations of the function [95 % bootstrap interval over seeds]; ${seeds.length} seeds of ours.`,
);
for (const [title, belongs] of Object.entries(CLASSES)) {
  const chosen = problems.filter(belongs);
  if (chosen.length === 0) continue;
  console.log(`\n${title} (${chosen.length})`);
  console.table(summary(everything, chosen));
  if (methods.includes("gp") && peers.length > 0) {
    console.log("gp less the peer, on the problems that both have (below 0: gp is nearer to the optimum)");
    console.table(differences(everything, chosen, "gp"));
  }
}
for (const [method, { missed, runs }] of Object.entries(missedPeaks(everything, problems))) {
  console.log(`The better one of two peaks, missed after ${BUDGETS.at(-1)} by ${method}: ${missed} of ${runs} runs.`);
}

const timed = all.find(({ params }) => params.length === 4) ?? all[0];
const times = [0, 1, 2].map((seed) => search(timed, seed, { budget: 100 }).times);
const around = (trial) => median(times.flatMap((own) => own.slice(trial - 5, trial))).toFixed(0);
console.log(
  `\nA suggestion of gp with ${timed.params.length} parameters takes ${around(30)} ms (median) at 30 trials, ${around(50)} ms at 50, ${around(100)} ms at 100.`,
);
