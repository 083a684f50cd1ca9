// What watching costs: time and memory of a look, over many of them, at a server with every metric of `llmops serve`.
// Usage: npm run bench -- monitor [looks]
import { createServer } from "node:http";
import { MetricRegistry } from "../dist/lib/base/metrics/metric-registry.js";
import { CallMetrics } from "../dist/lib/serving/server/call-metrics.js";
import { ServerMonitor } from "../dist/lib/operations/monitor/monitor.js";
import { defaultAlerts } from "../dist/lib/operations/monitor/alert-rules.js";
import { parseKpis } from "../dist/lib/operations/monitor/kpis.js";
import { parseSlo } from "../dist/lib/operations/slo/slo.js";

const looks = Number(process.argv[2] ?? 5000);
const slos = ["ttft<500ms@99%/28d", "e2e<2s@95%/28d"].map(parseSlo);
const metrics = new MetricRegistry();
const calls = new CallMetrics(metrics, slos);
calls.beginObjectives();
calls.beginAtZero("m", "base");
const usage = { promptTokens: 20, completionTokens: 30 };
const record = {
  ...{
    call: {},
    model: "m",
    domain: undefined,
    origin: { provider: "self", cache: "miss", waitedMs: 0 },
    usage,
    finishReason: "stop",
    text: "",
  },
  ...{ timing: { firstTokenMs: 20, totalMs: 300 }, firstTokenMs: 20, totalMs: 300, errorCode: undefined },
};
const server = createServer((_, response) => {
  calls.begin();
  calls.end(record);
  void metrics.expose().then(({ type, text }) => response.writeHead(200, { "content-type": type }).end(text));
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${server.address().port}`;
const monitor = new ServerMonitor({ url, slos, windowMs: 300_000, kpis: parseKpis(["default"]), alerts: defaultAlerts() });
const { signal } = new AbortController();
const heap = () => (globalThis.gc?.(), process.memoryUsage().heapUsed / 1e6);
let time = Date.now();
const run = async (count) => {
  const begun = performance.now();
  for (let i = 0; i < count; i++) await monitor.observe((time += 1000), signal);
  return (performance.now() - begun) / count;
};
await run(1000);
const before = heap();
const ms = await run(looks);
const after = heap();
const state = Buffer.byteLength(JSON.stringify(monitor.saved)) / 1e3;
console.table([
  {
    looks: looks + 1000,
    "ms a look, server included": Number(ms.toFixed(2)),
    "heap after 1,000 (MB)": Number(before.toFixed(1)),
    "heap at the end (MB)": Number(after.toFixed(1)),
    "scrapes kept": monitor.scrapes,
    "state on disk (kB)": Number(state.toFixed(0)),
  },
]);
server.close();
process.exit(0);
