import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import pino from "pino";
import { describe, expect, it } from "vitest";
import { errorOf } from "../helpers/error-of.js";
import { canFillDisks, onFullDisk } from "../helpers/full-disk.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { trackingServer } from "../helpers/tracking-server.js";
import { bootMoment } from "../../src/lib/serving/access/boot-clock.js";
import { LimitLog } from "../../src/lib/serving/access/limit-log.js";
import { CassetteWriter } from "../../src/lib/inference/cassette/cassette-writer.js";
import type { Answer } from "../../src/lib/inference/gateway/call.js";
import { TrialLog } from "../../src/lib/experiments/optimize/trial-log.js";
import { StudyJournal, type StudyHeader } from "../../src/lib/experiments/study/study-journal.js";
import type { FinishedCell } from "../../src/lib/experiments/study/run-cell.js";
import { JournalFile } from "../../src/lib/tracking/journal/journal-file.js";
import { RecordedPoints } from "../../src/lib/tracking/recorded-points.js";
import { hintWhereFull } from "../../src/lib/base/errors/system-failures.js";
import { appendWhole } from "../../src/lib/base/files/append-whole.js";
import { takeLock } from "../../src/lib/base/files/file-lock.js";

const LONG = "x".repeat(3000);

/** Adds lines of 3000 bytes to what may have 4096, then one more once there is room; returns the lines that are there. */
function throughFullDisk(path: string, append: (text: string) => void): string[] {
  append(`first ${LONG}`);
  let refused = 0;
  onFullDisk(4096, () => {
    for (const text of ["second", "third"]) {
      try {
        append(`${text} ${LONG}`);
      } catch {
        refused += 1;
      }
    }
  });
  expect(refused).toBe(2);
  append(`last ${LONG}`);
  return readFileSync(path, "utf8").split("\n").filter(Boolean);
}

