import { expect, it } from "vitest";
import { rateLimitedUpstream } from "../helpers/rate-limited-upstream.js";
import { runCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const EVERYTHING = ["--limit", "12", "-c", "8"];

it.each<string[]>([
  ["eval", "--set", "temperature=0"],
  ["judge", "--judge-method", "generate", "--criteria", "Is it brief?"],
  ["optimize", "temperature=0..1", "--trials", "2", "--proof", "0"],
])("llmops %s says how often the endpoint limited the rate, and what that cost", async (...args) => {
  const { url, refused } = await rateLimitedUpstream({ kind: "fixed", requests: 4, windowMs: 300 });
  const { stdout, stderr } = await runCli([...args, ...EVERYTHING, "--endpoint", url, "--json"], temporaryFolder());
  const { study } = JSON.parse(stdout) as { study: { rate_limits?: object[] } };
  expect(study.rate_limits, stdout + stderr).toEqual([
    {
      ...{ endpoint: url, refused: refused() },
      ...{ waited_seconds: expect.any(Number) as number, lowest_concurrency: expect.any(Number) as number },
    },
  ]);
});

it("a table says it in a line", async () => {
  const { url } = await rateLimitedUpstream({ kind: "fixed", requests: 4, windowMs: 300 });
  const { stdout } = await runCli(["eval", ...EVERYTHING, "--endpoint", url], temporaryFolder());
  expect(stdout).toMatch(/^Rate limited (once|\d+ times): waited \d+(\.\d)? s, down to (one request|\d requests) at a time\.$/m);
});

it("llmops bench counts what was refused for the rate", async () => {
  const { url } = await rateLimitedUpstream({ kind: "fixed", requests: 5, windowMs: 60_000 });
  const args = ["bench", url, "-c", "1", "--requests", "10", "--warmup", "0"];
  const { stdout } = await runCli([...args, "--json"], temporaryFolder());
  const { levels } = JSON.parse(stdout) as { levels: { requests: object }[] };
  expect(levels[0]?.requests).toEqual({ done: 10, failed: 5, rate_limited: 5 });
});
