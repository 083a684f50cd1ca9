import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";

const IN_PAGE = readFileSync(new URL("page-walk.mjs", import.meta.url), "utf8");
/** Of the pages of tests none has more. */
const MOST_STOPS = 600;

/** What is below is made once it is nearly seen, and some is enabled once it is loaded: further laps find it. */
const MOST_LAPS = 8;

/** Goes through a page with the Tab key alone until all of it was reached; what is wrong with how it went. */
export async function walkWithTab(page: Page): Promise<string[]> {
  await page.evaluate(IN_PAGE);
  let missed: string[] = [];
  for (let lap = 0; lap < MOST_LAPS; lap++) {
    const faults = await walkOnce(page);
    if (faults.length > 0) return faults;
    missed = await page.evaluate<string[]>("walk.missed()");
    if (missed.length === 0) return [];
  }
  return missed.map((name) => `${name} is never reached`);
}

async function walkOnce(page: Page): Promise<string[]> {
  await page.evaluate("walk.restart()");
  const faults: string[] = [];
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    await page.keyboard.press("Tab");
    const seen = await page.evaluate<{ isEnd: boolean; faults: string[] }>("walk.visit()");
    faults.push(...seen.faults);
    if (seen.isEnd) return faults;
  }
  return [...faults, `${MOST_STOPS} stops lead nowhere`];
}

/** What of a page is cut off, or wider than its window. */
export async function cutTexts(page: Page): Promise<string[]> {
  await page.evaluate(IN_PAGE);
  return page.evaluate<string[]>("walk.cut()");
}
