import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { withFileLock } from "../../src/lib/base/files/file-lock.js";
import { ownIdentity } from "../../src/lib/base/files/process-identity.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const COUNTER = fileURLToPath(new URL("../helpers/count-under-lock.mjs", import.meta.url));
const PROCESSES = 20;
const EACH = Number(process.env["LLMOPS_PROPERTY_RUNS"] ?? 5);
const GONE = { ...ownIdentity(), pid: 4_000_000, token: "x" };

it(`lets ${PROCESSES} processes, of which some are killed while they hold it, count without losing one`, async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "lock"), JSON.stringify(GONE)); // all of them find it stale
  writeFileSync(join(folder, "count"), "0");
  const ended = Array.from({ length: PROCESSES }, (_, index) => {
    const child = spawn(process.execPath, [COUNTER, folder, String(EACH), index % 4 === 0 ? "dies" : "lives"], { stdio: "inherit" });
    return new Promise<number | null>((resolve) => child.on("close", resolve));
  });
  const codes = await Promise.all(ended);
  const dead = codes.filter((code) => code === null).length;
  expect([dead, codes.filter((code) => code === 0).length]).toEqual([PROCESSES / 4, (PROCESSES * 3) / 4]);
  expect(Number(readFileSync(join(folder, "count"), "utf8"))).toBe(PROCESSES * EACH);
  // the last to hold it may be one that was killed: then the next takes it over, and leaves nothing
  await withFileLock(join(folder, "lock"), () => undefined, { waitMs: 1000 });
  expect(readdirSync(folder)).toEqual(["count"]);
});
