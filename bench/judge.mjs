// Claim: reading a score's token probabilities agrees with gold grades at least as well as generated scores, and is several
// times as fast on the same engine.
//   node bench/judge.mjs [--model FILE] [--rows 2160] [--slots 32]
// Rows and gold grades: models/demo/tests/graded.jsonl, which training never used. The speed is measured over --rows
// gradings, each row by several rubrics, way after way, in turns.
import { setMaxListeners } from "node:events";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Engine } from "../dist/lib/inference/engine/engine.js";
import { auditDataset, readPerturbations } from "../dist/lib/experiments/evaluation/perturbations.js";
import { gradedSample } from "../dist/lib/experiments/judge/judge-scorer.js";
import { openJudge } from "../dist/lib/experiments/judge/open-judge.js";
import { findRubric } from "../dist/lib/experiments/judge/rubric-files.js";
import { openModelFile } from "../dist/lib/inference/models/model-file.js";
import { readDataset } from "../dist/lib/experiments/dataset/read-dataset.js";
import { median, sampleRankCorrelation } from "simple-statistics";

const { values: options } = parseArgs({
  options: {
    model: { type: "string", default: "demo" },
    rows: { type: "string", default: "2160" },
    slots: { type: "string", default: "32" },
    rounds: { type: "string", default: "3" },
  },
});
const slots = Number(options.slots);
const { signal } = new AbortController();
setMaxListeners(0, signal); // every running request listens
const read = (path) =>
  readFileSync(new URL(path, import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
const graded = read("../models/demo/tests/graded.jsonl").map((row) => ({ ...row, rubric: findRubric(row.criterion).rubric }));
const engine = await Engine.load(await openModelFile(options.model), { slots, contextSize: 1024 });

const open = (choice) =>
  openJudge(engine, [], { layout: "rubric_first", seed: 1, limits: { timeoutMs: 60_000, retries: 0 }, ...choice }, signal);
const ways = {
  probability: await open({ method: "probability", reason: "none" }),
  "probability, reason before": await open({ method: "probability", reason: "before" }),
  "generate, reason before": await open({ method: "generate", reason: "before" }),
  "generate, reason after": await open({ method: "generate", reason: "after" }),
  "votes (5), reason before": await open({ method: "votes", votes: 5, reason: "before" }),
};

/** Grades items, as many at a time as there are slots; in their order. */
async function gradeAll(judge, items) {
  const verdicts = new Array(items.length);
  const queue = items.entries();
  const work = async () => {
    for (const [i, { rubric, ...sample }] of queue) verdicts[i] = await judge.score(rubric, sample, signal);
  };
  await Promise.all(Array.from({ length: slots }, work));
  return verdicts;
}

/** How well scores agree with gold grades. */
function agreement(verdicts, gold) {
  const pairs = verdicts.flatMap(({ score }, i) => (score === null ? [] : [[score, gold[i]]]));
  const share = (test) => `${((100 * pairs.filter(test).length) / pairs.length).toFixed(1)} %`;
  return {
    "within 1": share(([score, level]) => Math.abs(score - level) <= 1),
    "rounded within 1": share(([score, level]) => Math.abs(Math.round(score) - level) <= 1),
    exact: share(([score, level]) => Math.round(score) === level),
    Spearman: sampleRankCorrelation(
      pairs.map(([score]) => score),
      pairs.map(([, level]) => level),
    ).toFixed(3),
    "mean square error": (pairs.reduce((sum, [score, level]) => sum + (score - level) ** 2, 0) / pairs.length).toFixed(3),
    unscored: verdicts.length - pairs.length,
  };
}

const sampleOf = ({ rubric, question, answer, reference, context }) => ({ rubric, question, answer, reference, context });
const table = {};
for (const [name, judge] of Object.entries(ways)) {
  table[name] = agreement(
    await gradeAll(judge, graded.map(sampleOf)),
    graded.map(({ gold }) => gold),
  );
}
console.log(`Agreement with gold grades, ${graded.length} held-out rows, nine rubrics`);
console.table(table);

// every row by several rubrics that need no reference, until there are enough
const general = ["accuracy", "relevance", "clarity", "helpfulness", "conciseness", "safety"].map((name) => findRubric(name).rubric);
const many = general.flatMap((rubric) => graded.map((row) => ({ ...sampleOf(row), rubric }))).slice(0, Number(options.rows));
const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
const unread = {};
for (let round = 0; round < Number(options.rounds); round++) {
  for (const [name, judge] of Object.entries(ways).filter(([way]) => !way.startsWith("votes"))) {
    const start = performance.now();
    const verdicts = await gradeAll(judge, many);
    times[name].push((performance.now() - start) / many.length);
    unread[name] = (unread[name] ?? 0) + verdicts.filter(({ score }) => score === null).length;
  }
}
const fastest = median(times.probability);
console.log(`\nTime of ${many.length} gradings, ${slots} at a time, medians of ${options.rounds} rounds in turns`);
console.table(
  Object.fromEntries(
    Object.entries(times)
      .filter(([, own]) => own.length > 0)
      .map(([name, own]) => [
        name,
        { "ms a grading": median(own).toFixed(2), "of probability": (median(own) / fastest).toFixed(2), unreadable: unread[name] },
      ]),
  ),
);

const [first, second] = [await gradeAll(ways.probability, graded.map(sampleOf)), await gradeAll(ways.probability, graded.map(sampleOf))];
const apart = first.map(({ score }, i) => Math.abs((score ?? 0) - (second[i].score ?? 0)));
console.log(
  `\nGraded again: ${apart.filter((d) => d > 0).length} of ${apart.length} scores differ, by ${Math.max(...apart).toExponential(1)} at most`,
);

const examples = new URL("../examples/qa.jsonl", import.meta.url).pathname;
const dataset = await readDataset(examples, { limit: 108, seed: 7 });
const { graded: audited, answers } = auditDataset({ dataset, responses: new Map(), reading: "" }, readPerturbations(), 7);
const { rubric } = findRubric("accuracy");
const items = audited.dataset.samples.map((sample) => ({ rubric, ...gradedSample(sample, audited.responses.get(sample.id)) }));
const scores = new Map((await gradeAll(ways.probability, items)).map(({ score }, i) => [audited.dataset.samples[i].id, score]));
const shifts = {};
for (const [id, { sample, base, perturbation }] of answers) {
  const shift = scores.get(id) - scores.get(`${sample} ${base} plain`);
  for (const key of [base, "all"]) (shifts[perturbation] ??= {})[key] = [...(shifts[perturbation][key] ?? []), shift];
}
const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
console.log("\nMean shift of the accuracy score by what is done to an answer");
console.table(
  Object.fromEntries(
    Object.entries(shifts).map(([name, own]) => [
      name,
      Object.fromEntries(["right", "wrong", "all"].map((key) => [key, meanOf(own[key]).toFixed(3)])),
    ]),
  ),
);
await engine.close();
