import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseInPieces } from "./json-pieces.js";
import { atOnce } from "./slices.js";

const outcome = (parse: () => unknown) => {
  try {
    return { value: parse() };
  } catch {
    return "refused";
  }
};
const inPieces = (text: string, pieceBytes: number, parse: (text: string) => unknown = JSON.parse) =>
  atOnce(parseInPieces(Buffer.from(text), { parse, pieceBytes }));

const indents = fc.constantFrom(undefined, 1, "\t", "\n\r ");

describe("JSON that is read in pieces", () => {
  it("gives the value JSON.parse gives, whatever the length of a piece", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 60 }), indents, (value, pieceBytes, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(JSON.stringify(inPieces(text, pieceBytes))).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 2000 },
    );
  });

  it("gives long texts as they are, with all their escapes", () => {
    const unit = fc.constantFrom("a", '"', "\\", "\n", "é", "😀", "\ud83d", "u");
    const texts = fc.array(fc.string({ unit, maxLength: 60 }), { maxLength: 4 });
    const escaped = (text: string) =>
      text.replace(/[a-zé\ud800-\udfff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
    fc.assert(
      fc.property(texts, texts, fc.integer({ min: 1, max: 20 }), (list, more, pieceBytes) => {
        const text = JSON.stringify([list, Object.fromEntries(more.map((one, i) => [`k${i}`, one])), ...more]);
        expect(inPieces(text, pieceBytes)).toEqual(JSON.parse(text));
        const written = `[${list.map((one) => `"${escaped(one.replace(/["\\\n]/g, ""))}"`).join()}]`;
        expect(inPieces(written, pieceBytes)).toEqual(JSON.parse(written));
      }),
      { numRuns: 2000 },
    );
  });

  it("rests within a long text", () => {
    const seen: string[] = [];
    const parse = (text: string): unknown => (seen.push(text), JSON.parse(text));
    const steps = parseInPieces(Buffer.from(JSON.stringify({ messages: [{ content: "x".repeat(100_000) }] })), { parse, pieceBytes: 1000 });
    let rests = 0;
    while (steps.next().done !== true) rests++;
    expect(rests).toBeGreaterThanOrEqual(100);
    expect(Math.max(...seen.map(({ length }) => length))).toBeLessThan(1000);
  });

  it("is refused where JSON.parse refuses it, and only there", () => {
    const edit = fc.record({
      at: fc.nat(),
      drop: fc.nat(2),
      put: fc.constantFrom("", ",", "[", "]", "{", "}", '"', ":", "\\", " ", "0", "\u00a0"),
    });
    const rich = fc.array(fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }), { maxLength: 4 });
    fc.assert(
      fc.property(rich, fc.array(edit, { minLength: 1, maxLength: 3 }), fc.integer({ min: 1, max: 20 }), (value, edits, pieceBytes) => {
        let text = JSON.stringify(value);
        for (const { at, drop, put } of edits) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + put + text.slice(place + drop);
        }
        expect(outcome(() => inPieces(text, pieceBytes))).toEqual(outcome(() => JSON.parse(text) as unknown));
      }),
      { numRuns: 5000 },
    );
  });

  it("keeps the last of two members of one name, and all texts as they are", () => {
    const text = String.raw`{"a": [1, {"b": "\"]},{"}], "é😀": "\\", "a": [2, 3], "1": {}}`;
    for (let size = 1; size < 40; size++) expect(inPieces(text, size)).toEqual(JSON.parse(text));
  });

  it("asks the parser about every name, also of what is read in parts", () => {
    const seen: string[] = [];
    const parse = (text: string): unknown => {
      seen.push(text);
      return JSON.parse(text);
    };
    inPieces('{"__proto__": {"a": [1, 2, 3, 4]}, "b": 1}', 4, parse);
    expect(seen.join("\n")).toContain('"__proto__": null');
    seen.length = 0;
    inPieces('{"constructor": {"prototype": [1, 2, 3, 4]}}', 4, parse);
    expect(seen).toContain('{"constructor":{"prototype":0}}');
  });

  it("rests between pieces", () => {
    const text = JSON.stringify({ messages: Array.from({ length: 1000 }, () => ({ role: "user", content: "Hello" })) });
    const steps = parseInPieces(Buffer.from(text), { parse: JSON.parse, pieceBytes: 1000 });
    let rests = 0;
    while (steps.next().done !== true) rests++;
    expect(rests).toBeGreaterThan(30);
  });
});
