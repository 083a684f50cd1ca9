// One of the threads of ../optimize.mjs: does the jobs it is sent, one after the other.
import { readFileSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { judgeTrials, search } from "./evaluate.mjs";

/** The problem of that id in a set. */
function problemOf(set, id) {
  const { problems } = JSON.parse(readFileSync(new URL(`${set}.json`, import.meta.url), "utf8"));
  return problems.find((problem) => problem.id === id);
}

parentPort.on("message", ({ kind, set, problem, seed, options, trials }) => {
  const result =
    kind === "search" ? search(problemOf(set, problem), seed, options) : judgeTrials(problemOf(set, problem), trials.xs, trials.ys);
  parentPort.postMessage({ kind, problem, seed, method: options?.method ?? trials?.method, result });
});
