import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { storePages } from "../../src/lib/report/store-pages.js";
import { openLocalStore } from "../../src/lib/tracking/open-local-store.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { trackingServer } from "../helpers/tracking-server.js";

/** A folder as the build of the application makes it. */
function built(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), "<!doctype html><title>app</title>");
  writeFileSync(join(folder, "assets/main-1a2b.js"), "export {};");
  writeFileSync(join(folder, ".secret"), "secret");
  return folder;
}

describe("the web application", () => {
  it("is below /app/, with its index for every place within it, under a strict policy", async () => {
    const { url } = await trackingServer({ application: built() });
    for (const place of ["", "experiments/1/runs/abc", "models/a%2Fb%20%3Cscript%3E", "x.y", ".secret", "%2e%2e%2f%2e%2e%2fetc%2fpasswd"]) {
      const answer = await fetch(`${url}/app/${place}`);
      expect(answer.status, place).toBe(200);
      expect(await answer.text(), place).toContain("<title>app");
      expect(answer.headers.get("cache-control")).toBe("no-cache");
      expect(answer.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self';.*frame-ancestors 'none'$/);
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    }
    const bare = await fetch(`${url}/app`, { redirect: "manual" });
    expect([bare.status, bare.headers.get("location")]).toEqual([308, "/app/"]);
  });

  it("has assets that browsers keep, and no page in place of one that is gone", async () => {
    const { url } = await trackingServer({ application: built() });
    const script = await fetch(`${url}/app/assets/main-1a2b.js`);
    expect(script.headers.get("content-type")).toMatch(/javascript/);
    expect(script.headers.get("cache-control")).toContain("immutable");
    const etag = script.headers.get("etag") ?? "";
    expect(
      (await fetch(`${url}/app/assets/main-1a2b.js`, { headers: { "if-none-match": etag, "cache-control": "max-age=0" } })).status,
    ).toBe(304);
    expect((await fetch(`${url}/app/assets/main-0000.js`)).status).toBe(404);
  });

  it("says so where it was not built", async () => {
    const { url } = await trackingServer({ application: join(temporaryFolder(), "none") });
    const answer = await fetch(`${url}/app/runs`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain("npm run build");
  });

  it("is where MLflow's links lead: the first page alone runs the script that forwards them", async () => {
    const store = openLocalStore(temporaryFolder(), { create: true });
    const { url } = await trackingServer({ application: built(), pages: storePages(store) });
    const home = await fetch(`${url}/`);
    expect(await home.text()).toContain('<script src="/app-forward.js"></script>');
    expect(home.headers.get("content-security-policy")).toContain("script-src 'self' 'sha256-");
    const script = await (await fetch(`${url}/app-forward.js`)).text();
    const forwarded = (hash: string) => {
      let to: string | undefined;
      // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the script as a browser runs it
      new Function("location", script)({ hash, replace: (place: string) => (to = place) });
      return to;
    };
    expect(forwarded("#/experiments/1/runs/abc")).toBe("/app/experiments/1/runs/abc");
    expect(forwarded("")).toBeUndefined();
    expect(forwarded("#part")).toBeUndefined();
    expect(forwarded("#//evil.example")).toBe("/app//evil.example");
    const other = await fetch(`${url}/experiments/0`);
    expect(other.headers.get("content-security-policy")).not.toContain("'self'");
    await store.close();
  });
});
