import { expect, it } from "vitest";
import { guardProcess } from "./process-guard.js";

const ENDINGS = ["beforeExit", "exit"] as const;
const UNCAUGHT = ["uncaughtException", "unhandledRejection"] as const;

const counts = (events: readonly string[]) => events.map((event) => process.listenerCount(event));

it("leaves no more behind however many commands a process runs", () => {
  guardProcess(() => undefined)();
  const before = counts([...ENDINGS, ...UNCAUGHT]);
  for (let command = 0; command < 20; command++) guardProcess(() => undefined)();
  expect(counts([...ENDINGS, ...UNCAUGHT])).toEqual(before);
});

it("watches the ending of the process while a command runs, and errors also after it", () => {
  guardProcess(() => undefined)();
  const idle = { endings: counts(ENDINGS), uncaught: counts(UNCAUGHT) };
  const done = guardProcess(() => undefined);
  expect(counts(ENDINGS)).toEqual(idle.endings.map((count) => count + 1));
  expect(counts(UNCAUGHT)).toEqual(idle.uncaught);
  done();
  expect(counts(ENDINGS)).toEqual(idle.endings);
  expect(counts(UNCAUGHT)).toEqual(idle.uncaught);
});
