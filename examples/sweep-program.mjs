// A sweep from a program: two temperatures of the demo model over a few of the example questions, offline.
//   node sweep-program.mjs
// Runs are recorded in the MLflow store of this folder, and the study is kept as those of the command line are.
import { LlmopsError, programHost, runSweep } from "llmops";

const stop = new AbortController();
process.once("SIGINT", () => stop.abort()); // what is done by then is kept
const host = programHost({ signal: stop.signal, note: (text) => console.error(text) });

try {
  const { result } = await runSweep(
    {
      dimensions: [{ name: "temperature", values: [0, 1] }],
      limit: 12,
      repeats: 2,
      scorers: ["contains"],
      experiment: "sweep-program",
    },
    host,
  );
  for (const { name, metrics } of result.settings) {
    const score = metrics[result.study.metric];
    if (score) console.log(`${name}: ${result.study.metric} ${score.mean} (95 % interval ${score.low} to ${score.high})`);
  }
  console.log(`best: ${JSON.stringify(result.best?.params ?? null)}; study ${result.study.id}`);
} catch (error) {
  if (!(error instanceof LlmopsError)) throw error;
  console.error(`${error.code}: ${error.message} ${error.hint ?? ""}`);
  process.exitCode = error.exitCode;
}
