import { expect, it } from "vitest";
import { outputFlag } from "./output-flags.js";
import { absoluteOutputs, withoutRepeated } from "./resumable-command.js";

const FLAGS = {
  trials: { type: "option" as const, char: "n" as const },
  race: { type: "boolean" as const },
  scorer: { type: "option" as const, multiple: true },
  max_tokens: { type: "option" as const, aliases: ["max-tokens"] },
};

it("takes what is given now in place of what was given then", () => {
  const then = ["temperature=0..1", "--trials", "10", "--race", "--scorer", "exact", "--max-tokens=5", "-n", "4", "--other", "x"];
  expect(withoutRepeated(then, ["--resume", "last"], FLAGS)).toEqual(then);
  expect(withoutRepeated(then, ["--trials=20", "--no-race", "--scorer", "contains", "--max_tokens", "9"], FLAGS)).toEqual([
    ...["temperature=0..1", "--scorer", "exact", "--other", "x"],
  ]);
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
