// `npm run soak [-- SECONDS] [--seed N]`: 10 minutes of load on serve, a gateway, Redis, an upstream and mlflow server, which are killed
// again and again; it prints what became of everything. `npm run soak -- --kills [N]`: 100 times kill -9 of each of sweep, serve --track all
// and mlflow server. The same seed asks and kills in the same order; a machine of its own gives the figures their meaning.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: { type: "string", default: "1" }, kills: { type: "boolean", default: false } },
});
const [number] = positionals;
if (number !== undefined && !(Number(number) > 0)) {
  console.error(`"${number}" is not a number: npm run soak [-- SECONDS] [--seed N], or npm run soak -- --kills [N].`);
  process.exit(2);
}
const { file, env } = values.kills
  ? { file: "test/soak/kills.test.ts", env: { LLMOPS_KILLS: number ?? "100" } }
  : { file: "test/soak/soak.test.ts", env: { LLMOPS_SOAK_SECONDS: number ?? "600" } };
const { status } = spawnSync("npx", ["vitest", "run", file], {
  cwd: fileURLToPath(new URL("..", import.meta.url)),
  stdio: "inherit",
  env: { ...process.env, LLMOPS_SOAK_SEED: values.seed, ...env },
});
process.exit(status ?? 1);
