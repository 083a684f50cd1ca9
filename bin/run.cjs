#!/usr/bin/env node
// One worker thread: what the engine queues then runs in that order, without a round trip in between. The
// pool reads this when it is first used, which an ES module comes too late for, and so does this file where
// modules were loaded before it: the engine then waits for each step instead.
const nodeFlags = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? "").split(/\s+/)];
const preloads = nodeFlags.some((flag) => /^"?(-r|--(require|import|loader|experimental-loader))\b/.test(flag));
if (process.argv[2] !== "mlflow" && process.env.UV_THREADPOOL_SIZE === undefined && !preloads) {
  process.env.UV_THREADPOOL_SIZE = "1";
  globalThis[Symbol.for("llmops.ordered-workers")] = true; // commands that are started do not inherit it
}
void import("../dist/cli/command/startup-error.js").then(async ({ reportStartupError }) => {
  const { run, flush, handle } = await import("@oclif/core");
  try {
    await run(process.argv.slice(2), __dirname);
    await flush();
  } catch (error) {
    if (!reportStartupError(error)) await handle(error);
  }
});
