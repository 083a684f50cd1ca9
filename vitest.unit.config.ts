import { defineConfig } from "vitest/config";

/** The tests beside the code: they need no build, no model that answers, and no process of their own. */
export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    disableConsoleIntercept: true,
    testTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    pool: "forks",
    maxWorkers: 2,
    isolate: false, // modules are loaded once for all
  },
});