function attempt(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

const header: StudyHeader = { id: "s", command: "sweep", argv: [], folder: "", createdAt: "", status: "running", facts: {} };

function cell(text: string): FinishedCell {
  const usage = { promptTokens: 1, completionTokens: 1 };
  const completion = { text, finishReason: "stop", choices: [], usage, timing: { firstTokenMs: 1, totalMs: 1 } } as const;
  return { setting: 0, sample: 0, repeat: 0, seed: 1, outcome: { ok: true, completion, scores: {} } } as unknown as FinishedCell;
}

describe.runIf(canFillDisks)("on a disk that gets full, and has room again", () => {
  it("what is added at the end of a file is there whole or not at all", () => {
    const path = join(temporaryFolder(), "lines");
    const file = openSync(path, "a");
    const lines = throughFullDisk(path, (text) => appendWhole(file, `${text}\n`));
    closeSync(file);
    expect(lines.map((line) => line.split(" ")[0])).toEqual(["first", "last"]);
  });

  it.each([
    [
      "a study's cells",
      (folder: string) => {
        const journal = StudyJournal.create(folder, header);
        return { path: join(folder, "s", "cells.jsonl"), append: (text: string) => journal.append(0, cell(text)) };
      },
    ],
    [
      "the points of its runs",
      (folder: string) => {
        const path = join(folder, "metrics.jsonl");
        const points = new RecordedPoints(path);
        return { path, append: (key: string) => void points.place("run", [{ key, value: 1 }]) };
      },
    ],
    [
      "trials",
      (folder: string) => {
        const log = new TrialLog(folder);
        return { path: join(folder, "trials.jsonl"), append: (problem: string) => log.write(0, { problem }) };
      },
    ],
    [
      "recordings",
      (folder: string) => {
        const path = join(folder, "calls.jsonl");
        const writer = new CassetteWriter(path);
        const call = { method: "POST", path: "/", body: {} } as never;
        const answer = (text: string) => ({ kind: "whole", body: { text }, origin: {} }) as unknown as Answer;
        return { path, append: (text: string) => void writer.record(call, answer(text), 0) };
      },
    ],
    [
      "entries for a store",
      (folder: string) => {
        const journal = JournalFile.create(folder, "http://127.0.0.1:1");
        const append = (text: string) => journal.append({ op: "end", run: text, status: "FINISHED", endTime: 1 });
        return { path: journal.path, append };
      },
    ],
  ])("%s are lines of JSON, each whole", (_, open) => {
    const { path, append } = open(temporaryFolder());
    const lines = throughFullDisk(path, append).filter((line) => line.includes(LONG));
    expect(lines.map((line) => /(first|second|third|last) x/.exec(JSON.stringify(JSON.parse(line)))?.[1])).toEqual(["first", "last"]);
  });

  it("budgets know after a restart all that was let in, and let nothing in that they could not", async () => {
    const windowMs = 86_400_000;
    const daily = (amount: number) => [{ bucket: "a", amount, limit: 1e6, windowMs }];
    const step = fc.record({
      room: fc.option(fc.nat(260), { nil: undefined }),
      pays: fc.boolean(),
      amount: fc.integer({ min: 1, max: 99 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const folder = temporaryFolder();
        const open = () => new LimitLog(folder, { moment: bootMoment, onProblem: () => undefined });
        const used = (log: LimitLog) => log.look(daily(0)).states[0]?.used ?? 0;
        const log = open();
        log.book("first", daily(1));
        const running = new Map<string, number>();
        let [spent, worst] = [1, 1];
        for (const [i, { room, pays, amount }] of steps.entries()) {
          const [id, reserved] = (pays && [...running].at(-1)) || [];
          const work = () => {
            if (id === undefined) {
              if (attempt(() => log.book(`${i}`, daily(amount)))) running.set(`${i}`, amount);
            } else log.pay(id, [(reserved ?? 0) - 1]);
          };
          if (id !== undefined && running.delete(id)) spent += (reserved ?? 0) - 1;
          if (room === undefined) work();
          else onFullDisk(statSync(join(folder, "limits.1.log")).size + room, work);
          worst = spent + [...running.values()].reduce((sum, one) => sum + one, 0);
          expect(used(log)).toBe(worst);
          expect(used(open())).toBeGreaterThanOrEqual(worst);
        }
        log.book("last", daily(1));
        for (const one of [log, open()]) expect(used(one)).toBe(worst + 1);
        await log.close();
      }),
      { numRuns: 15 },
    );
  });

  it("a lock, a study and a journal that cannot be written leave nothing behind", async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "journal"));
    expect(() => onFullDisk(10, () => takeLock(join(folder, "lock")))).toThrow("EFBIG");
    await errorOf(() => onFullDisk(10, () => JournalFile.create(join(folder, "journal"), "http://127.0.0.1:1")));
    await errorOf(() => onFullDisk(10, () => StudyJournal.create(folder, header)));
    expect([readdirSync(folder), readdirSync(join(folder, "journal"))]).toEqual([["journal"], []]);
    const journal = JournalFile.create(join(folder, "journal"), "http://127.0.0.1:1");
    await errorOf(() => onFullDisk(100, () => journal.keepContent(LONG)));
    expect(readdirSync(join(folder, "journal")).filter((name) => name.endsWith(".blob"))).toEqual([]);
    journal.close();
  });

  it("a study whose end cannot be written says so, and can be resumed", async () => {
    const folder = temporaryFolder();
    const journal = StudyJournal.create(folder, header);
    journal.append(0, cell("kept"));
    const error = await errorOf(() => onFullDisk(10, () => journal.close({ finished: true })));
    journal.abandon(); // as what failed is cleared up after
    expect(error).toMatchObject({ code: "STORE_UNWRITABLE", hint: expect.stringContaining("Free some space") as string });
    expect(statSync(join(folder, "s", "cells.jsonl")).size).toBeGreaterThan(0);
    expect(JSON.parse(readFileSync(join(folder, "s", "study.json"), "utf8"))).toMatchObject({ status: "running" });
  });
});

describe("what is said of a full disk", () => {
  it("is that space has to be made, whoever notices it", () => {
    const enospc = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
    for (const cause of [enospc, new Error("database or disk is full"), new Error("it failed", { cause: enospc })]) {
      expect(hintWhereFull(cause, "otherwise")).toContain("Free some space");
    }
    expect(hintWhereFull(new Error("EACCES: permission denied"), "otherwise")).toBe("otherwise");
  });

  it("is one line of the MLflow server's log for each request, without a stack", async () => {
    const lines: string[] = [];
    const logger = pino({ level: "info" }, { write: (line: string) => void lines.push(line) });
    const server = await trackingServer({ logger });
    rmSync(join(server.folder, "mlartifacts"), { recursive: true });
    const path = "/api/2.0/mlflow-artifacts/artifacts/0/run/artifacts/a.txt";
    const answer = await fetch(server.url + path, { method: "PUT", body: "x" });
    expect([answer.status, await answer.json()]).toMatchObject([503, { error_code: "TEMPORARILY_UNAVAILABLE" }]);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ code: "TEMPORARILY_UNAVAILABLE", path });
    expect(lines[0]).not.toContain("at ");
  });
});
