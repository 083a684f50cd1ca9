import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium, type BrowserContextOptions, type Page } from "playwright-core";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./temporary-folder.js";
import { CHROMIUM } from "./tools.js";

/**
 * Opens a page from a file, in a browser that is offline and closed when the test ends; `errors` collects what the page complains of,
 * what its policy forbids, and what it asks of anything but itself.
 */
export async function openFilePage(html: string, options: BrowserContextOptions = {}): Promise<{ tab: Page; errors: string[] }> {
  const path = join(temporaryFolder(), "page.html");
  writeFileSync(path, html);
  const browser = await chromium.launch({ executablePath: CHROMIUM!, args: ["--no-sandbox"] });
  onTestFinished(() => browser.close());
  const context = await browser.newContext({ offline: true, ...options });
  const tab = await context.newPage();
  const errors: string[] = [];
  tab.on("pageerror", (error) => errors.push(String(error)));
  tab.on("console", (message) => (message.type() === "error" || message.type() === "warning") && errors.push(message.text()));
  const { href } = pathToFileURL(path);
  tab.on("request", (request) => {
    const isOwn = request.url() === href || request.url().startsWith("data:");
    if (!isOwn) errors.push(`asks for ${request.url()}`);
  });
  await tab.goto(href);
  return { tab, errors };
}
