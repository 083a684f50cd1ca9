import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, it } from "vitest";
import { typedBy } from "./study-options.js";

it("a command line is one that a shell reads back", () => {
  expect(typedBy({ name: "llmops bench", argv: ["--slo", "ttft<60ms@95%", "-c", "1,2"] })).toBe(
    "llmops bench --slo 'ttft<60ms@95%' -c 1,2",
  );
  expect(typedBy({ name: "llmops bench", argv: ["http://anna:secret@host:1/v1"] })).toBe("llmops bench http://host:1/v1");
  const word = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0") && !text.includes("@"));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (argv) => {
      const printed = execFileSync("sh", ["-c", typedBy({ name: "printf '%s\\0'", argv })], { encoding: "utf8" });
      expect(printed).toBe(argv.map((one) => `${one}\0`).join(""));
    }),
    { endOnFailure: true, numRuns: 50 },
  );
});
