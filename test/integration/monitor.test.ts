import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished, describe, expect, it } from "vitest";
import { defaultAlerts, readAlertFile, type AlertRule } from "../../src/lib/operations/monitor/alert-rules.js";
import { runMonitors, ServerMonitor, type MonitorOptions, type Observation } from "../../src/lib/operations/monitor/monitor.js";
import { loadState, monitorStateSchema, saveState } from "../../src/lib/operations/monitor/monitor-state.js";
import { Probe } from "../../src/lib/operations/monitor/probe.js";
import { ProviderPool } from "../../src/lib/inference/gateway/upstream/provider-pool.js";
import { UpstreamProvider } from "../../src/lib/inference/gateway/upstream/upstream-provider.js";
import { EndpointTarget } from "../../src/lib/inference/openai/endpoint-target.js";
import { parseSlo } from "../../src/lib/operations/slo/slo.js";
import { parseKpis } from "../../src/lib/operations/monitor/kpis.js";
import { chatAnswer, fakeUpstream, sendJson, sendStream } from "../helpers/fake-upstream.js";
import { gatewayServer, post } from "../helpers/gateway-server.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const quick = (name: string, more: Partial<AlertRule>): AlertRule => {
  const known = defaultAlerts().rules.find((rule) => rule.name === name) as AlertRule;
  return { ...known, ...more };
};

function optionsFor(url: string, more: Partial<MonitorOptions> = {}): MonitorOptions {
  return { url, slos: [], windowMs: 60_000, kpis: [], alerts: { rules: [], repeatMs: 3_600_000 }, ...more };
}

function probeOf(url: string): Probe {
  return new Probe((signal) => EndpointTarget.connect({ url }, signal), { prompt: "Hello", maxTokens: 5 });
}

