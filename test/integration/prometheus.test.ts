import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { stringify } from "yaml";
import { burnRules, defaultAlerts } from "../../src/lib/operations/monitor/alert-rules.js";
import { toPromql } from "../../src/lib/operations/monitor/expression.js";
import { MEASURE_NAMES, measureOf } from "../../src/lib/operations/monitor/measures.js";
import { ServerMonitor } from "../../src/lib/operations/monitor/monitor.js";
import { toPrometheusRules } from "../../src/lib/operations/monitor/prometheus-rules.js";
import { ProviderPool } from "../../src/lib/inference/gateway/upstream/provider-pool.js";
import { UpstreamProvider } from "../../src/lib/inference/gateway/upstream/upstream-provider.js";
import { parseSlo } from "../../src/lib/operations/slo/slo.js";
import { chatAnswer, fakeUpstream, sendJson } from "../helpers/fake-upstream.js";
import { gatewayServer, post } from "../helpers/gateway-server.js";
import { freePort } from "../helpers/free-port.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { lacks } from "../helpers/tools.js";

const REQUESTS = 'llmops_request_seconds_bucket{job="llmops",model="m",le=';
const FIRST = 'llmops_first_token_seconds_bucket{job="llmops",model="m",le=';

/** Counts of a minute each, in promtool's notation. */
function series(name: string, values: string) {
  return { series: name, values };
}

