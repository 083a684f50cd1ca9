import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { post } from "../helpers/gateway-server.js";
import { runCli, startCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const question = { messages: [{ role: "user", content: "What is the capital of France?" }] };

it("what a sweep finds is scored again by eval, and served to requests that say nothing", async () => {
  const folder = temporaryFolder();
  const swept = await runCli(
    ["sweep", "temperature", "0,2", "--set", "top_p=0.9", "--system", "Answer.", "--limit", "20", "--best", "best.yaml"],
    folder,
  );
  expect(swept.code, swept.stderr).toBe(0);
  expect(readFileSync(join(folder, "best.yaml"), "utf8")).toMatch(
    /^# llmops sweep .*\n# accuracy .*\nsystem: Answer.\ntop_p: 0.9\ntemperature: 0\n$/,
  );

  const scored = await runCli(["eval", "--set", "@best.yaml", "--limit", "20", "--json"], folder);
  expect(JSON.parse(scored.stdout)).toMatchObject({
    schema: "llmops.sweep/3",
    settings: [{ params: { temperature: 0, top_p: 0.9, system: "Answer." }, repeats: 1, run_id: expect.any(String) as string }],
  });

  const server = startCli(["serve", "--port", "0", "--set", "@best.yaml", "--set", "max_tokens=2", "--track", "all"], folder);
  onTestFinished(() => void server.process.kill("SIGKILL"));
  const [, url = ""] = await server.seen(/Listening on (http:\/\/127\.0\.0\.1:\d+)/);
  await server.seen(/Press Ctrl\+C/);
  await server.seen(/temperature=0, top_p=0\.9, max_tokens=2, system="Answer\."/);
  const status = (await (await fetch(`${url}/status`)).json()) as object;
  expect(status).toMatchObject({ request_defaults: { temperature: 0, top_p: 0.9, max_tokens: 2, system: "Answer." } });

  const silent = await post(`${url}/v1/chat/completions`, question);
  expect(silent.headers.get("x-cache")).toBe("MISS"); // greedy by default: it may be kept
  expect(silent.json).toMatchObject({ usage: { completion_tokens: 2 } });
  const same = { ...question, temperature: 0, top_p: 0.9, max_tokens: 2 };
  const messages = [{ role: "system", content: "Answer." }, ...question.messages];
  expect((await post(`${url}/v1/chat/completions`, { ...same, messages })).headers.get("x-cache")).toBe("HIT");
  const own = await post(`${url}/v1/chat/completions`, { ...question, max_tokens: 4 });
  expect(own.json).toMatchObject({ usage: { completion_tokens: 4 } });
  server.process.kill("SIGTERM");
  expect((await server.finished).code).toBe(0);
  const { runs } = JSON.parse((await runCli(["mlflow", "runs", "--experiment", "serve", "--json"], folder)).stdout) as {
    runs: { params: Record<string, string> }[];
  };
  expect(runs.map(({ params }) => [params["max_tokens"], params["temperature"], params["top_p"]])).toContainEqual(["2", "0", "0.9"]);
});

it("a setting that serve cannot keep stops it", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "best.yaml"), "temprature: 0\n");
  const { code, stderr } = await runCli(["serve", "--set", "@best.yaml"], folder);
  expect([code, stderr]).toEqual([2, expect.stringContaining("temprature")]);
});

it("one llmops.yaml is read by every command of the project, and stops them when it cannot be read", async () => {
  const project = temporaryFolder();
  mkdirSync(join(project, ".git"));
  mkdirSync(join(project, "inner"));
  const inner = join(project, "inner");
  writeFileSync(
    join(project, "llmops.yaml"),
    "tracking: {uri: runs}\nscorers: [exact]\nlimits: {rows: 4}\ngates: {fail_under: 'exact<1'}\n",
  );
  const scored = await runCli(["eval", "--set", "temperature=0", "--json"], inner);
  expect([scored.code, JSON.parse(scored.stdout)]).toMatchObject([
    1,
    { study: { scorer: "exact", dataset: { samples: 4 }, tracking_uri: expect.stringContaining(join(project, "runs")) as string } },
  ]);
  expect(JSON.parse((await runCli(["mlflow", "runs", "--json"], inner)).stdout)).toMatchObject({ runs: { length: 2 } });
  const shown = await runCli(["config", "show", "--for", "eval", "--json"], inner);
  expect(JSON.parse(shown.stdout)).toMatchObject({
    settings: {
      "--limit": { value: 4, origin: `${join(project, "llmops.yaml")}:3` },
      "--seed": { value: 42, origin: "default" },
    },
  });
  writeFileSync(join(project, "llmops.yaml"), "tracking:\n  uri: [runs\n");
  const stopped = await runCli(["mlflow", "runs"], inner);
  expect([stopped.code, stopped.stderr]).toEqual([2, expect.stringMatching(/llmops\.yaml:\d+: this is not valid YAML/)]);
});
