// Claim: a study on the engine in this process is faster than the same study over HTTP on the same engine.
import { medianSorted } from "simple-statistics";
import { Engine } from "../dist/lib/inference/engine/engine.js";
import { openModelFile } from "../dist/lib/inference/models/model-file.js";
import { EndpointTarget } from "../dist/lib/inference/openai/endpoint-target.js";
import { readDataset } from "../dist/lib/experiments/dataset/read-dataset.js";
import { startServer } from "../dist/lib/serving/server/start-server.js";
import { localService } from "../dist/lib/serving/server/service.js";
import { countCells } from "../dist/lib/experiments/study/study.js";
import { fileURLToPath } from "node:url";
import { runPlan, temperaturePlan } from "./study-plan.mjs";

const ROUNDS = 5;
const dataset = await readDataset(fileURLToPath(new URL("../examples/qa.jsonl", import.meta.url)), { limit: 40, seed: 1 });
const plan = await temperaturePlan([0.1, 0.5, 0.9], dataset);
const engine = await Engine.load(await openModelFile("demo"), { slots: 4, contextSize: 512 });
const server = await startServer(localService(engine), { host: "127.0.0.1", port: 0, onError: console.error });
const endpoint = await EndpointTarget.connect({ url: server.url });
const seconds = { "in process": [], "over HTTP": [] };
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, target] of [
    ["in process", engine],
    ["over HTTP", endpoint],
  ]) {
    const start = performance.now();
    await runPlan(plan, target);
    seconds[name].push((performance.now() - start) / 1000);
  }
}
const median = (values) => medianSorted([...values].sort((a, b) => a - b));
for (const [name, values] of Object.entries(seconds)) {
  console.log(
    `${name.padEnd(11)} ${median(values).toFixed(2)} s for ${countCells(plan)} completions (${(countCells(plan) / median(values)).toFixed(0)} a second)`,
  );
}
console.log(`ratio: ${(median(seconds["over HTTP"]) / median(seconds["in process"])).toFixed(2)}`);
await server.close();
await engine.close();
