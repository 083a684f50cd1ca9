#!/usr/bin/env node
// Worker threads: a few cores are best used with one, since what the engine queues then runs in that order, without a round trip in
// between; more cores sample the tokens of several requests at once. The pool reads this when it is first used, which an ES module comes
// too late for, and so does this file where modules were loaded before it, or load it: the engine then waits for each step instead.
const nodeFlags = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? "").split(/\s+/)];
const preloads = nodeFlags.some((flag) => /^"?(-r|--(require|import|loader|experimental-loader))\b/.test(flag));
const isFirst = require.main === module && !preloads;
if (process.argv[2] !== "mlflow" && process.env.UV_THREADPOOL_SIZE === undefined && isFirst) {
  const cores = process.getBuiltinModule("node:os").availableParallelism();
  process.env.UV_THREADPOOL_SIZE = String(cores < 4 ? 1 : Math.min(cores, 16));
  globalThis[Symbol.for("llmops.own-worker-pool")] = true; // commands that are started do not inherit it
}
const { name, version, oclif } = require("../package.json");
if (["--version", ...oclif.additionalVersionFlags].includes(process.argv[2])) {
  console.log(`${name}/${version} ${process.platform}-${process.arch} node-${process.version}`); // as oclif says it, none of which is loaded
} else {
  void import("../dist/cli/command/startup-error.js").then(async ({ reportStartupError }) => {
    try {
      // the parts of oclif that every command needs: all of it takes a third longer to load
      await require("@oclif/core/run").run(process.argv.slice(2), __dirname);
      await require("@oclif/core/flush").flush();
    } catch (error) {
      if (!reportStartupError(error)) await require("@oclif/core/handle").handle(error);
    }
  });
}
