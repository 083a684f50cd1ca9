// A search over a function of your own: ask for a setting, measure it, tell what came of it.
//   node study-program.mjs
import { SearchStudy } from "llmops/study";

// Any measurement will do; this one is noisy, and best at x = 0.3, y = 40.
let state = 7;
const noise = () => ((state = (state * 48271) % 2147483647) / 2147483647 - 0.5) * 0.02;
const measure = (/** @type {import("llmops/study").Params} */ { x, y }) =>
  1 - (Number(x) - 0.3) ** 2 - ((Number(y) - 40) / 100) ** 2 + noise();

const study = new SearchStudy({
  dimensions: [
    { name: "x", kind: "float", low: 0, high: 1, log: false },
    { name: "y", kind: "int", low: 1, high: 100, log: false },
  ],
  direction: "max",
  seed: 1,
});

for (let i = 0; i < 20; i++) {
  const trial = study.ask();
  study.tell(trial, { value: measure(trial.params), se: 0.006 });
}

const best = study.best();
if (!best) throw new Error("nothing was measured");
console.log(`best: x = ${best.trial.params["x"]}, y = ${best.trial.params["y"]}`);
console.log(`believed: ${best.mean.toFixed(3)} (${best.low.toFixed(3)} to ${best.high.toFixed(3)})`);
