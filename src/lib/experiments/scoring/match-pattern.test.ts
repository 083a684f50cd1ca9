import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { jsonScorer } from "./json-schema.js";
import { matchesPattern } from "./match-pattern.js";
import { regexScorer, rowPatternScorer } from "./pattern.js";

const ENDLESS = "^(a+)+$";
const ANSWER = `${"a".repeat(60)}b`;
const row = { id: "1", fields: { pattern: ENDLESS }, answers: [] } as never;

function schemaScorer() {
  const path = join(temporaryFolder(), "schema.json");
  writeFileSync(path, JSON.stringify({ type: "string", pattern: ENDLESS }));
  return jsonScorer(path);
}

it("says whether an expression matches", () => {
  expect(matchesPattern(/^\d+$/u, "12")).toBe(true);
  expect(matchesPattern(/^\d+$/u, "twelve")).toBe(false);
});

it.each([
  ["of the scorer", () => regexScorer(ENDLESS), ANSWER],
  ["of the row", () => rowPatternScorer, ANSWER],
  ["of a JSON schema", schemaScorer, JSON.stringify(ANSWER)],
])("an expression %s that would never end fails for this answer, and holds up nothing for longer", async (_, scorer, text) => {
  const error = await errorOf(() => scorer().score(row, { text } as never, {} as never));
  expect(error).toMatchObject({ code: "SCORER_FAILED", message: expect.stringContaining("takes longer than 1 s") as string });
});
