import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { post } from "../helpers/gateway-server.js";
import { runCli, startCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

async function serve(args: string[], folder: string, env: Record<string, string> = {}) {
  const server = startCli(["serve", "--port", "0", ...args], folder, env);
  onTestFinished(() => void server.process.kill("SIGKILL"));
  const [, url = ""] = await server.seen(/Listening on (http:\/\/127\.0\.0\.1:\d+)/);
  await server.seen(/Press Ctrl\+C/);
  const stop = async () => {
    server.process.kill("SIGTERM");
    return server.finished;
  };
  return { url, stop, server };
}

const question = { messages: [{ role: "user", content: "What is the capital of France?" }], temperature: 0, max_tokens: 12 };

describe("the configuration", () => {
  it("is written by init, not over one that is there, and shown with where it comes from", async () => {
    const folder = temporaryFolder();
    expect((await runCli(["init"], folder)).code).toBe(0);
    const again = await runCli(["init"], folder);
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining("unchanged")]);
    writeFileSync(join(folder, "llmops.yaml"), "server:\n  port: 9000\n");
    const other = await runCli(["init"], folder);
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining("--force")]);
    expect(other.stderr).toContain("-  port: 9000");
    writeFileSync(join(folder, "llmops.yaml"), "server:\n  port: 9000\ncache:\n  redis_url: redis://u:hunter2@h\n");
    const { stdout } = await runCli(["config", "show", "--json"], folder, { LOG_LEVEL: "warn" });
    expect(JSON.parse(stdout)).toMatchObject({
      settings: {
        "server.port": { value: 9000, origin: expect.stringMatching(/llmops\.yaml:2$/) as string },
        "server.log_level": { value: "warn", origin: "LOG_LEVEL" },
        "cache.redis_url": { value: "(set)" },
        "models.slots": { value: 4, origin: "default" },
      },
    });
    expect(stdout).not.toContain("hunter2");
    expect((await runCli(["config", "show", "--origin", "--changed"], folder)).stdout).toMatch(
      /server\.port\s+│ 9000\s+│ .*llmops\.yaml:2/,
    );
  });

  it("that is wrong is refused before anything starts", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "llmops.yaml"), "server:\n  prot: 1\n");
    const { code, stderr } = await runCli(["serve"], folder);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/llmops\.yaml:2: unknown setting "server\.prot"[\s\S]*Did you mean "server\.port"\?/),
    ]);
  });

  it.each([
    [["--fallback", "nobody"], /Unknown provider "nobody"/],
    [["--fallback", "openai"], /needs a model[\s\S]*openai:MODEL/],
    [["--fallback", "openai:gpt"], /OPENAI_API_KEY is not set/],
    [["--budget", "$5/day"], /in money, but no prices are set/],
    [["--rate-limit", "fast"], /"fast" is not a limit/],
    [["--track", "some"], /--track does not accept "some"/],
    [["--cache-route", "/ask"], /no upstream is configured/],
    [["--upstream", "http://127.0.0.1:8080"], /is this server itself/],
    [["--upstream", "not a url"], /is not an upstream URL/],
    [["--replay", "nothing.jsonl"], /nothing\.jsonl: ENOENT/],
    [["--config", "nothing.yaml"], /nothing\.yaml cannot be read/],
    [["--cache-redis", "http://x"], /redis:\/\//],
  ])("refuses %j with one clear error", async (args, message) => {
    const { code, stderr } = await runCli(["serve", ...args], temporaryFolder());
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });
});

