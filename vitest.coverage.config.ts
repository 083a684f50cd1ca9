import { defineConfig } from "vitest/config";
import config from "./vitest.config.js";

/** All tests, with the lines counted that they execute in their own process; `npm run coverage` adds those of commands. */
export default defineConfig({
  test: {
    ...config.test,
    testTimeout: 600_000, // counting costs time
    coverage: {
      provider: "v8",
      include: ["src/**/*.ts"],
      exclude: ["src/**/*.test.ts", "src/web/**"],
      reportsDirectory: "coverage/tests",
      reporter: ["json", "html"],
      reportOnFailure: true,
    },
  },
});
