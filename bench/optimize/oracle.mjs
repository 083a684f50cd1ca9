// Answers a peer in another language: a line {"seed", "trial", "x"} in, the observed value out.
//   node bench/optimize/oracle.mjs FILE PROBLEM
import { createInterface } from "node:readline";
import { load, observe } from "./problems.mjs";

const [file, id] = process.argv.slice(2);
const problem = load(file).find((one) => one.id === id);
for await (const line of createInterface({ input: process.stdin })) {
  const { seed, trial, x } = JSON.parse(line);
  process.stdout.write(`${observe(problem, x, seed, trial)}\n`);
}
