import { describe, expect, it } from "vitest";
import { parseFilter, parseOrder } from "./grammar.js";
import { RUN_FILTER, RUN_ORDER } from "./grammars.js";
import { quoteText } from "./quote.js";

/** Milliseconds that reading takes, whether it succeeds or not. */
function msOf(read: () => unknown): number {
  const begun = performance.now();
  try {
    read();
  } catch {
    // what is refused is refused quickly too
  }
  return performance.now() - begun;
}

describe("what a search is ordered by", () => {
  it.each([
    ["metrics.acc DESC", "acc", false],
    ["  metrics.`my acc`  ", "my acc", true],
    ['params."a b" asc', "a b", true],
    ["attributes.start_time", "start_time", true],
    ["attributes.run name DESC", "run_name", false],
  ])("%s is read", (text, key, ascending) => {
    expect(parseOrder([text], RUN_ORDER)).toMatchObject([{ ascending }]);
    expect(JSON.stringify(parseOrder([text], RUN_ORDER))).toContain(key);
  });

  it.each(['""', "``", '"', "`", "a", " ", '" ', "` `", "run name", ".run name"])(
    "is read or refused at once, of %j a hundred thousand times too",
    (piece) => {
      for (const length of [40, 100_000]) {
        for (const end of ["", " a b", "\\n", '"', "!"]) {
          const text = piece.repeat(Math.ceil(length / piece.length)) + end;
          expect(msOf(() => parseOrder([text], RUN_ORDER))).toBeLessThan(500);
          expect(msOf(() => parseFilter(text, RUN_FILTER))).toBeLessThan(500);
        }
      }
    },
  );
});

describe("texts of a filter", () => {
  it.each([
    ["tags.q = 'it''s'", "it's"],
    ["tags.q = ''''", "'"],
    ["tags.q = ''", ""],
    [`tags.q = "it's"`, "it's"],
    [`tags.q = "a''b"`, "a''b"],
  ])("%s has two apostrophes for one", (filter, value) => {
    expect(parseFilter(filter, RUN_FILTER)).toMatchObject([{ value }]);
  });

  it.each(["plain", "it's", 'say "so"', `it's "so"`, "''"])("%j is written so that it is read again", (text) => {
    expect(parseFilter(`tags.q = ${quoteText(text)}`, RUN_FILTER)).toMatchObject([{ value: text }]);
  });

  it("may not begin and never end", () => {
    expect(() => parseFilter("tags.q = 'it''s", RUN_FILTER)).toThrow("Invalid clause");
  });
});