describe("a monitored server", () => {
  it("is looked at 200 times while it dies, hangs and returns: no gap, no growth, the right alerts", async () => {
    let limit: AbortController | undefined; // of the poll that the server leaves hanging
    let requests = 0;
    const answer = (response: ServerResponse) => {
      if (limit) return limit.abort(new DOMException("The time is up.", "TimeoutError")); // never answers
      requests += 3;
      const count = `successful_inferences_total{model="m"} ${requests}\napi_requests_total 1\nprocess_resident_memory_bytes 1e8\n`;
      response.writeHead(200, { "content-type": "text/plain" }).end(count);
    };
    const start = async (port: number) => {
      const server = createServer((_, response) => answer(response));
      await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
      return server;
    };
    const stop = (server: ReturnType<typeof createServer>) =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      });
    let server = await start(0);
    const { port } = server.address() as AddressInfo;
    onTestFinished(() => stop(server));
    const intervalMs = 1000;
    const rules = [quick("TargetDown", { forMs: 5 * intervalMs })];
    const monitor = new ServerMonitor(optionsFor(`http://127.0.0.1:${port}`, { alerts: { rules, repeatMs: 3_600_000 } }));
    const seen: Observation[] = [];
    for (let poll = 0; poll < 200; poll++) {
      if (poll === 50) await stop(server);
      if (poll === 90) server = await start(port);
      limit = poll >= 120 && poll < 150 ? new AbortController() : undefined;
      seen.push(await monitor.observe(poll * intervalMs, (limit ?? new AbortController()).signal));
    }
    expect(seen.map(({ step }) => step)).toEqual(seen.map((_, i) => i));
    const events = seen.flatMap((observation, i) => observation.events.map(({ name, event }) => `${name} ${event} ${i}`));
    expect(events).toEqual(["TargetDown firing 55", "TargetDown resolved 90", "TargetDown firing 125", "TargetDown resolved 150"]);
    const failing = (text: string) => seen.filter(({ errors }) => errors.some((error) => error.includes(text))).map(({ step }) => step);
    expect(failing("cannot be reached")).toEqual([
      ...Array.from({ length: 40 }, (_, i) => 50 + i),
      ...Array.from({ length: 30 }, (_, i) => 120 + i),
    ]);
    expect(failing("connection refused").length).toBeGreaterThan(30);
    expect(failing("no answer in time")).toEqual(Array.from({ length: 30 }, (_, i) => 120 + i));
    expect(seen.at(-1)).toMatchObject({ up: true, errors: [] });
    expect(seen.at(-1)?.measured).toMatchObject({ success_rate: 1, memory: 1e8 });
    expect(monitor.scrapes).toBeLessThan(220);
  });

  it("is not blamed for a look that somebody interrupts", async () => {
    const stop = new AbortController();
    const hanging = await fakeUpstream(() => stop.abort());
    const origin = new URL(hanging.url).origin;
    const options = { slos: [parseSlo("success@99%")], alerts: { rules: [quick("TargetDown", { forMs: 0 })], repeatMs: 1e9 } };
    const monitor = new ServerMonitor(optionsFor(origin, { ...options, probe: probeOf(origin) }));
    const seen: Observation[] = [];
    await runMonitors([monitor], { intervalMs: 10_000, timeoutMs: 10_000, signal: stop.signal }, (observation) => seen.push(observation));
    expect(seen).toEqual([]);
    expect(monitor.saved).toMatchObject({ step: 0, alerts: [], watch: { ledgers: { "success@99%": [] } } });
  });

  it("is not a reason for another to wait", async () => {
    const hanging = await fakeUpstream(() => undefined);
    const fine = await fakeUpstream(
      (_, response) => void response.writeHead(200, { "content-type": "text/plain" }).end("api_requests_total 1\n"),
    );
    const monitors = [hanging, fine].map(({ url }) => new ServerMonitor(optionsFor(new URL(url).origin)));
    const seen: Observation[] = [];
    const schedule = { intervalMs: 50, timeoutMs: 3000, times: 5, signal: new AbortController().signal };
    await runMonitors(monitors, schedule, (observation) => seen.push(observation));
    const [first, second] = monitors.map(({ target }) => seen.filter((one) => one.target === target));
    // while the one hung, until it was cut off, the other was looked at; a busy machine may skip a poll, and never makes two at once
    expect(first).toHaveLength(1);
    expect(first?.[0]).toMatchObject({ up: false, errors: [expect.stringContaining("no answer in time")] });
    expect(seen.at(-1)).toBe(first?.[0]);
    expect(second?.length).toBeGreaterThan(0);
    expect(second?.map(({ up, step }) => [up, step])).toEqual(second?.map((_, i) => [true, i]));
  });

  it("without metrics is judged by the probe alone, objectives too", async () => {
    let fails = false;
    const { url } = await fakeUpstream(async ({ path }, response) => {
      if (path === "/v1/models") sendJson(response, { data: [{ id: "m" }] });
      else if (path !== "/v1/chat/completions") sendJson(response, { error: { message: "no such path" } }, 404);
      else if (fails) sendJson(response, { error: { message: "boom" } }, 500);
      else await sendStream(response, ["a", "b", "c"]);
    });
    const slos = [parseSlo("ttft<5s@90%/28d"), parseSlo("success@99%")];
    const monitor = new ServerMonitor(optionsFor(new URL(url).origin, { probe: probeOf(url), slos }));
    const look = (time: number) => monitor.observe(time, AbortSignal.timeout(5000));
    const first = await look(1000);
    expect(first).toMatchObject({ up: true, dialect: undefined, errors: [] });
    expect(first.measured).toMatchObject({ probe_failures: 0 });
    expect(first.measured.probe_latency).toBeGreaterThan(0);
    expect(first.slos.map(({ attained }) => attained)).toEqual([1, 1]);
    fails = true;
    const second = await look(2000);
    expect(second.up).toBe(false);
    expect(second.errors.join()).toContain("boom");
    expect(second.slos.map(({ attained }) => attained)).toEqual([0.5, 0.5]);
    fails = false;
    expect((await look(3000)).up).toBe(true);
  });

  it("tells its rates, objectives exactly as it counts them, and indicators", async () => {
    const up = await fakeUpstream(async ({ body }, response) => {
      const messages = body["messages"] as { content: string }[];
      if (messages[0]?.content === "fail") sendJson(response, { error: { message: "boom" } }, 500);
      else sendJson(response, chatAnswer("ok", { usage: { prompt_tokens: 1, completion_tokens: 1 } }));
    });
    const slos = [parseSlo("e2e<5s@50%/28d"), parseSlo("success@90%")];
    const provider = new ProviderPool([new UpstreamProvider({ name: "up", url: up.url, apiKey: undefined, model: undefined })], {
      retries: 0,
    });
    const { url } = await gatewayServer({ provider, slos });
    const options = optionsFor(url, { slos, kpis: parseKpis(["error_rate<1%", "requests_per_second>0"]) });
    const monitor = new ServerMonitor(options);
    const look = (time: number) => monitor.observe(time, AbortSignal.timeout(5000));
    expect((await look(0)).errors).toEqual([]);
    const ask = (content: string) => post(`${url}/v1/chat/completions`, { messages: [{ role: "user", content }] });
    for (const content of ["a", "b", "c", "fail"]) await ask(content);

    const { measured, dialect, slos: states, kpis } = await look(10_000);
    expect(dialect).toBe("llmops");

    expect(measured.requests_per_second).toBeCloseTo(0.4, 1);
    expect(measured.error_rate).toBeCloseTo(0.25, 1);
    expect(measured.goodput).toBeCloseTo(0.3, 1);
    expect(measured.memory).toBeGreaterThan(1e6);
    expect(measured.memory_usage).toBeGreaterThan(0);
    expect(states[1]).toMatchObject({ requests: 4, good: 3, met: false });
    expect(kpis.map(({ state }) => state)).toEqual(["failed", "passed"]);
  });

  it.each([
    [
      "vllm",
      (step: number) => `vllm:num_requests_running{model_name="m",engine="0"} 3
vllm:num_requests_waiting{model_name="m",engine="0"} 2
vllm:kv_cache_usage_perc{model_name="m"} 0.25
vllm:generation_tokens_total{model_name="m"} ${1000 * step}
vllm:time_to_first_token_seconds_bucket{le="0.25",model_name="m"} ${60 * step}
vllm:time_to_first_token_seconds_bucket{le="0.5",model_name="m"} ${100 * step}
vllm:time_to_first_token_seconds_bucket{le="+Inf",model_name="m"} ${100 * step}
vllm:e2e_request_latency_seconds_bucket{le="+Inf",model_name="m"} ${100 * step}
vllm:e2e_request_latency_seconds_sum{model_name="m"} ${150 * step}
vllm:e2e_request_latency_seconds_count{model_name="m"} ${100 * step}
`,
      {
        running_requests: 3,
        queued_requests: 2,
        kv_cache_usage: 0.25,
        generated_tokens_per_second: 100,
        requests_per_second: 10,
        avg_response_time: 1.5,
      },
    ],
    [
      "llamacpp",
      (step: number) => `llamacpp:requests_processing 1
llamacpp:requests_deferred 4
llamacpp:tokens_predicted_total ${500 * step}
llamacpp:prompt_tokens_total ${200 * step}
`,
      { running_requests: 1, queued_requests: 4, generated_tokens_per_second: 50, prompt_tokens_per_second: 20 },
    ],
  ] as const)("of the kind %s is understood", async (kind, textOf, expected) => {
    let step = 0;
    const { url } = await fakeUpstream(({ path }, response) => {
      if (path !== "/metrics") return sendJson(response, {}, 404);
      return void response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(textOf(++step));
    });
    const monitor = new ServerMonitor(optionsFor(new URL(url).origin, { slos: [parseSlo("ttft<300ms@50%")] }));
    await monitor.observe(0, AbortSignal.timeout(5000));
    const { dialect, measured, slos } = await monitor.observe(10_000, AbortSignal.timeout(5000));
    expect(dialect).toBe(kind);
    expect(measured).toMatchObject(expected);
    // by the histogram's edge below the bound; a server without histograms and probe has nothing to count
    expect(slos[0]?.attained).toBe(kind === "vllm" ? 0.6 : null);
  });

  it("is looked back at to its start, or to the last watch, however long ago that was", async () => {
    const started = Date.now() / 1000 - 10 * 3600;
    let requests = 36_000;
    const { url } = await fakeUpstream((_, response) => {
      const text = `process_start_time_seconds ${started}\napi_requests_total 1\ntokens_generated_total ${requests}\n`;
      response.writeHead(200, { "content-type": "text/plain" }).end(text);
    });
    const options = { ...optionsFor(new URL(url).origin), looksBack: true };
    const first = new ServerMonitor(options);
    const look = (monitor: ServerMonitor, time: number) => monitor.observe(time, AbortSignal.timeout(5000));
    expect((await look(first, Date.now())).measured.generated_tokens_per_second).toBeCloseTo(1, 1);
    requests += 86_400;
    const nextDay = new ServerMonitor(options, first.saved);
    expect((await look(nextDay, Date.now() + 86_400_000)).measured.generated_tokens_per_second).toBeCloseTo(1, 1);
  });

  it("counts the same requests of an objective whenever its monitor was stopped and started from its file", async () => {
    const path = join(temporaryFolder(), "state.json");
    const slo = parseSlo("ttft<300ms@50%");
    let [within, beyond] = [0, 0];
    const { url } = await fakeUpstream((_, response) => {
      const edges = [`{le="0.25"} ${within}`, `{le="0.5"} ${within}`, `{le="+Inf"} ${within + beyond}`];
      const text = edges.map((edge) => `vllm:time_to_first_token_seconds_bucket${edge}\n`).join("");
      response
        .writeHead(200, { "content-type": "text/plain" })
        .end(`vllm:num_requests_running NaN\nvllm:generation_tokens_total NaN\n${text}`);
    });
    const options = optionsFor(new URL(url).origin, { slos: [slo] });
    let monitor = new ServerMonitor(options);
    await monitor.observe(1, AbortSignal.timeout(5000));
    for (const [poll, isRestarted] of [false, true, false, true, true].entries()) {
      [within, beyond] = [within + 3, beyond + 1];
      if (isRestarted) {
        saveState(path, { schema: "llmops.monitor-state/1", runKey: "key", monitor: monitor.saved });
        const state = loadState(path, expect.unreachable);
        expect(monitorStateSchema.parse(state)).toEqual(state);
        monitor = new ServerMonitor(options, state.monitor);
      }
      const { slos } = await monitor.observe(10_000 * (poll + 1), AbortSignal.timeout(5000));
      expect(slos[0]).toMatchObject({ attained: 0.75, requests: 4 * (poll + 1) });
    }
  });

  it("begins anew, and says so, where its file is not what it wrote", () => {
    const path = join(temporaryFolder(), "state.json");
    for (const content of ["{", "[]", JSON.stringify({ schema: "llmops.monitor-state/1", runKey: "key", monitor: { step: "many" } })]) {
      writeFileSync(path, content);
      const said: string[] = [];
      expect(loadState(path, (text) => said.push(text)).monitor).toBeUndefined();
      expect(said).toEqual([expect.stringContaining("was set aside")]);
      expect(readFileSync(`${path}.broken`, "utf8")).toBe(content);
    }
  });

  it("has rules that look as far back as they say, whatever is shown", async () => {
    let tokens = 0;
    const { url } = await fakeUpstream((_, response) => {
      response.writeHead(200, { "content-type": "text/plain" }).end(`api_requests_total 1\ntokens_generated_total ${tokens}\n`);
    });
    const path = join(temporaryFolder(), "alerts.yaml");
    writeFileSync(path, "rules: [{name: Idle, when: generated_tokens_per_second<1}]");
    const monitor = new ServerMonitor(optionsFor(new URL(url).origin, { windowMs: 3_600_000, alerts: readAlertFile(path) }));
    const events: string[] = [];
    for (let minute = 0; minute <= 30; minute++) {
      if (minute <= 15) tokens += 6000;
      const observation = await monitor.observe(minute * 60_000, AbortSignal.timeout(5000));
      events.push(...observation.events.map(({ event }) => `${event} ${minute}`));
    }
    expect(events).toEqual(["firing 20"]); // five minutes after the last token, although the hour shown still has many
  });

  it("is remembered: error budgets and alerts continue where they were", async () => {
    let good = 0;
    let total = 0;
    const { url } = await fakeUpstream((_, response) => {
      const text = `llmops_requests_in_flight 0\nllmops_slo_requests_total{slo="success@99%"} ${total}\nllmops_slo_good_requests_total{slo="success@99%"} ${good}\n`;
      response.writeHead(200, { "content-type": "text/plain" }).end(text);
    });
    const path = join(temporaryFolder(), "alerts.yaml");
    writeFileSync(path, "rules: [{name: Fast, slo: 'success@99%'}]");
    const options = optionsFor(new URL(url).origin, { alerts: readAlertFile(path) });
    const monitor = new ServerMonitor(options);
    const look = (one: ServerMonitor, time: number) => one.observe(time, AbortSignal.timeout(5000));
    await look(monitor, 0);
    [good, total] = [50, 100];
    const before = await look(monitor, 60_000);
    expect(before.events.map(({ name }) => name)).toContain("FastBurn14_4x");
    [good, total] = [150, 200];
    const later = new ServerMonitor(options, JSON.parse(JSON.stringify(monitor.saved)) as typeof monitor.saved);
    const after = await look(later, 120_000);
    expect(after.step).toBe(2);
    expect(after.slos[0]).toMatchObject({ requests: 200, good: 150 });
    expect(after.events).toEqual([]);
    expect(after.alerts.map(({ state }) => state)).toContain("firing");
  });
});