describe.skipIf(lacks("prometheus", "promtool"))("Prometheus", () => {
  it("evaluates the rules as they are meant: they fire when they should, and only then", () => {
    const folder = temporaryFolder();
    const rules = [...defaultAlerts().rules, ...burnRules(parseSlo("ttft<500ms@99%/28d"))];
    const { yaml } = toPrometheusRules(rules, { dialect: "llmops", selector: 'job="llmops"' });
    writeFileSync(join(folder, "rules.yml"), yaml);
    const failed = 'failed_inferences_total{job="llmops",error_type="internal"}';
    const aborted = 'failed_inferences_total{job="llmops",error_type="aborted"}';
    const good = 'successful_inferences_total{job="llmops"}';
    const firing = (alertname: string, severity: string, summary: string, value: string) => [
      { exp_labels: { severity, alertname }, exp_annotations: { summary, description: value } },
    ];
    const tests = [
      {
        // all is well for half an hour, then every tenth request fails
        interval: "1m",
        input_series: [
          series('up{job="llmops"}', "1x60"),
          series(good, "0+60x30 1854+54x30"),
          series(failed, "0x30 6+6x30"),
          series(aborted, "0+600x60"),
        ],
        alert_rule_test: [
          { eval_time: "25m", alertname: "HighErrorRate", exp_alerts: [] },
          { eval_time: "45m", alertname: "HighErrorRate", exp_alerts: firing("HighErrorRate", "critical", "Many requests fail", "0.1") },
          { eval_time: "45m", alertname: "TargetDown", exp_alerts: [] },
          { eval_time: "45m", alertname: "HighResponseTime", exp_alerts: [] },
        ],
      },
      {
        // an idle server, with nothing counted, is not a reason for any alert
        interval: "1m",
        input_series: [
          series('up{job="llmops"}', "1x60"),
          series(good, "0x60"),
          series('model_load_failures_total{job="llmops",model="m"}', "0x60"),
        ],
        alert_rule_test: ["HighErrorRate", "HighResponseTime", "ModelLoadingFailures", "TargetDown", "Ttft500msBudgetBurn14_4x"].map(
          (alertname) => ({
            ...{ eval_time: "45m", alertname, exp_alerts: [] },
          }),
        ),
      },
      {
        // answers take between 2 and 3 seconds; a model fails to load; then the server is gone
        interval: "1m",
        input_series: [
          series('up{job="llmops"}', "1x30 0x30"),
          series(`${REQUESTS}"2"}`, "0x60"),
          series(`${REQUESTS}"3"}`, "0+60x60"),
          series(`${REQUESTS}"+Inf"}`, "0+60x60"),
          series('model_load_failures_total{job="llmops",model="m"}', "0x10 1x50"),
        ],
        alert_rule_test: [
          { eval_time: "3m", alertname: "HighResponseTime", exp_alerts: [] },
          {
            eval_time: "20m",
            alertname: "HighResponseTime",
            exp_alerts: firing("HighResponseTime", "warning", "Answers take long", "2.95"),
          },
          { eval_time: "9m", alertname: "ModelLoadingFailures", exp_alerts: [] },
          {
            eval_time: "13m",
            alertname: "ModelLoadingFailures",
            exp_alerts: firing("ModelLoadingFailures", "warning", "A model cannot be loaded", "1"),
          },
          { eval_time: "20m", alertname: "ModelLoadingFailures", exp_alerts: [] },
          { eval_time: "30m", alertname: "TargetDown", exp_alerts: [] },
          {
            ...{ eval_time: "40m", alertname: "TargetDown" },
            exp_alerts: [
              {
                exp_labels: { severity: "critical", alertname: "TargetDown", job: "llmops" },
                exp_annotations: { summary: "The server cannot be reached", description: "0" },
              },
            ],
          },
        ],
      },
      {
        // a fifth of the first tokens is late from the third hour on: 20 times what the budget allows
        interval: "1m",
        input_series: [series(`${FIRST}"0.5"}`, "0+100x120 12080+80x120"), series(`${FIRST}"+Inf"}`, "0+100x120 12100+100x120")],
        alert_rule_test: [
          { eval_time: "2h", alertname: "Ttft500msBudgetBurn14_4x", exp_alerts: [] },
          { eval_time: "2h30m", alertname: "Ttft500msBudgetBurn14_4x", exp_alerts: [] }, // half an hour of it: 10 times over the hour
          {
            ...{ eval_time: "3h10m", alertname: "Ttft500msBudgetBurn14_4x" },
            exp_alerts: firing(
              "Ttft500msBudgetBurn14_4x",
              "critical",
              "The error budget of ttft<500ms@99%/28d is being used up 14.4 times too fast",
              "0.2",
            ),
          },
        ],
      },
    ];
    writeFileSync(join(folder, "tests.yml"), stringify({ rule_files: ["rules.yml"], evaluation_interval: "1m", tests }));
    const { status, stdout, stderr } = spawnSync("promtool", ["test", "rules", "tests.yml"], { cwd: folder, encoding: "utf8" });
    expect(`${stdout}${stderr}`).toContain("SUCCESS");
    expect(status).toBe(0);
  });

  it("scrapes a server, takes all our expressions, and computes what the monitor computes", async () => {
    const up = await fakeUpstream(({ body }, response) => {
      const [message] = body["messages"] as { content: string }[];
      if (message?.content === "fail") sendJson(response, { error: { message: "boom" } }, 500);
      else sendJson(response, chatAnswer("ok"));
    });
    const provider = new ProviderPool([new UpstreamProvider({ name: "up", url: up.url, apiKey: undefined, model: undefined })], {
      retries: 0,
    });
    const { url } = await gatewayServer({ provider });
    const folder = temporaryFolder();
    const port = await freePort();
    const scrape = { job_name: "llmops", metrics_path: "/prometheus", static_configs: [{ targets: [new URL(url).host] }] };
    const { yaml } = toPrometheusRules(defaultAlerts().rules, { dialect: "llmops", selector: 'job="llmops"' });
    writeFileSync(join(folder, "rules.yml"), yaml);
    const config = { global: { scrape_interval: "250ms", scrape_timeout: "250ms" }, rule_files: ["rules.yml"], scrape_configs: [scrape] };
    writeFileSync(join(folder, "prometheus.yml"), stringify(config));
    const server = spawn(
      "prometheus",
      ["--config.file=prometheus.yml", `--web.listen-address=127.0.0.1:${port}`, "--storage.tsdb.path=data", "--log.level=error"],
      { cwd: folder, stdio: "ignore" },
    );
    onTestFinished(async () => {
      const ended = new Promise((resolve) => server.once("close", resolve));
      server.kill("SIGKILL");
      await ended;
    });
    const query = async (promql: string): Promise<{ status: string; value: number | undefined }> => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(promql)}`);
      const { status, data } = (await answer.json()) as { status: string; data?: { result: { value: [number, string] }[] } };
      const text = data?.result[0]?.value[1];
      return { status, value: text === undefined ? undefined : Number(text) };
    };
    await expect
      .poll(() =>
        query('up{job="llmops"}')
          .then(({ value }) => value)
          .catch(() => undefined),
      )
      .toBe(1);
    const options = { url, slos: [], windowMs: 60_000, kpis: [], alerts: { rules: [], repeatMs: 1e9 } };
    const monitor = new ServerMonitor(options);
    const look = () => monitor.observe(Date.now(), AbortSignal.timeout(5000));
    await look();
    for (let i = 0; i < 40; i++) {
      await post(`${url}/v1/chat/completions`, { messages: [{ role: "user", content: i % 10 === 0 ? "fail" : `question ${i}` }] });
    }
    const { measured } = await look();
    const failures = toPromql({ kind: "increase", name: "llmops_request_seconds_count" }, "1m");
    await expect.poll(async () => Math.round((await query(failures)).value ?? 0)).toBeGreaterThanOrEqual(38);
    for (const name of MEASURE_NAMES) {
      const expression = measureOf(name).of?.llmops;
      if (!expression) continue;
      const { status, value } = await query(toPromql(expression, "1m", 'job="llmops"'));
      expect(status, name).toBe("success");
      // rates depend on when exactly one looks: shares, quantiles and gauges of the same requests do not
      // Prometheus extrapolates to the ends of its window: one request of twenty more or less
      if (["error_rate", "success_rate"].includes(name)) expect(value, name).toBeCloseTo(measured[name] as number, 1);
      if (name === "p95_response_time") expect(value).toBeCloseTo(measured.p95_response_time ?? 0, 2);
    }
  });
});
