// `npm run fuzz [-- SEED]`: 20,000 hostile bodies for each route of serve, as many for every 30 routes of mlflow server, 10,000 damaged
// files of each format; what takes over a second is a finding too, so run it on a quiet machine. A finding names what was sent; the same seed sends the same again.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const [seed = "1"] = process.argv.slice(2);
const { status } = spawnSync("npx", ["vitest", "run", "test/fuzz", "--testTimeout", "1800000"], {
  cwd: fileURLToPath(new URL("..", import.meta.url)),
  stdio: "inherit",
  env: { LLMOPS_FUZZ_BODIES: "20000", LLMOPS_FUZZ_HANG_MS: "1000", ...process.env, LLMOPS_FUZZ_SEED: seed },
});
process.exit(status ?? 1);
