import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { trackingServer } from "../helpers/tracking-server.js";

const API = "api/2.0/mlflow-artifacts/artifacts";

describe("artifacts of a server that listens", () => {
  it("have names of 215 to 255 bytes, and a longer one is refused with the limit", async () => {
    const { url } = await trackingServer();
    for (const length of [214, 215, 230, 254, 255]) {
      const path = `${url}/${API}/0/run/artifacts/${"x".repeat(length)}`;
      expect([length, (await fetch(path, { method: "PUT", body: `${length}` })).status]).toEqual([length, 200]);
      expect(await (await fetch(path)).text()).toBe(`${length}`);
    }
    const long = await fetch(`${url}/${API}/0/run/artifacts/${"x".repeat(256)}`, { method: "PUT", body: "x" });
    expect([long.status, await long.text()]).toEqual([400, expect.stringContaining("at most 255") as string]);
    const listed = (await (await fetch(`${url}/${API}?path=0/run/artifacts`)).json()) as { files: unknown[] };
    expect(listed.files).toHaveLength(5);
  });

  it("are not behind links that lead nowhere or outside: refused, and never a failure of the server", async () => {
    const { url, folder } = await trackingServer();
    const outside = temporaryFolder();
    writeFileSync(join(outside, "secret"), "secret");
    const inside = join(folder, "mlartifacts", "0", "run", "artifacts");
    mkdirSync(inside, { recursive: true });
    writeFileSync(join(inside, "plain"), "plain");
    symlinkSync("/nowhere/at/all", join(inside, "broken"));
    symlinkSync("circle", join(inside, "circle"));
    symlinkSync(join(outside, "secret"), join(inside, "leaving"));
    symlinkSync(outside, join(inside, "folder"));
    for (const name of ["broken", "circle", "leaving", "folder/secret", "folder/new"]) {
      for (const method of ["GET", "PUT", "DELETE"]) {
        const answer = await fetch(`${url}/${API}/0/run/artifacts/${name}`, { method, ...(method === "PUT" && { body: "changed" }) });
        expect([name, method, answer.status]).toEqual([name, method, 400]);
        expect(await answer.text()).not.toContain(dirname(outside));
      }
    }
    const listed = await fetch(`${url}/${API}?path=0/run/artifacts`);
    expect([listed.status, await listed.json()]).toEqual([200, { files: [{ path: "plain", is_dir: false, file_size: 5 }] }]);
  });

  it.each([".", "./", "%2e", "./.", "x/%2e%2e", ".//./", ""])("are not all deleted at once by asking for %j", async (path) => {
    const { url, folder } = await trackingServer();
    expect((await fetch(`${url}/${API}/0/run/artifacts/kept`, { method: "PUT", body: "content" })).status).toBe(200);
    // not fetch, which takes dots out of a path before it sends it
    expect(await statusOf(new URL(url), "DELETE", `/${API}/${path}`)).toBe(400);
    expect(readFileSync(join(folder, "mlartifacts", "0", "run", "artifacts", "kept"), "utf8")).toBe("content");
  });

  it("are not pipes, and whoever sends what is refused is told why", async () => {
    const { url, folder } = await trackingServer();
    const inside = join(folder, "mlartifacts", "0", "run", "artifacts");
    mkdirSync(join(inside, "folder"), { recursive: true });
    execFileSync("mkfifo", [join(inside, "pipe")]);
    for (const name of ["pipe", "folder", "x".repeat(256)]) {
      const answer = await fetch(`${url}/${API}/0/run/artifacts/${name}`, { method: "PUT", body: "content" });
      expect([name, answer.status, await answer.text()]).toEqual([name, 400, expect.stringContaining("INVALID_PARAMETER_VALUE")]);
    }
  });
});

describe("searches beyond the store's limits", () => {
  const manyMetrics = (count: number, suffix: string) => Array.from({ length: count }, (_, index) => `metrics.m${index}${suffix}`);
  it.each([
    ["conditions", { filter: Array.from({ length: 2_000 }, () => "metrics.a > 1").join(" and ") }],
    ["metrics", { filter: manyMetrics(200, " > 1").join(" and ") }],
    ["values", { filter: `attributes.run_id IN (${Array.from({ length: 40_000 }, (_, index) => `'${index}'`).join(",")})` }],
    ["columns to order by", { order_by: manyMetrics(70, "") }],
    ["columns to order by, far beyond", { order_by: manyMetrics(3_000, "") }],
  ])("are refused, not failures of the server: %s", async (_what, query) => {
    const { url } = await trackingServer();
    const body = JSON.stringify({ experiment_ids: ["0"], ...query });
    const answer = await fetch(`${url}/api/2.0/mlflow/runs/search`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining("too large for the store")]);
  });
});

function statusOf({ hostname, port }: URL, method: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, method, path }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on("error", reject).end();
  });
}
