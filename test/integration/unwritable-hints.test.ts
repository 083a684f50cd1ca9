import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { errorOf } from "../helpers/error-of.js";
import { TrialLog } from "../../src/lib/experiments/optimize/trial-log.js";
import { journalUnwritable } from "../../src/lib/tracking/journal/journal-folder.js";
import { RecordedPoints } from "../../src/lib/tracking/recorded-points.js";

/** A folder in which a folder stands where the file should be: even root may not write it. */
function blocked(name: string): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, name));
  return folder;
}

/** A folder whose own name is that of a file. */
function fileAsFolder(): string {
  const path = join(temporaryFolder(), "file");
  writeFileSync(path, "");
  return path;
}

it.each([
  ["a study's points", () => new RecordedPoints(join(fileAsFolder(), "points.jsonl")).place("r", [{ key: "k", value: 1 }])],
  ["the trials of a search", () => new TrialLog(blocked("trials.jsonl")).write(0, {})],
  [
    "the journal",
    () => {
      throw journalUnwritable("journal", Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" }));
    },
  ],
])("%s that may not be written are no matter of space", async (_, write) => {
  const error = await errorOf(write);
  expect(error).toMatchObject({ code: "STORE_UNWRITABLE", hint: expect.stringContaining("Make the folder writable") as string });
  expect(error.hint).not.toContain("space");
});
