// One of the threads of ../optimize.mjs: does the jobs it is sent, one after the other.
import { readFileSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { judgeTrials, search } from "./evaluate.mjs";

/** The problem of that id in a set, which is a file's address. */
function problemOf(set, id) {
  const { problems } = JSON.parse(readFileSync(new URL(set), "utf8"));
  return problems.find((problem) => problem.id === id);
}

parentPort.on("message", ({ kind, set, problem: id, seed: own, options, trials }) => {
  const problem = problemOf(set, id ?? trials.problem);
  const seed = own ?? trials.seed;
  const result = kind === "search" ? search(problem, seed, options) : judgeTrials(problem, trials);
  parentPort.postMessage({ kind, problem: problem.id, seed, method: (options ?? trials).method, result });
});
