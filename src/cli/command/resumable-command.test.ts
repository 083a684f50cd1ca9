import { expect, it } from "vitest";
import { outputFlag } from "../flags/output-flags.js";
import { absoluteOutputs, joinedArgv } from "./resumable-command.js";

const FLAGS = {
  trials: { type: "option" as const, char: "n" as const },
  race: { type: "boolean" as const },
  resume: { type: "option" as const },
  scorer: { type: "option" as const, multiple: true, multipleNonGreedy: true },
  judge: { type: "option" as const, multiple: true, multipleNonGreedy: true },
  pairwise: { type: "option" as const, multiple: true },
  max_tokens: { type: "option" as const, aliases: ["max-tokens"] },
};

it("takes what is given now in place of what was given then", () => {
  const then = ["temperature=0..1", "--trials", "10", "--race", "--scorer", "exact", "--max-tokens=5", "-n", "4", "--other", "x"];
  expect(joinedArgv(then, ["--resume", "last"], FLAGS)).toEqual([...then, "--resume", "last"]);
  const now = ["--trials=20", "--no-race", "--scorer", "contains", "--max_tokens", "9"];
  expect(joinedArgv(then, now, FLAGS)).toEqual(["temperature=0..1", "--scorer", "exact", "--other", "x", ...now]);
});

it("doubles nothing that is given again, however it is written", () => {
  const then = ["top_p=1", "--judge", "a", "--judge", "b", "--judge", "b", "--scorer=exact", "--pairwise", "x", "y"];
  expect(joinedArgv(then, [...then, "--resume", "last"], FLAGS)).toEqual([
    ...["top_p=1", "--judge", "a", "--judge", "b", "--judge", "b", "--scorer=exact", "--pairwise", "x", "--pairwise", "y"],
    ...["--resume", "last"],
  ]);
  const now = ["--pairwise", "y", "z", "--scorer", "exact", "--judge", "c"];
  expect(joinedArgv(then, now, FLAGS).slice(-4)).toEqual(["--pairwise", "z", "--judge", "c"]);
});

it("places outputs where the user stands, and nothing else", () => {
  const flags = { ...FLAGS, html: outputFlag("FILE", "page"), system: { type: "option" as const, char: "s" } };
  const given = ["--resume", "last", "--html", "a.html", "--system", "--html", "-s", "--html=x", "--html=/tmp/b.html", "--html=../c.html"];
  expect(absoluteOutputs(given, { flags, folder: "/work/b" })).toEqual([
    ...[
      "--resume",
      "last",
      "--html",
      "/work/b/a.html",
      "--system",
      "--html",
      "-s",
      "--html=x",
      "--html=/tmp/b.html",
      "--html=/work/c.html",
    ],
  ]);
});
