import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { pageData } from "../helpers/page-data.js";
import { runCli, startCli } from "../helpers/run-cli.js";
import { chatAnswer, fakeUpstream, sendJson } from "../helpers/fake-upstream.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

/** `llmops serve` of the demo model, ended with the test. */
async function serve(folder: string, args: string[] = []): Promise<string> {
  const server = startCli(["serve", "--port", "0", "--threads", "1", ...args], folder);
  onTestFinished(async () => {
    server.process.kill("SIGTERM");
    await server.finished;
  });
  const [, url = ""] = await server.seen(/Listening on (\S+)/);
  await server.seen(/Press Ctrl/);
  return url;
}

describe("llmops monitor", () => {
  it("watches a server, records one run, tells alerts, and draws what it saw", async () => {
    const folder = temporaryFolder();
    const slo = "ttft<10s@99%/28d";
    const url = await serve(folder, ["--slo", slo]);
    const hook = await fakeUpstream((_, response) => void response.end("ok"));
    writeFileSync(
      join(folder, "alerts.yaml"),
      `rules: [{name: Fast, when: probe_latency>0ms, severity: info}]\nsinks: [stdout, {webhook: "${hook.url}", format: slack}]\n`,
    );
    // a busy machine may take longer than the interval
    const common = ["monitor", url, "--interval", "400ms", "--timeout", "60s", "--slo", slo, "--alerts", "alerts.yaml"];
    const watching = startCli([...common, "--over", "1s"], folder);
    await watching.seen(/ up [^]* up [^]* up [^]* up /);
    watching.process.kill("SIGINT");
    const watched = await watching.finished;
    expect(watched.code).toBe(0);
    const lines = watched.stdout
      .trim()
      .split("\n")
      .filter((line) => line.includes(" up "));
    expect(lines.length).toBeGreaterThanOrEqual(4);
    expect(watched.stdout.match(/^FIRING info Fast/gm)).toHaveLength(1);
    expect(hook.seen.map(({ body }) => body["text"])).toEqual([`*FIRING* Fast on ${url}`]);
    // a second time continues with the run, the objective and the alert
    const again = await runCli([...common, "--duration", "2s", "--json"], folder);
    const [first] = (
      JSON.parse(again.stdout) as {
        servers: { looks: number; run_id: string; measures: Record<string, number>; slos: { requests: number }[] }[];
      }
    ).servers;
    expect(first?.looks).toBeGreaterThan(lines.length);
    expect(first?.slos[0]?.requests).toBeGreaterThanOrEqual(4);
    expect(first?.measures, again.stderr).toMatchObject({ probe_failures: 0, error_rate: 0 });
    expect(again.stderr).not.toContain("FIRING");
    const runs = await runCli(["mlflow", "runs", "--experiment", "production-monitoring", "--json"], folder);
    const { runs: kept } = JSON.parse(runs.stdout) as { runs: { run_id: string; metrics: Record<string, number> }[] };
    expect(kept.map(({ run_id: id }) => id)).toEqual([first?.run_id]);
    for (const name of ["memory_allocated_gb", "tokens_per_second", "latency_seconds"])
      expect(kept[0]?.metrics[name], name).toBeGreaterThan(0);
    for (const file of ["dashboard.png", "dashboard.svg", "dashboard.html"]) {
      expect((await runCli(["monitor", "report", "--out", file], folder)).code).toBe(0);
      expect(readFileSync(join(folder, file)).length).toBeGreaterThan(10_000);
    }
    expect(readFileSync(join(folder, "dashboard.png")).subarray(1, 4).toString()).toBe("PNG");
    const { view } = pageData(join(folder, "dashboard.html"));
    expect(view).toMatchObject({ kind: "monitor", isWhole: true, events: [{ name: "Fast" }] });
  });

  it("leaves the run alone that another process records to, and goes on while MLflow is away", async () => {
    const folder = temporaryFolder();
    const { url } = await fakeUpstream(
      (_, response) => void response.writeHead(200, { "content-type": "text/plain" }).end("api_requests_total 1\n"),
    );
    const server = new URL(url).origin;
    const args = ["monitor", server, "--no-probe", "--interval", "200ms"];
    const first = startCli([...args, "--duration", "6s"], folder);
    await first.seen(/ up /);
    const second = await runCli([...args, "--duration", "500ms"], folder);
    expect(second.stderr).toContain("Another process is already watching");
    const runOf = (stderr: string) => /run ([0-9a-f]{32})/.exec(stderr)?.[1];
    const ended = await first.finished;
    expect(runOf(second.stderr)).toBeDefined();
    expect(runOf(second.stderr)).not.toBe(runOf(ended.stderr));
    const away = await runCli([...args, "--duration", "500ms", "--tracking-uri", "http://127.0.0.1:9"], folder, {
      MLFLOW_HTTP_REQUEST_MAX_RETRIES: "0",
    });
    expect(away.code).toBe(0);
    expect(away.stdout.match(/ up /g)?.length).toBeGreaterThan(1);
    expect(away.stderr).toContain("llmops mlflow sync");
  });

  it("looks once, and says by the exit code how it is", async () => {
    const folder = temporaryFolder();
    const url = await serve(folder);
    const look = (...args: string[]) => runCli(["monitor", url, "--once", ...args], folder);
    expect((await look("--kpis", "error_rate<1%")).code).toBe(5); // nobody has asked it anything
    const body = JSON.stringify({ messages: [{ role: "user", content: "Hello" }], max_tokens: 1 });
    await fetch(`${url}/v1/chat/completions`, { method: "POST", body, headers: { "content-type": "application/json" } });
    expect((await look("--kpis", "error_rate<1%")).code).toBe(0);
    const missed = await look("--kpis", "requests_per_second>1000");
    expect([missed.code, missed.stdout]).toEqual([1, expect.stringContaining("✗ requests_per_second>1000")]);
    const gone = await runCli(["monitor", "http://127.0.0.1:9", "--once"], folder);
    expect([gone.code, gone.stdout]).toEqual([3, expect.stringContaining("DOWN")]);
    const check = await runCli(["monitor", "check", url, "--json"], folder);
    const { kpis } = JSON.parse(check.stdout) as { kpis: { kpi: string; state: string }[] };
    expect(kpis).toHaveLength(9);
    expect(check.code).toBe(1); // nobody asks it ten times a second
    expect((await runCli(["monitor", "check", "http://127.0.0.1:9"], folder)).code).toBe(3);
  });

  it.each([
    [["monitor", "chek"], "Did you mean llmops monitor check?"],
    [["monitor", "--interval", "soon"], "is not a duration"],
    [["monitor", "--slo", "ttft"], "is not an objective"],
    [["monitor", "--kpis", "p95<1s"], "Available:"],
    [["monitor", "--alerts", "none.yaml"], "cannot be read"],
    [["monitor", "http://a:1", "http://a:1"], "named twice"],
    [["monitor", "report", "--out", "x.gif"], "must end in .png"],
    [["monitor", "rules", "--alerts", "none"], "None of the rules"],
  ])("refuses %j before it begins", async (args, message) => {
    const { code, stderr } = await runCli(args, temporaryFolder());
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe("llmops monitor canary", () => {
  it("keeps how a model answers, finds it fine, and finds it changed", async () => {
    const folder = temporaryFolder();
    // how long answers take is the machine's business, whatever else it does meanwhile
    const canary = (...args: string[]) =>
      runCli(["monitor", "canary", "--limit", "20", "--repeats", "2", "--latency-tolerance", "100000", "--json", ...args], folder);
    expect((await canary()).code).toBe(2);
    expect((await canary("--bless")).code).toBe(0);
    const same = await canary();
    expect(JSON.parse(same.stdout)).toMatchObject({ comparison: { state: "fine", identical: 20, samples: 20 } });
    expect(same.code).toBe(0);
    expect((await canary("--set", "temperature=0")).stdout).toContain("other fixed");
    // another model: what was kept is of one that always knew
    const path = join(folder, ".llmops", "canary", "canary.json");
    const kept = JSON.parse(readFileSync(path, "utf8")) as { samples: Record<string, { values: Record<string, number[]> }> };
    for (const { values } of Object.values(kept.samples))
      values["response_length"] = (values["response_length"] ?? []).map((words) => words * 3);
    writeFileSync(path, JSON.stringify(kept));
    const changed = await canary();
    expect(changed.code).toBe(1);
    expect(JSON.parse(changed.stdout)).toMatchObject({ comparison: { state: "drift" } });
  });
});

describe("an endpoint that is named as argument", () => {
  it.each([[["monitor", "canary", "--bless"]], [["bench", "--requests", "1"]]])("has its key and model beside it: %j", async (command) => {
    const { url, seen } = await fakeUpstream(
      (_, response) => void response.writeHead(401, { "content-type": "application/json" }).end("{}"),
    );
    const folder = temporaryFolder();
    await runCli([...command, url, "--api-key-env", "SOME_KEY", "--model", "m"], folder, {
      SOME_KEY: "hunter2",
    });
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.every(({ headers }) => headers.authorization === "Bearer hunter2")).toBe(true);
    const idle = await runCli([...command, url, "--threads", "2"], folder);
    expect([idle.code, idle.stderr]).toEqual([2, expect.stringContaining("--threads would do nothing")]);
    const none = await runCli([...command, "--api-key-env", "SOME_KEY"], folder);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("--api-key-env would do nothing")]);
    const twice = await runCli([...command, url, "--endpoint", url], folder);
    expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining("named twice")]);
  });
});

