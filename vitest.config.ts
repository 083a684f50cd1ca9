import { configDefaults, defineConfig } from "vitest/config";

/** Keeps files of its whole process from growing: what other files leave running there would be struck. */
const FULL_DISK = "test/integration/full-disk.test.ts";
/** Its figures mean something only where nothing else runs: `npm run soak` runs it. */
const SOAK = "test/soak/soak.test.ts";

export default defineConfig({
  test: {
    globalSetup: "test/global-setup.ts",
    setupFiles: "test/setup.ts",
    disableConsoleIntercept: true,
    // beside busy processes a model's threads get a fraction of a core
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    pool: "forks",
    maxWorkers: 2,
    // imports JSON as only bundlers do
    server: { deps: { inline: ["@actions/workflow-parser", "@actions/expressions"] } },
    projects: [
      {
        extends: true,
        test: {
          name: "shared",
          include: ["src/**/*.test.ts", "test/**/*.test.ts"],
          exclude: [...configDefaults.exclude, FULL_DISK, ...(process.env["LLMOPS_SOAK_SECONDS"] === undefined ? [SOAK] : [])],
          isolate: false, // modules are loaded once for all files of a worker, and processes of commands stay warm
        },
      },
      { extends: true, test: { name: "alone", include: [FULL_DISK], isolate: true } },
    ],
  },
});
