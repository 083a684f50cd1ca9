import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { everyPage, goTo } from "../helpers/every-page.js";
import { lacks } from "../helpers/tools.js";
import { useBrowser } from "../helpers/web-server.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core"), "utf8");
async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResults>("axe.run()");
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`.slice(0, 600));
}

describe.skipIf(lacks("chromium"))("every page of the web application", () => {
  const open = useBrowser();

  it.each(["light", "dark"] as const)("has no serious fault of accessibility: %s", async (colorScheme) => {
    const { url, places } = await everyPage();
    const { page, errors } = await open(url, "", { colorScheme, viewport: { width: 1440, height: 900 } });
    const faults: Record<string, string[]> = {};
    for (const [name, place] of Object.entries(places)) {
      await goTo(page, `${url}/app/${place}`);
      faults[name] = await seriousFaults(page);
    }
    expect(faults).toEqual(Object.fromEntries(Object.keys(places).map((name) => [name, []])));
    expect(errors).toEqual([]);
  });

  it("fits a phone", async () => {
    const { url, places } = await everyPage();
    const { page, errors } = await open(url, "", { viewport: { width: 390, height: 844 } });
    const widths: Record<string, unknown> = {};
    for (const [name, place] of Object.entries(places)) {
      await goTo(page, `${url}/app/${place}`);
      widths[name] = await page.evaluate("document.documentElement.scrollWidth");
    }
    expect(widths).toEqual(Object.fromEntries(Object.keys(places).map((name) => [name, 390])));
    expect(errors).toEqual([]);
  });
});