describe("what goes into every request to an endpoint", () => {
  it.each([
    [["monitor", "--once"]],
    [["monitor", "check"]],
    [["monitor", "canary", "--bless", "--limit", "1"]],
    [["bench", "--requests", "1"]],
  ])("is said alike for all that ask one: %j", async (command) => {
    const { url, seen } = await fakeUpstream(({ body }, response) => {
      sendJson(response, body["top_a"] === undefined ? {} : chatAnswer("yes"));
    });
    const members = ["--body", '{"top_a": 0.2}', "--set-extra", "user=probe", "--max-tokens-field", "max_completion_tokens"];
    const { stderr } = await runCli([...command, url, "--model", "m", ...members], temporaryFolder());
    const asked = seen.filter(({ method, path }) => method === "POST" && path.endsWith("/chat/completions"));
    expect(asked.length, stderr).toBeGreaterThan(0);
    const expected = { top_a: 0.2, user: "probe", max_completion_tokens: expect.any(Number) as number };
    for (const { body } of asked) expect(body).toMatchObject(expected);
  });

  it("is left out, and said, where the probe's endpoint refuses it", async () => {
    const { url } = await fakeUpstream(({ body }, response) =>
      body["stream_options"] === undefined
        ? sendJson(response, chatAnswer("yes"))
        : sendJson(response, { error: { message: "Unknown parameter: stream_options" } }, 400),
    );
    const { stderr, code } = await runCli(["monitor", url, "--model", "m", "--once", "--kpis", "error_rate<1%"], temporaryFolder());
    expect([stderr, code]).toEqual([expect.stringContaining("it refuses stream_options, which is left out now."), expect.any(Number)]);
  });
});

