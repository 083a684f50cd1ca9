import { readFileSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { programHost } from "../../src/app/host/host.js";
import type { CanaryDocument } from "../../src/app/monitoring/canary.js";
import { watchServers } from "../../src/app/monitoring/watch-servers.js";
import { defaultAlerts, type AlertPlan } from "../../src/lib/operations/monitor/alert-rules.js";
import { parseCondition } from "../../src/lib/operations/monitor/condition.js";
import { fakeUpstream } from "../helpers/fake-upstream.js";
import { runCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { lacks } from "../helpers/tools.js";
import { useBrowser, webServer } from "../helpers/web-server.js";

const HOSTILE = "<img src=x onerror=window.hacked=1>";

/** Rules that fire at once, the first with a summary that wants to be a script. */
function rules(): AlertPlan {
  const [down] = defaultAlerts().rules.filter(({ name }) => name === "TargetDown");
  const queue = parseCondition("queued_requests>3");
  return {
    ...defaultAlerts(),
    sinks: [],
    rules: [
      { ...down!, forMs: 0 },
      {
        name: "LongQueue",
        cause: { kind: "threshold", condition: queue, overMs: 60_000 },
        forMs: 0,
        severity: "warning",
        summary: HOSTILE,
      },
    ],
  };
}

/** A server with metrics, which says what it is told to of its queue. */
async function watchedServer() {
  const state = { queue: 1 };
  let requests = 0;
  const metrics = () =>
    `llmops_requests_in_flight 1\nllmops_queued_requests ${state.queue}\nprocess_resident_memory_bytes 2e8\n` +
    `successful_inferences_total{model="m"} ${(requests += 2)}\n`;
  const upstream = await fakeUpstream((_, response: ServerResponse) => {
    response.writeHead(200, { "content-type": "text/plain" }).end(metrics());
  });
  return { state, origin: new URL(upstream.url).origin, close: upstream.close };
}

describe.skipIf(lacks("chromium"))("the monitor page", () => {
  const open = useBrowser();

  it("says how to watch a server, and how to ask a canary, where nobody does", async () => {
    const { url } = await webServer();
    const { page, errors } = await open(url, "monitor");
    await page.getByText("No server is watched yet").waitFor();
    await page.getByRole("tab", { name: "Canary" }).click();
    await page.getByText("No canary has been asked yet").waitFor();
    expect(errors).toEqual([]);
  });

  it("follows a server that another program watches: its queue, an alert, its end, and the monitor's; Home has what fires", async () => {
    vi.stubEnv("LLMOPS_STATE_DIR", temporaryFolder());
    const { url, folder } = await webServer();
    const { state, origin, close } = await watchedServer();
    const stop = new AbortController();
    const watching = watchServers(
      {
        ...{
          urls: [origin],
          alerts: rules(),
          intervalMs: 200,
          timeoutMs: 2000,
          trackingUri: folder,
          experiment: "watched",
          command: "test",
        },
        ...{ probe: false, kpis: ["queued_requests<3"], slos: ["success@99%/7d"] },
      },
      programHost({ signal: stop.signal }),
    );
    onTestFinished(async () => {
      stop.abort();
      await watching;
    });
    const { page, errors } = await open(url, "monitor");
    await page.getByText("Up", { exact: true }).waitFor();
    expect(await page.getByRole("heading", { level: 2, name: origin }).count()).toBe(1);
    const indicators = page.getByRole("region", { name: "Indicators" });
    await expect.poll(() => indicators.getByRole("listitem").allTextContents()).toEqual(["✓queued_requests<31"]);
    expect(await page.getByRole("meter", { name: /success@99%/ }).count()).toBe(1);
    await page.getByRole("img", { name: "Queue over time" }).locator("canvas").waitFor();
    state.queue = 7;
    const alerts = page.getByRole("region", { name: "Alerts", exact: true });
    await alerts.locator("strong", { hasText: "LongQueue" }).waitFor();
    await alerts.locator(".item-note", { hasText: HOSTILE }).first().waitFor();
    await expect.poll(() => indicators.getByRole("listitem").allTextContents()).toEqual(["✗queued_requests<37"]);
    await page.getByRole("img", { name: /^LongQueue: since/ }).waitFor();
    await page.getByRole("link", { name: "Home" }).click();
    await page.getByRole("region", { name: "Firing alerts" }).getByRole("link", { name: "LongQueue" }).click();
    state.queue = 0;
    await alerts.getByText(/^None of \d rules fires\./).waitFor();
    await page.getByText(/LongQueue.*resolved after/).waitFor();
    await close();
    await alerts.locator("strong", { hasText: "TargetDown" }).waitFor();
    await page.getByText("Down", { exact: true }).first().waitFor();
    stop.abort();
    await watching;
    await page.getByText(/The monitor stopped .* ago|The monitor stopped just now/).waitFor();
    await page.getByRole("link", { name: "Home" }).click();
    await page.getByRole("region", { name: "Firing alerts" }).waitFor({ state: "detached" });
    expect(await page.evaluate(() => (globalThis as { hacked?: number }).hacked)).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it("shows the rounds of a canary, and what of it drifted", async () => {
    const folder = temporaryFolder();
    const canary = async (...args: string[]) =>
      JSON.parse(
        (await runCli(["monitor", "canary", "--limit", "8", "--repeats", "2", "--json", ...args], folder)).stdout,
      ) as CanaryDocument;
    await canary("--bless");
    const path = join(folder, ".llmops", "canary", "canary.json");
    const kept = readFileSync(path, "utf8");
    writeFileSync(
      path,
      kept.replaceAll(/"response_length":\s*\[[^\]]*\]/g, '"response_length":[90,91]').replaceAll(/"answers": "\w+"/g, '"answers": "x"'),
    );
    const { comparison } = await canary();
    expect(comparison?.state).toBe("drift");
    const { url } = await webServer(folder);
    const { page, errors } = await open(url, "");
    await page.getByRole("region", { name: "Firing alerts" }).getByRole("link", { name: "CanaryDrift" }).click();
    const card = page.getByRole("region", { name: /^Canary canary of / });
    const row = card.getByRole("row", { name: /response_length/ });
    await row.getByText("drift").waitFor();
    await card.getByRole("img", { name: "Difference of response_length over the rounds" }).locator("canvas").waitFor();
    const rounds = card.getByRole("list", { name: "Rounds" }).getByRole("button");
    expect(await rounds.allTextContents()).toEqual([expect.stringContaining("drift"), expect.stringContaining("saved")]);
    await rounds.last().click();
    await card.getByText("Saved as what later answers are compared with.").waitFor();
    expect(errors).toEqual([]);
  });
});
