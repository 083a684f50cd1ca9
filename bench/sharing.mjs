// Claim: a sweep in this process is at least twice as fast as sending its cells one by one over HTTP to the same engine.
//   node bench/sharing.mjs [--model 135m|tiny|0.5b|FILE] [--prompts 50] [--tokens 8] [--rounds 3]
// 5 temperatures x 3 repeats of every prompt of 300 tokens, 4 at a time. In process the cells of a prompt run side by
// side; over HTTP they are sent setting by setting, as tools do that loop over settings, and also in the same order.
import { parseArgs } from "node:util";
import { Engine } from "../dist/lib/inference/engine/engine.js";
import { openModelFile } from "../dist/lib/inference/models/model-file.js";
import { EndpointTarget } from "../dist/lib/inference/openai/endpoint-target.js";
import { collectCompletion } from "../dist/lib/inference/openai/completion-target.js";
import { startServer } from "../dist/lib/serving/server/start-server.js";
import { localService } from "../dist/lib/serving/server/service.js";
import { toRequest } from "../dist/lib/experiments/study/run-cell.js";
import { countCells } from "../dist/lib/experiments/study/study.js";
import { medianOf, uniqueWords } from "./load.mjs";
import { benchModel } from "./make-model.mjs";
import { cellsOf, madeUpDataset, runPlan, temperaturePlan } from "./study-plan.mjs";

const { values: options } = parseArgs({
  options: {
    model: { type: "string", default: "135m" },
    prompts: { type: "string", default: "50" },
    tokens: { type: "string", default: "8" },
    rounds: { type: "string", default: "3" },
  },
});
const CONCURRENCY = 4;
const path = options.model.endsWith(".gguf") ? options.model : await benchModel(options.model);
const engine = await Engine.load(await openModelFile(path), { slots: CONCURRENCY, contextSize: 1024 });
const server = await startServer(localService(engine), { host: "127.0.0.1", port: 0, deadlines: { totalMs: 300_000 } });
const endpoint = await EndpointTarget.connect({ url: server.url });

const perWord = (await engine.tokenize(uniqueWords(100))).length / 100;
function plan() {
  const dataset = madeUpDataset(Number(options.prompts), () => uniqueWords(Math.round(300 / perWord)));
  return temperaturePlan([0.2, 0.4, 0.6, 0.8, 1], dataset, { concurrency: CONCURRENCY, maxTokens: Number(options.tokens) });
}

/** Sends the cells to the server in this order, so many at a time. */
async function overHttp(cells, study) {
  const queue = cells.values();
  const work = async () => {
    for (const cell of queue) await collectCompletion(endpoint, toRequest(study, cell));
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
}

const ways = {
  "in process": (study) => runPlan(study, engine),
  "over HTTP, setting by setting": (study) =>
    overHttp(
      cellsOf(study).sort((a, b) => a.repeat - b.repeat || a.setting - b.setting || a.sample - b.sample),
      study,
    ),
  "over HTTP, in the same order": (study) => overHttp(cellsOf(study), study),
};
const runs = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
for (let round = 0; round < Number(options.rounds); round++) {
  for (const [name, run] of Object.entries(ways)) {
    const study = await plan();
    const start = performance.now();
    await run(study);
    runs[name].push({ seconds: (performance.now() - start) / 1000 });
  }
}
console.log(
  `${options.model}: ${countCells(await plan())} cells of 300 prompt tokens and ${options.tokens} new ones, ${CONCURRENCY} at a time`,
);
for (const [name, list] of Object.entries(runs)) {
  const seconds = medianOf(list, "seconds");
  console.log(`${name.padEnd(30)} ${seconds.toFixed(2)} s   ratio ${(seconds / medianOf(runs["in process"], "seconds")).toFixed(2)}`);
}
await server.close();
await engine.close();
