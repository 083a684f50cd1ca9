import { describe, expect, it } from "vitest";
import { ProviderPool } from "../../src/lib/inference/gateway/upstream/provider-pool.js";
import { UpstreamProvider } from "../../src/lib/inference/gateway/upstream/upstream-provider.js";
import { EndpointTarget } from "../../src/lib/inference/openai/endpoint-target.js";
import { defaultAlerts } from "../../src/lib/operations/monitor/alert-rules.js";
import { ServerMonitor, type MonitorOptions } from "../../src/lib/operations/monitor/monitor.js";
import { Probe } from "../../src/lib/operations/monitor/probe.js";
import { parseSlo } from "../../src/lib/operations/slo/slo.js";
import { chatAnswer, fakeUpstream, sendJson } from "../helpers/fake-upstream.js";
import { gatewayServer, post } from "../helpers/gateway-server.js";

/** A server whose metrics, and whether it answers at all, are what the test says at the moment. */
async function scripted() {
  const script: { isDown: boolean; hasMetrics: boolean; metrics: string } = { isDown: false, hasMetrics: true, metrics: "" };
  const upstream = await fakeUpstream(({ path }, response) => {
    if (script.isDown) response.destroy();
    else if (path === "/v1/models") sendJson(response, { data: [{ id: "m" }] });
    else if (path === "/v1/chat/completions") sendJson(response, chatAnswer("yes"));
    else if (!script.hasMetrics) sendJson(response, {}, 404);
    else response.writeHead(200, { "content-type": "text/plain" }).end(script.metrics);
  });
  const url = new URL(upstream.url).origin;
  const probe = new Probe((signal) => EndpointTarget.connect({ url }, signal), { prompt: "Hello", maxTokens: 5 });
  return { script, url, probe };
}

function optionsFor(url: string, more: Partial<MonitorOptions> = {}): MonitorOptions {
  return { url, slos: [], windowMs: 3_600_000, kpis: [], alerts: { rules: [], repeatMs: 1e9 }, ...more };
}

const look = (monitor: ServerMonitor, time: number) => monitor.observe(time, AbortSignal.timeout(5000));
const again = (options: MonitorOptions, monitor: ServerMonitor) =>
  new ServerMonitor(options, JSON.parse(JSON.stringify(monitor.saved)) as typeof monitor.saved);

/** vLLM's histograms of answers up to 1 s, up to 5 s, and in all; first tokens alike. */
function vllm([one, five, all]: [number, number, number], { inf = true, more = "" } = {}): string {
  const names = ["vllm:e2e_request_latency_seconds", "vllm:time_to_first_token_seconds"];
  const own = names.map((name) =>
    [
      `${name}_bucket{le="1.0"} ${one}`,
      `${name}_bucket{le="5.0"} ${five}`,
      ...(inf ? [`${name}_bucket{le="+Inf"} ${all}`] : []),
      `${name}_sum ${all}`,
      `${name}_count ${all}`,
    ].join("\n"),
  );
  return `vllm:num_requests_running 1\n${own.join("\n")}\n${more}`;
}

const SLOS = ["ttft<1s@90%/28d", "e2e<1s@90%/28d"].map((text) => parseSlo(text));

