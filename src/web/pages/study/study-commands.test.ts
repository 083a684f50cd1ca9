import { expect, it } from "vitest";
import { commandsOf } from "./study-commands.js";

const sweep = { next: "llmops sweep --resume x", start: "llmops sweep temperature 0,1 --json" };
const bench = { next: "llmops bench http://a --json", start: "llmops bench http://a --json" };

it("a study that is not finished is continued or repeated, and a finished one repeated", () => {
  const repeat = "llmops sweep temperature 0,1";
  expect(commandsOf({ ...sweep, statuses: ["KILLED", ""] })).toEqual({ resume: sweep.next, repeat });
  expect(commandsOf({ ...sweep, statuses: ["FINISHED", "budget spent"] })).toEqual({ resume: sweep.next, repeat });
  expect(commandsOf({ ...sweep, statuses: ["FINISHED", "finished"] })).toEqual({ resume: undefined, repeat });
  expect(commandsOf({ ...sweep, start: undefined, statuses: ["RUNNING", ""] })).toEqual({ resume: sweep.next, repeat: undefined });
});

it.each([undefined, bench.start])("a load test is repeated, and never resumed, also before it has a document: %s", (start) => {
  const repeat = "llmops bench http://a";
  for (const status of ["RUNNING", "FINISHED", "KILLED", "FAILED"]) {
    expect(commandsOf({ ...bench, start, statuses: [status, ""] })).toEqual({ resume: undefined, repeat });
  }
});
