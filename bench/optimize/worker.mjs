// One of the threads of ../optimize.mjs: does the jobs it is sent, one after the other.
import { readFileSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { judgeTrials, search } from "./evaluate.mjs";

const { problems } = JSON.parse(readFileSync(new URL("problems.json", import.meta.url), "utf8"));
const problemOf = (id) => problems.find((problem) => problem.id === id);

parentPort.on("message", ({ kind, problem, seed, options, trials }) => {
  const result = kind === "search" ? search(problemOf(problem), seed, options) : judgeTrials(problemOf(problem), trials.xs, trials.ys);
  parentPort.postMessage({ kind, problem, seed, method: options?.method ?? trials?.method, result });
});
