import { randomUUID } from "node:crypto";
import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { takeLock } from "./file-lock.js";
import { newDraftTag } from "./left-drafts.js";
import { ownIdentity, ownMark } from "./process-identity.js";
import { writeWhole, writeWholeStream } from "./write-whole.js";

const TWO_HOURS_AGO = Date.now() / 1000 - 7200;
const mark = ownMark();
/** This process's mark, of another number or start; and one of another machine. */
const [gone, before, elsewhere] = [mark.replace(/^\d+/, "4000000"), mark.replace(/.{8}$/, "00000000"), `${process.pid}.${"0".repeat(16)}`];

function leave(folder: string, name: string, { content = "half", old = false } = {}): string {
  writeFileSync(join(folder, name), content);
  if (old) utimesSync(join(folder, name), TWO_HOURS_AGO, TWO_HOURS_AGO);
  return name;
}

describe("drafts of killed writers", () => {
  const writers = {
    writeWhole: (path: string) => Promise.resolve(writeWhole(path, "whole")),
    writeWholeStream: (path: string) => writeWholeStream(path, "whole"),
  };

  it.each(Object.entries(writers))("go with the next write beside them, those of living or unknown ones stay: %s", async (_, write) => {
    const folder = temporaryFolder();
    for (const writer of [gone, before]) leave(folder, `.${writer}-${randomUUID()}.draft`);
    for (const writer of [`${elsewhere}-`, ""]) leave(folder, `.${writer}${randomUUID()}.draft`, { old: true });
    const kept = [
      leave(folder, `.${newDraftTag()}.draft`, { old: true }),
      leave(folder, `.${elsewhere}-${randomUUID()}.draft`),
      leave(folder, `.${randomUUID()}.draft`),
      leave(folder, "mine.draft", { old: true }),
    ];
    await write(join(folder, "file"));
    expect(readdirSync(folder).sort()).toEqual([...kept, "file"].sort());
  });

  it("of a lock go when it is taken, as do locks of its former contents; another lock's stay", () => {
    const folder = temporaryFolder();
    const own = ownIdentity();
    const dead = JSON.stringify({ ...own, pid: 4_000_000, token: "x" });
    const alive = JSON.stringify({ ...own, token: "x" });
    const digest = "0123456789abcdef";
    for (const name of [`lock.${randomUUID()}`, `lock.${digest}`, `lock.${digest}.${randomUUID()}`]) leave(folder, name, { content: dead });
    leave(folder, `lock.${randomUUID()}`, { content: "", old: true });
    const kept = [
      leave(folder, `lock.${randomUUID()}`, { content: alive, old: true }),
      leave(folder, `lock.${randomUUID()}`, { content: "" }),
      leave(folder, `other.lock.${randomUUID()}`, { content: dead }),
      leave(folder, "lock.json", { content: dead, old: true }),
    ];
    const lock = takeLock(join(folder, "lock"));
    expect(readdirSync(folder).sort()).toEqual([...kept, "lock"].sort());
    if (lock.owner === undefined) lock.release();
  });
});
