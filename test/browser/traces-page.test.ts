import { describe, expect, it } from "vitest";
import { lacks } from "../helpers/tools.js";
import type { TestServer } from "../helpers/tracking-server.js";
import { useBrowser, webServer } from "../helpers/web-server.js";

const HOSTILE = '<img src=x onerror=window.hacked=1>"\u202e';
const START = 1_790_000_000_000_000_000;

function span(id: string, parent: string | null, [start, end]: readonly [number, number], more: object = {}): object {
  return {
    ...{ span_id: id, parent_span_id: parent, name: id, start_time_unix_nano: START + start * 1e6, end_time_unix_nano: START + end * 1e6 },
    ...{ status: { code: "STATUS_CODE_OK" }, attributes: {}, events: [], ...more },
  };
}

/** A run with 60 traces, of which the last failed and has spans. */
async function traced(): Promise<TestServer & { runId: string; experimentId: string }> {
  const server = await webServer();
  const { store } = server;
  const { experimentId } = await store.createExperiment({ name: HOSTILE });
  const { runId } = await store.createRun({ experimentId, runName: "asked", startTime: 1_790_000_000_000 });
  for (let i = 0; i < 60; i++) {
    const isLast = i === 59;
    const { tags } = await store.traces.put({
      ...{ traceId: `tr-${i}`, experimentId, requestTimeMs: 1_790_000_000_000 + i, durationMs: isLast ? null : i * 10 },
      ...{ state: isLast ? "ERROR" : "OK", clientRequestId: `row ${i}`, requestPreview: `What is ${i} plus ${i}?` },
      ...{
        responsePreview: isLast ? HOSTILE : `- ${2 * i}`,
        metadata: { "mlflow.sourceRun": runId },
        tags: { "mlflow.traceName": "adds" },
      },
    });
    if (!isLast) continue;
    const spans = [
      span("agent", null, [0, 100]),
      span(HOSTILE, "agent", [10, 90], { attributes: { "mlflow.spanType": '"LLM"', "mlflow.spanInputs": JSON.stringify({ q: HOSTILE }) } }),
    ];
    await store.artifacts.write(tags["mlflow.artifactLocation"] ?? "", "traces.json", JSON.stringify({ spans }));
  }
  return { ...server, runId, experimentId };
}

describe.skipIf(lacks("chromium"))("the pages of traces", () => {
  const open = useBrowser();

  it("list traces, found by words, filters, and state, a page at a time, as the address says", async () => {
    const { url, runId } = await traced();
    const { page, errors } = await open(url, "traces");
    const lines = page.locator(".trace-table tbody tr");
    await expect.poll(() => lines.count()).toBe(50);
    await page.getByRole("button", { name: "Next" }).click();
    await expect.poll(() => lines.count()).toBe(10);
    await page.getByLabel("Search traces").fill("plus 5?");
    await expect.poll(() => lines.allTextContents()).toHaveLength(6);
    await page.getByLabel("Search traces").fill("execution_time >= 580");
    await expect.poll(() => lines.count()).toBe(1);
    await page.reload();
    await expect.poll(() => lines.first().textContent()).toContain("What is 58 plus 58?");
    await page.getByLabel("Search traces").fill("execution_time > what");
    await page.getByRole("alert").waitFor();
    await page.getByLabel("Search traces").fill("");
    await page.getByLabel("State").selectOption("ERROR");
    await expect.poll(() => lines.count()).toBe(1);
    await page.goto(`${url}/app/runs/${runId}`);
    await page.getByRole("link", { name: "60 traces" }).click();
    await expect.poll(() => lines.count()).toBe(50);
    await lines.nth(0).getByRole("link").first().click();
    await page.getByRole("heading", { name: "adds" }).waitFor();
    await page.getByRole("link", { name: runId.slice(0, 8) }).click();
    await page.getByRole("heading", { name: "asked" }).waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "adds" }).waitFor();
    expect(await page.evaluate(() => (globalThis as { hacked?: number }).hacked)).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it("show the spans of a trace as a tree with times, and say where there are none", async () => {
    const { url } = await traced();
    const { page, errors } = await open(url, "traces/tr-59");
    const spans = page.getByRole("region", { name: "Spans" });
    await expect.poll(() => spans.locator(".span-line").count()).toBe(2);
    await spans.locator(".span-line").nth(1).click();
    await spans.getByText("Starts at 10 ms, takes 80 ms").waitFor();
    await expect.poll(() => spans.locator(".json-string").first().textContent()).toContain("onerror");
    await page.reload();
    await spans.getByText("Starts at 10 ms, takes 80 ms").waitFor();
    await page.goto(`${url}/app/traces/tr-3`);
    await spans.getByText(/kept no spans/).waitFor();
    await expect.poll(() => page.getByRole("region", { name: "Response" }).locator("li").textContent()).toBe("6");
    expect(await page.evaluate(() => (globalThis as { hacked?: number }).hacked)).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it("keep what is said of a trace: added, changed, deleted; and follow what others say", async () => {
    const { url, store } = await traced();
    const { page, errors } = await open(url, "traces/tr-7");
    const card = page.getByRole("region", { name: "Assessments" });
    await card.getByRole("button", { name: "Assess…" }).click();
    await page.getByLabel("Name").fill("quality");
    await page.getByLabel(/^Value/).fill("0.5");
    await page.getByLabel("Why").fill(HOSTILE);
    await page.getByRole("button", { name: "Save" }).click();
    await card.getByText("by a person").waitFor();
    const [first] = (await store.traces.get("tr-7")).assessments;
    expect(first).toMatchObject({ kind: "feedback", name: "quality", value: 0.5, rationale: HOSTILE, sourceType: "HUMAN" });
    await card.getByRole("button", { name: "Change quality…" }).click();
    await page.getByLabel(/^Value/).fill("true");
    await page.getByLabel("Why").fill("");
    await page.getByRole("button", { name: "Save" }).click();
    await card.getByText("true", { exact: true }).waitFor();
    expect((await store.traces.get("tr-7")).assessments).toMatchObject([{ value: true, rationale: null }]);

    await card.getByRole("button", { name: "Assess…" }).click();
    await page.getByLabel("Kind").selectOption("expectation");
    await page.getByLabel("Name").fill("answer");
    await page.getByLabel(/^Value/).fill("fourteen");
    await page.keyboard.press("Tab");
    await page.getByRole("button", { name: "Save" }).click();
    await card.getByText("expected by a person").waitFor();
    await card.getByRole("button", { name: "Delete quality…" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await expect.poll(() => card.getByRole("listitem").count()).toBe(1);
    expect((await store.traces.get("tr-7")).assessments).toMatchObject([{ kind: "expectation", value: "fourteen" }]);

    const source = { source_type: "LLM_JUDGE", source_id: "a judge" };
    await fetch(`${url}/api/3.0/mlflow/traces/tr-7/assessments`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ assessment: { assessment_name: "judged", source, feedback: { error: { error_message: "no verdict" } } } }),
    });
    await card.getByText("no verdict").waitFor();
    expect(errors).toEqual([]);
  });

  it("delete a trace after it was confirmed", async () => {
    const { url, store } = await traced();
    const { page, errors } = await open(url, "traces/tr-7");
    await page.getByRole("button", { name: "Delete…" }).first().click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await expect.poll(() => page.locator(".total").textContent()).toBe("59 traces");
    expect(await store.traces.read(["tr-7"])).toEqual([]);
    expect(errors).toEqual([]);
  });
});