describe("what a monitored server counts itself", () => {
  it("has all its observations, also without a bucket +Inf", async () => {
    const { script, url } = await scripted();
    const monitor = new ServerMonitor(optionsFor(url, { slos: SLOS }));
    script.metrics = vllm([0, 0, 0], { inf: false });
    await look(monitor, 0);
    script.metrics = vllm([1736, 1844, 1883], { inf: false });
    const { slos, measured } = await look(monitor, 60_000);
    for (const { attained, requests } of slos) expect([attained, requests]).toEqual([1736 / 1883, 1883]);
    expect(measured.p99_response_time).toBe(5);
    expect(measured.p95_response_time).toBeCloseTo(1 + (4 * (0.95 * 1883 - 1736)) / (1844 - 1736));
  });

  it("is not mixed with probes while it cannot be reached, also where the monitor is started again meanwhile", async () => {
    const { script, url, probe } = await scripted();
    const options = optionsFor(url, { slos: SLOS, probe, paceMs: 3000, alerts: defaultAlerts() });
    let monitor = new ServerMonitor(options);
    for (let poll = 0; poll < 60; poll++) {
      script.metrics = vllm([10 * poll, 10 * poll, 10 * poll]);
      script.isDown = poll >= 20 && poll < 40;
      if (poll === 30) monitor = again(options, monitor);
      const { slos, alerts } = await look(monitor, poll * 3000);
      expect(slos.every(({ attained }) => attained === null || attained === 1)).toBe(true);
      expect(alerts.filter(({ name }) => name.includes("Budget"))).toEqual([]);
    }
    expect((await look(monitor, 180_000)).slos.map(({ requests }) => requests)).toEqual([590, 590]);
  });

  it("counts alone once it answers, whatever probes found before", async () => {
    const { script, url, probe } = await scripted();
    const monitor = new ServerMonitor(optionsFor(url, { slos: SLOS, probe }));
    script.isDown = true;
    expect((await look(monitor, 0)).slos.map(({ attained }) => attained)).toEqual([0, 0]);
    script.isDown = false;
    script.metrics = vllm([0, 0, 0]);
    await look(again(monitor["options"], monitor), 1000);
    await look(monitor, 1000);
    script.metrics = vllm([5, 5, 5]);
    expect((await look(monitor, 2000)).slos.map(({ attained, requests }) => [attained, requests])).toEqual([
      [1, 5],
      [1, 5],
    ]);
  });

  it("is counted by probes where it has no histogram, from when it has none", async () => {
    const { script, url, probe } = await scripted();
    const monitor = new ServerMonitor(optionsFor(url, { slos: SLOS, probe }));
    script.metrics = "vllm:num_requests_running 1\n";
    await look(monitor, 0);
    expect((await look(monitor, 1000)).slos.map(({ requests }) => requests)).toEqual([2, 2]);
    script.hasMetrics = false;
    expect((await look(monitor, 2000)).slos.map(({ requests }) => requests)).toEqual([3, 3]);
  });

  it.each([false, true])("begins where it is first seen, its monitor started again: %s", async (isStartedAgain) => {
    const { script, url } = await scripted();
    const options = optionsFor(url, { slos: SLOS });
    let monitor = new ServerMonitor(options);
    const states = [
      "vllm:num_requests_running 1\n",
      vllm([9000, 9000, 10_000]),
      vllm([9090, 9090, 10_100]),
      vllm([9180, 9180, 10_200], { more: 'vllm:e2e_request_latency_seconds_bucket{le="0.5"} 4000' }),
      vllm([9270, 9270, 10_300], { inf: false }),
    ];
    for (const [i, metrics] of states.entries()) {
      script.metrics = metrics;
      if (isStartedAgain) monitor = again(options, monitor);
      await look(monitor, i * 60_000);
    }
    const { slos } = await look(monitor, 300_000);
    expect(slos[0]).toMatchObject({ requests: 300, good: 270, attained: 0.9 });
    // the poll in which the histogram got another bucket is left out: its parts did not fit each other
    expect(slos[1]).toMatchObject({ requests: 200, good: 180, attained: 0.9 });
  });
});

describe("a server that is always down", () => {
  it("burns its budget at every rate, however short the objective's window is", async () => {
    const { script, url, probe } = await scripted();
    script.isDown = true;
    const options = optionsFor(url, { slos: [parseSlo("success@99%/1h")], probe, paceMs: 3000 });
    const monitor = new ServerMonitor(options);
    const fired: string[] = [];
    for (let poll = 0; poll < 12; poll++) fired.push(...(await look(monitor, poll * 3000)).events.map(({ name }) => `${name} ${poll}`));
    expect(fired).toEqual(["SuccessBudgetBurn14_4x 9", "SuccessBudgetBurn6x 9", "SuccessBudgetBurn1x 9"]);
  });
});

describe("what a monitored server does not have", () => {
  const counters = (answers: number) =>
    `api_requests_total{endpoint="/v1/chat/completions",status="200"} ${answers}\nsuccessful_inferences_total{model="m"} ${answers}\n`;

  it.each([
    ["", {}],
    ["llmops_requests_in_flight 1\n", { running_requests: 1 }],
  ])("is not known, and not 0: %j", async (own, known) => {
    const { script, url } = await scripted();
    const monitor = new ServerMonitor(optionsFor(url));
    script.metrics = `${own}api_requests_total 1\n`;
    await look(monitor, 0);
    expect((await look(monitor, 1000)).measured).toEqual(known);
    script.metrics = `${own}${counters(100)}`;
    await look(monitor, 2000);
    script.metrics = `${own}${counters(296)}`;
    const { measured } = await look(monitor, 12_000);
    // by its answers, as it has no histogram of their times
    expect(measured).toEqual({ ...known, requests_per_second: 196 / 12, error_rate: 0, success_rate: 1 });
  });

  it("is 0 where the server says that it has it, and has counted nothing yet", async () => {
    const up = await fakeUpstream((_, response) => sendJson(response, chatAnswer("ok")));
    const upstream = new UpstreamProvider({ name: "up", url: up.url, apiKey: undefined, model: undefined });
    const { url } = await gatewayServer({ provider: new ProviderPool([upstream], { retries: 0 }) });
    const monitor = new ServerMonitor(optionsFor(url));
    await look(monitor, 0);
    await post(`${url}/v1/chat/completions`, { messages: [{ role: "user", content: "Hello" }] });
    expect((await look(monitor, 10_000)).measured).toMatchObject({ provider_faults: 0, requests_per_second: 0.1, error_rate: 0 });
  });
});
