import { describe, expect, it } from "vitest";
import { lacks } from "../helpers/tools.js";
import { useBrowser, webServer } from "../helpers/web-server.js";

const HOSTILE = "<img src=x onerror=window.hacked=1>";

describe.skipIf(lacks("chromium"))("a table in a file of a run", () => {
  const openPage = useBrowser();

  async function open(files: Record<string, string>) {
    const { url, store } = await webServer();
    const { runId, artifactUri } = await store.createRun({ experimentId: "0", runName: "run", startTime: 1 });
    for (const [path, content] of Object.entries(files)) await store.artifacts.write(artifactUri, path, content);
    const { page, errors } = await openPage(url, `runs/${runId}`);
    await page.getByRole("tab", { name: "Artifacts" }).click();
    const file = async (path: string) => page.getByRole("navigation", { name: "Files" }).getByText(path).click();
    const firstCells = () => page.locator(".artifact-rows tbody tr[data-index] td:first-child").allTextContents();
    return { page, errors, file, firstCells };
  }

  it("shows the rows in view of 50,000, sorts and searches all of them, and runs nothing that stands in them", async () => {
    const lines = Array.from({ length: 50_000 }, (_, i) => `${i},${i === 40_000 ? HOSTILE : `answer ${i % 97}`},${(i * 7919) % 50_021}`);
    const { page, errors, file, firstCells } = await open({ "rows.csv": `id,answer,score\n${lines.join("\n")}\n` });
    const sent: number[] = [];
    page.on("response", (response) => {
      if (response.url().includes("/artifacts/table"))
        void response.body().then(
          (body) => sent.push(body.length),
          () => undefined,
        );
    });
    await file("rows.csv");
    await expect.poll(async () => (await firstCells())[0]).toBe("0");
    await page.getByText("50,000 rows").waitFor();
    const rows = page.getByRole("region", { name: "Rows", exact: true });
    const lastCell = async () => {
      await rows.evaluate((element) => element.scrollTo(0, element.scrollHeight)); // rows are as high as they turn out to be
      return (await firstCells()).at(-1);
    };
    await expect.poll(lastCell).toBe("49,999");
    expect(await page.locator(".artifact-rows tbody tr").count()).toBeLessThan(100);
    await page.getByRole("columnheader", { name: "score" }).getByRole("button").click();
    await page.getByRole("columnheader", { name: "score" }).getByRole("button").click();
    await expect.poll(() => page.locator(".artifact-rows td:nth-child(3)").first().textContent()).toBe("50,020");
    await page.getByRole("searchbox", { name: "Find rows" }).fill("onerror");
    await page.getByText("1 of 50,000 rows").waitFor();
    await expect.poll(firstCells).toEqual(["40,000"]);
    expect(await page.evaluate(() => (globalThis as { hacked?: number }).hacked)).toBeUndefined();
    expect(Math.max(...sent)).toBeLessThan(50_000);
    expect(errors).toEqual([]);
  });

  it("is a table of MLflow's evaluation too; what is not a table is shown as its source, or says why", async () => {
    const table = {
      columns: ["question", "exact"],
      data: [
        ["q1", 1],
        ["q2", null],
      ],
    };
    const files = { "eval.json": JSON.stringify(table), "study.json": '{"schema": "x"}', "binary.csv": "a,b\n1,\0\n" };
    const { page, errors, file, firstCells } = await open(files);
    await file("eval.json");
    await expect.poll(firstCells).toEqual(["q1", "q2"]);
    await page.getByRole("button", { name: "Show the source" }).click();
    await page.getByText("columns").waitFor();
    await file("study.json");
    await page.locator(".artifact-view").getByText("schema").waitFor();
    await file("binary.csv");
    await page.getByText("byte 7 is a NUL").waitFor();
    expect(errors).toEqual([]);
  });

  it("is text, cut, where it is JSON too long for a tree", async () => {
    const [long, short] = [2_000_001, 100_001].map((length) => JSON.stringify(Array.from({ length }, (_, i) => i % 10)));
    const { page, errors, file } = await open({ "long.json": long ?? "", "short.json": short ?? "" });
    await file("long.json");
    await page.getByText("The file is longer than what is shown").waitFor();
    expect(await page.locator(".artifact-view .json").count()).toBe(0);
    await file("short.json");
    await page.locator(".artifact-view").getByText("[100,001]").waitFor();
    await page.getByRole("button", { name: "99,901 more" }).waitFor();
    expect(await page.locator(".artifact-view .json-leaf").count()).toBe(100);
    expect(errors).toEqual([]);
  });
});