describe("llmops doctor", () => {
  it("finds a machine well, and says what is wrong and what to do", async () => {
    const folder = temporaryFolder();
    const well = await runCli(["doctor", "--load", "--port", "0", "--json"], folder);
    const { findings } = JSON.parse(well.stdout) as { findings: { name: string; state: string; text: string; hint?: string }[] };
    expect(findings.filter(({ state }) => state === "failed")).toEqual([]);
    expect(findings.find(({ name }) => name === "answer")?.text).toContain("tokens a second");
    expect(well.code).toBe(0);
    const taken = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void taken.close());
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    writeFileSync(join(folder, "broken.gguf"), "GGUF but not really");
    writeFileSync(
      join(folder, "llmops.yaml"),
      `cache: {redis_url: "redis://127.0.0.1:9"}\nproviders: {fallback: [upstream], upstream: ["http://127.0.0.1:9"], provider: local}\n`,
    );
    const ill = await runCli(
      ["doctor", "--model_path", "broken.gguf", "--port", String(port), "--tracking-uri", "http://127.0.0.1:9"],
      folder,
    );
    expect(ill.code).toBe(3);
    for (const name of ["port", "MLflow store", "Redis", "upstreams", "model"])
      expect(ill.stdout).toMatch(new RegExp(`✗ ${name}: .*\\n  → .`));
    writeFileSync(join(folder, "llmops.yaml"), "server: {prot: 1}\n");
    const wrong = await runCli(["doctor", "--port", "0"], folder);
    expect([wrong.code, wrong.stdout]).toEqual([3, expect.stringContaining("✗ configuration")]);
    expect(wrong.stdout).toContain("✓ model");
  });
});

describe("what helps at a terminal", () => {
  it("names the command or flag that was probably meant", async () => {
    const folder = temporaryFolder();
    const command = await runCli(["swep", "temperature"], folder);
    expect([command.code, command.stderr]).toEqual([2, expect.stringContaining("Did you mean llmops sweep?")]);
    const flag = await runCli(["sweep", "--datset", "x"], folder);
    expect([flag.code, flag.stderr]).toEqual([2, expect.stringContaining("Did you mean --dataset?")]);
    const json = await runCli(["mlfow", "runs", "--json"], folder);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: "INVALID_ARGUMENT" } });
  });

  it("explains topics and commands", async () => {
    const folder = temporaryFolder();
    const topics = (await runCli(["help", "topics"], folder)).stdout;
    const names = topics
      .trim()
      .split("\n")
      .map((line) => line.trim().split(/\s/)[0] ?? "");
    expect(names).toContain("slo");
    for (const name of names) expect((await runCli(["help", name], folder)).stdout.length, name).toBeGreaterThan(100);
    expect((await runCli(["help", "mlflow", "runs"], folder)).stdout).toContain("USAGE");
    expect((await runCli(["help", "nonsense"], folder)).code).toBe(2);
  });

  it("completes commands, flags and values in shells", async () => {
    const folder = temporaryFolder();
    for (const shell of ["bash", "zsh", "fish"]) {
      const { stdout } = await runCli(["completion", shell], folder);
      writeFileSync(join(folder, shell), stdout);
      if (existsSync(`/usr/bin/${shell}`)) expect(spawnSync(shell, ["-n", join(folder, shell)]).status, shell).toBe(0);
    }
    const complete = (words: string) => {
      const script = `source ${join(folder, "bash")}; COMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _llmops; echo "\${COMPREPLY[@]}"`;
      return spawnSync("bash", ["-c", script], { encoding: "utf8" }).stdout.trim();
    };
    expect(complete("llmops mon")).toBe("monitor");
    expect(complete('llmops monitor ""').split(" ")).toEqual(["canary", "check", "report", "rules"]);
    expect(complete("llmops sweep --corr")).toBe("--correction");
    expect(complete('llmops sweep --correction ""')).toBe("holm bh none");
    expect(complete("llmops mlflow runs --experi")).toContain("--experiment");
  });
});
