import { fileURLToPath } from "node:url";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { LocalEvidence } from "../../src/app/tracking/evidence/store-evidence.js";
import { LocalMonitors } from "../../src/app/tracking/monitors/local-monitors.js";
import { openLocalStore } from "../../src/lib/tracking/open-local-store.js";
import type { PlaygroundOptions } from "../../src/lib/tracking/server/playground.js";
import { startTrackingServer } from "../../src/lib/tracking/server/start-tracking-server.js";
import { temporaryFolder } from "./temporary-folder.js";
import { CHROMIUM } from "./tools.js";
import type { TestServer } from "./tracking-server.js";

const WEB = fileURLToPath(new URL("../../dist/web", import.meta.url));

/** A server with the web application and all it asks, over a new store, closed when the test ends. */
export async function webServer(folder = temporaryFolder(), playground?: PlaygroundOptions): Promise<TestServer> {
  const store = openLocalStore(folder, { create: true });
  const evidence = new LocalEvidence(store);
  const server = await startTrackingServer(store, {
    ...{ host: "127.0.0.1", port: 0, allowedHosts: [], allowedOrigins: [], token: undefined },
    ...{ application: WEB, evidence, monitors: new LocalMonitors(store), playground },
  });
  onTestFinished(async () => {
    await server.close();
    await evidence.close();
    await store.close();
  });
  return { url: server.url, folder, store };
}

type Open = (url: string, place: string, options?: BrowserContextOptions) => Promise<{ page: Page; errors: string[] }>;

/** A browser for the tests of a group: opens places of the application, with the errors of its scripts and what its policy forbade. */
export function useBrowser(): Open {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ["--no-sandbox"] });
  });
  afterAll(() => browser.close());
  return async (url, place, options = {}) => {
    const context = await browser.newContext(options);
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => {
      if (/Content Security Policy/.test(message.text())) errors.push(message.text());
    });
    await page.goto(`${url}/app/${place}`);
    return { page, errors };
  };
}
