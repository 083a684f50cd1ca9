import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
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
});
