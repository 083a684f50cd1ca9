import { defineConfig } from "vitest/config";
import config from "./vitest.config.js";

/** What tests execute in their own process; what commands that are started execute is not counted. */
export default defineConfig({
  test: {
    ...config.test,
    include: ["src/**/*.test.ts", "test/{contract,integration}/**/*.test.ts"],
    testTimeout: 600_000, // counting costs time
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/**/*.test.ts"],
      reportsDirectory: "coverage",
      reporter: ["json-summary", "html"],
      reportOnFailure: true,
      // what the tests beside the code reach; most of src/app runs in the processes of commands
      thresholds: { "src/lib/**": { lines: 68 }, "src/app/**": { lines: 11 } },
    },
  },
});