describe("llmops serve", () => {
  it("locks with keys that are made and revoked while it runs, and keeps them out of its log", async () => {
    const folder = temporaryFolder();
    const { stdout } = await runCli(["keys", "create", "ci", "--limit", "100/minute"], folder);
    const key = stdout.trim();
    const { url, stop } = await serve([], folder);
    const status = async () => (await post(`${url}/v1/chat/completions`, question, { authorization: `Bearer ${key}` })).status;
    expect((await post(`${url}/v1/chat/completions`, question)).status).toBe(401);
    expect(await status()).toBe(200);
    expect((await runCli(["keys", "list"], folder)).stdout).toMatch(/ci\s+│ valid/);
    expect((await runCli(["keys", "revoke", "ci"], folder)).code).toBe(0);
    await expect.poll(status, { timeout: 5000 }).toBe(401);
    const result = await stop();
    expect(result.code).toBe(0);
    expect(result.stdout + result.stderr + readFileSync(join(folder, ".state/keys.json"), "utf8")).not.toContain(key);
  });

  it("fills its cache from a file, tells what that saved, and records the load and what is asked in MLflow", async () => {
    const folder = temporaryFolder();
    const free = { messages: question.messages, max_tokens: 4 };
    writeFileSync(
      join(folder, "requests.jsonl"),
      [question, { ...question, seed: 2, temperature: 1 }, free].map((one) => JSON.stringify(one)).join("\n"),
    );
    const { url, stop } = await serve(["--price-prompt", "1000000", "--track", "all"], folder);
    const warmed = await runCli(["cache", "warm", "requests.jsonl", "--url", url, "--json"], folder);
    expect(JSON.parse(warmed.stdout)).toMatchObject({ requests: 3, kept: 2, already: 0, bypassed: 1, failures: [] });
    expect((await post(`${url}/v1/chat/completions`, question)).headers.get("x-cache")).toBe("HIT");
    const stats = await runCli(["cache", "stats", "--url", url], folder);
    expect(stats.stdout).toMatch(/Saved: 1 request, \d+ \+ \d+ tokens, \$1\d\./);
    expect((await runCli(["cache", "clear", "--url", url], folder)).stdout).toContain("Removed 2 answers");
    expect((await stop()).code).toBe(0);
    const runs = JSON.parse((await runCli(["mlflow", "runs", "--experiment", "serve", "--json"], folder)).stdout) as {
      runs: { name?: string; run_name?: string }[];
    };
    expect(runs.runs).toHaveLength(5);
    expect(JSON.stringify(runs)).toContain("model_load");
    expect((await runCli(["cache", "stats", "--url", url], folder)).code).toBe(3);
  });

  it("records, and answers from the recording without a model", async () => {
    const folder = temporaryFolder();
    const recording = await serve(["--record", "calls.jsonl", "--track", "off"], folder);
    const { json } = await post(`${recording.url}/v1/chat/completions`, question);
    await recording.stop();
    expect(existsSync(join(folder, "mlflow.db"))).toBe(false);
    const replaying = await serve(["--replay", "calls.jsonl", "--replay-speed", "fast", "--track", "off"], folder);
    const again = await post(`${replaying.url}/v1/chat/completions`, question);
    expect(again.json["choices"]).toEqual(json["choices"]);
    expect((await replaying.stop()).code).toBe(0);
  });

  it("passes on to another one, and answers itself once that is gone", async () => {
    const folder = temporaryFolder();
    const behind = await serve(["--track", "off"], folder);
    const front = await serve(["--upstream", `${behind.url}/v1`, "--fallback", "local", "--track", "off", "--retries", "0"], folder);
    const chat = `${front.url}/v1/chat/completions`;
    expect((await post(chat, { ...question, seed: 1 })).json).toMatchObject({ model: "demo" });
    await behind.stop();
    const answer = await post(chat, { ...question, seed: 2 });
    expect([answer.status, answer.headers.get("x-llmops-provider"), answer.headers.get("x-llmops-fallback-from")]).toEqual([
      200,
      "local",
      "upstream",
    ]);
    expect((await front.stop()).code).toBe(0);
  });

  it("changes the store while it runs", async () => {
    const folder = temporaryFolder();
    const other = join(folder, "other");
    const { url, stop } = await serve(["--allowed-tracking-uri", other], folder);
    const local = { "x-llmops-local": "1" };
    const change = await post(`${url}/mlflow-config`, { tracking_uri: other, experiment_name: "new-experiment" }, local);
    expect(change.json).toMatchObject({ status: "success", experiment_name: "new-experiment" });
    await post(`${url}/v1/chat/completions`, { ...question, track_experiment: true });
    const wrong = await post(`${url}/mlflow-config`, { tracking_uri: join(folder, "third") }, local);
    expect([wrong.status, existsSync(join(folder, "third"))]).toEqual([403, false]);
    await stop();
    const runs = await runCli(
      ["mlflow", "runs", "--experiment", "new-experiment", "--tracking-uri", join(folder, "other"), "--json"],
      folder,
    );
    expect((JSON.parse(runs.stdout) as { runs: unknown[] }).runs).toHaveLength(1);
  });
});
