import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findDelimiter, readRecords } from "./csv-records.js";

function recordsOf(text: string, delimiter: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  readRecords(text, delimiter, {
    take: (place, cell) => void (record[place] = cell),
    end: () => {
      records.push(record);
      record = [];
    },
  });
  return records;
}

const letters = fc.string({ unit: fc.constantFrom("a", "é", "😀", '"', ",", ";", "\t", "|", "\n", "\r", " ", "="), maxLength: 8 });
const delimiters = fc.constantFrom(",", ";", "\t", "|");
const ends = fc.constantFrom("\n", "\r\n");

describe("records of delimited text", () => {
  it("are what a library wrote, whatever stands in the cells", () => {
    fc.assert(
      fc.property(fc.array(fc.array(letters, { minLength: 1, maxLength: 5 })), delimiters, ends, (rows, delimiter, end) => {
        const written = stringify(rows, { delimiter, record_delimiter: end, quoted: true, quoted_empty: true });
        expect(recordsOf(written, delimiter)).toEqual(rows);
        expect(recordsOf(written.replace(/\r?\n$/, ""), delimiter)).toEqual(rows);
      }),
      { endOnFailure: true },
    );
  });

  it("end for any text, and have no cell twice", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r"), maxLength: 40 }), (text) => {
        let [place, ended] = [-1, true];
        readRecords(text, ",", {
          take: (next) => {
            expect(next).toBe(ended ? 0 : place + 1);
            [place, ended] = [next, false];
          },
          end: () => (ended = true),
        });
        expect(ended).toBe(true);
      }),
      { endOnFailure: true },
    );
  });

  it("are divided by what divides the heading, outside of quotes", () => {
    fc.assert(
      fc.property(fc.array(letters, { minLength: 2, maxLength: 5 }), delimiters, (names, delimiter) => {
        expect(
          findDelimiter(stringify([names, ["x;;;;;;;;;;;;", "y,,,,,,,,,,,"]], { delimiter, quoted: true, quoted_empty: true }), false),
        ).toBe(delimiter);
      }),
      { endOnFailure: true },
    );
  });
});
