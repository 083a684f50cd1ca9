import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    globalSetup: "test/global-setup.ts",
    disableConsoleIntercept: true,
    // beside busy processes a model's threads get a fraction of a core
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    pool: "forks",
    maxWorkers: 2,
    // imports JSON as only bundlers do
    server: { deps: { inline: ["@actions/workflow-parser", "@actions/expressions"] } },
  },
});
