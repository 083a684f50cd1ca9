// Measures a demo model through the product's own engine: node models/demo/evaluate.mjs [model.gguf]
// Build first (npm run build). Prints the tables of CARD.md.
import { readFileSync } from "node:fs";
import { sampleRankCorrelation } from "simple-statistics";
import { Engine } from "../../dist/lib/inference/engine/engine.js";
import { openModelFile } from "../../dist/lib/inference/models/model-file.js";
import { deriveSeed } from "../../dist/lib/base/math/random.js";
import { collectCompletion } from "../../dist/lib/inference/openai/completion-target.js";
import { containsScorer } from "../../dist/lib/experiments/scoring/contains.js";

const TEMPERATURES = [0, 0.5, 1, 1.5, 2];
const REPEATS = 3;
const SLOTS = 4;
const UNKNOWN = /know|not sure|can't help/;

const read = (path) =>
  readFileSync(new URL(path, import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

const engine = await Engine.load(await openModelFile(process.argv[2] ?? "demo"), { slots: SLOTS, contextSize: 1024 });

/** Runs `work` over all items, a few at a time, and keeps their order. */
async function mapAll(items, work) {
  const results = new Array(items.length);
  const queue = items.entries();
  const worker = async () => {
    for (const [i, item] of queue) results[i] = await work(item, i);
  };
  await Promise.all(Array.from({ length: SLOTS }, worker));
  return results;
}

const ask = (messages, settings = {}) => collectCompletion(engine, { messages, temperature: 0, maxTokens: 96, ...settings });
const user = (content) => [{ role: "user", content }];
const percent = (part, whole) => `${((100 * part) / whole).toFixed(1)} %`;
const count = (values) => values.filter(Boolean).length;

async function answering() {
  const rows = read("../../examples/qa.jsonl");
  for (const temperature of TEMPERATURES) {
    const repeats = temperature === 0 ? 1 : REPEATS;
    const cells = rows.flatMap((row) => Array.from({ length: repeats }, (_, repeat) => ({ row, seed: deriveSeed(row.id, repeat) })));
    const right = await mapAll(
      cells,
      async ({ row, seed }) => containsScorer.score({ answers: [row.answer] }, await ask(user(row.question), { temperature, seed })).value,
    );
    console.log(`facts, temperature ${temperature}: ${percent(count(right), cells.length)} of ${cells.length}`);
  }
  const explain = read("./tests/explain.jsonl");
  const explained = await mapAll(explain, async (row) => {
    const { text } = await ask(user(row.question));
    return row.answers.some((answer) => text.startsWith(answer));
  });
  console.log(`explanations: ${percent(count(explained), explain.length)} of ${explain.length}`);
  const unknown = read("./tests/unknown.jsonl");
  const admitted = await mapAll(unknown, async (row) => UNKNOWN.test((await ask(user(row.question))).text));
  console.log(`says it does not know: ${percent(count(admitted), unknown.length)} of ${unknown.length}`);
}

/** The schema of a grade or verdict, its keys in the order the prompt asks for. */
function schemaOf(keys, reason, values) {
  const [value, why] = keys;
  const properties = { [value]: { enum: values }, [why]: { type: "string" } };
  const order = { before: [why, value], after: [value, why], none: [value] }[reason];
  return { type: "object", properties: Object.fromEntries(order.map((key) => [key, properties[key]])), required: order };
}

/** The value of a key in the reply's JSON object; undefined when the reply was cut off. */
function field(text, key) {
  try {
    return JSON.parse(text)[key];
  } catch {
    return undefined;
  }
}

/** Asks for JSON by a schema, as judging does. */
async function askJson(messages, keys, reason, values) {
  const { text } = await ask(messages, { responseFormat: { type: "json_schema", schema: schemaOf(keys, reason, values) } });
  return field(text, keys[0]);
}

async function judging() {
  const rows = read("./tests/judge.jsonl");
  const scores = await mapAll(rows, (row) => askJson(row.messages, row.keys ?? ["score", "justification"], row.reason, [1, 2, 3, 4, 5]));
  const graded = rows.map((row, i) => ({ ...row, score: scores[i] }));
  const groups = new Map();
  for (const row of graded) {
    for (const name of [row.set, `${row.set}: ${row.criterion}`, `${row.set}: ${row.grounded ? "with" : "without"} reference or context`]) {
      groups.set(name, [...(groups.get(name) ?? []), row]);
    }
    if (process.argv.includes("--qualities")) groups.set(`quality ${row.quality}`, [...(groups.get(`quality ${row.quality}`) ?? []), row]);
  }
  console.log("| judge | items | valid JSON | exact | within 1 | Spearman |");
  for (const [name, items] of [...groups].sort(([a], [b]) => a.localeCompare(b))) {
    const valid = items.filter((row) => Number.isInteger(row.score));
    const exact = count(valid.map((row) => row.score === row.gold));
    const near = count(valid.map((row) => Math.abs(row.score - row.gold) <= 1));
    const rho =
      valid.length > 2
        ? sampleRankCorrelation(
            valid.map((r) => r.gold),
            valid.map((r) => r.score),
          ).toFixed(2)
        : "-";
    console.log(
      `| ${name} | ${items.length} | ${percent(valid.length, items.length)} | ${percent(exact, items.length)} | ${percent(near, items.length)} | ${rho} |`,
    );
  }
}

async function comparing() {
  const rows = read("./tests/pairs.jsonl");
  const keys = ["winner", "justification"];
  const right = await mapAll(rows, async (row) => (await askJson(row.messages, keys, "before", ["A", "B", "tie"])) === row.winner);
  const both = rows.filter((row, i) => row.order === 1 && right[i] && right[i + 1]).length;
  console.log(
    `pairwise: ${percent(count(right), rows.length)} of ${rows.length} right, both orders right for ${percent(both, rows.length / 2)} of the pairs`,
  );
}

try {
  const only = process.argv.find((word) => word.startsWith("--only="))?.slice(7);
  if (!only || only === "answer") await answering();
  if (!only || only === "judge") await judging();
  if (!only || only === "pairs") await comparing();
} finally {
  await engine.close();
}
