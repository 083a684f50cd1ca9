import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { takeLock, withFileLock } from "./file-lock.js";
import { ownIdentity } from "./process-identity.js";

const GONE = { ...ownIdentity(), pid: 4_000_000, token: "x" };

describe("a lock file", () => {
  it("is held by one, and free again afterwards", () => {
    const folder = temporaryFolder();
    const lock = takeLock(join(folder, "lock"));
    expect(takeLock(join(folder, "lock"))).toEqual({ owner: process.pid });
    if (lock.owner === undefined) lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ["a process that is gone", GONE],
    ["one whose number another process has now", { ...GONE, pid: process.ppid, started: "1" }],
    ["the same number of a process before this one, as in a container", { ...GONE, pid: process.pid, started: "1" }],
    ["nobody", ""],
    ["a process that is gone, written by an earlier version", 4_000_000],
  ])("is taken over from %s", (_, content) => {
    const path = join(temporaryFolder(), "lock");
    writeFileSync(path, content === "" ? "" : JSON.stringify(content));
    utimesSync(path, 0, 0);
    const lock = takeLock(path);
    expect(lock.owner).toBeUndefined();
    if (lock.owner === undefined) lock.release();
  });

  it("is left to another machine's process as long as it is heard of", () => {
    const path = join(temporaryFolder(), "lock");
    writeFileSync(path, JSON.stringify({ ...GONE, place: "elsewhere" }));
    expect(takeLock(path).owner).toBe(GONE.pid);
    utimesSync(path, 0, 0);
    expect(takeLock(path).owner).toBeUndefined();
  });

  it("is released when the work under it fails", async () => {
    const folder = temporaryFolder();
    await expect(withFileLock(join(folder, "lock"), () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(readdirSync(folder)).toEqual([]);
  });
});
