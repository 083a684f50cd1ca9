import { describe, expect, it } from "vitest";
import { everyPage, goTo } from "../helpers/every-page.js";
import { lacks } from "../helpers/tools.js";
import { cutTexts, walkWithTab } from "../helpers/walk.js";
import { useBrowser } from "../helpers/web-server.js";

describe.skipIf(lacks("chromium"))("every page of the web application", () => {
  const open = useBrowser();

  it.each([
    ["a window", 1440, 900],
    ["a phone", 390, 844],
    ["a wall", 3840, 2160],
  ])("is reached with the Tab key, in its order, seen, and whole in %s", async (_, width, height) => {
    const { url, places } = await everyPage();
    const { page, errors } = await open(url, "", { viewport: { width, height } });
    const faults: Record<string, string[]> = {};
    for (const [name, place] of Object.entries(places)) {
      await goTo(page, `${url}/app/${place}`);
      faults[name] = [...(await cutTexts(page)), ...(await walkWithTab(page))];
    }
    expect(faults).toEqual(Object.fromEntries(Object.keys(places).map((name) => [name, []])));
    expect(errors).toEqual([]);
  });
});
