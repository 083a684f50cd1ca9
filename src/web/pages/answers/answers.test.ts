import fc from "fast-check";
import { expect, it } from "vitest";
import { queryOf, ratingScale, readAnswersView, SHOWN, writeAnswersView, type AnswersView } from "./answers-view.js";
import { contentOf } from "../../parts/content-of.js";
import { labelFile, labelsOn } from "./labels.js";
import { wordDiff } from "./word-diff.js";

it("a text with its marks is the text, and without what was added to it the base", () => {
  const words = fc
    .array(fc.constantFrom("a", "b", "word", "日本語です", "שלום", " ", ".", "\n"), { maxLength: 20 })
    .map((all) => all.join(""));
  fc.assert(
    fc.property(words, words, (base, text) => {
      const pieces = wordDiff(base, text);
      const letters = (...kinds: string[]) =>
        pieces.flatMap((piece) => (kinds.includes(piece.kind) ? [piece.text.replaceAll(/\s/g, "")] : [])).join("");
      expect(letters("same", "added")).toBe(text.replaceAll(/\s/g, ""));
      if (pieces.some(({ kind }) => kind !== "same")) expect(letters("same", "removed")).toBe(base.replaceAll(/\s/g, ""));
    }),
    { endOnFailure: true },
  );
});

it("changed words are marked, also of languages without spaces", () => {
  expect(wordDiff("the red car", "the blue car")).toEqual([
    { text: "the ", kind: "same" },
    { text: "red", kind: "removed" },
    { text: "blue", kind: "added" },
    { text: " car", kind: "same" },
  ]);
  expect(wordDiff("今日は晴れです", "今日は雨です").filter(({ kind }) => kind === "same").length).toBeGreaterThan(1);
  expect(wordDiff("a".repeat(30_000), "b")).toEqual([{ text: "b", kind: "same" }]);
});

it("the view that an address has is the one it was written from", () => {
  const text = fc.string({ unit: "grapheme" });
  const views = fc.record<AnswersView>({
    show: fc.constantFrom(...(Object.keys(SHOWN) as AnswersView["show"][])),
    ...{ score: text, min: text, max: text, topic: text, words: text, isDiff: fc.boolean() },
    scale: fc.constantFrom("pass", "levels"),
  });
  fc.assert(
    fc.property(views, (view) => {
      const params = writeAnswersView(view, new URLSearchParams("runs=a,b"));
      expect(readAnswersView(params)).toEqual(view);
      expect(params.get("runs")).toBe("a,b");
    }),
    { endOnFailure: true },
  );
  expect(readAnswersView(new URLSearchParams("show=__proto__")).show).toBe("all");
});

it("ends of a range that are not numbers are none", () => {
  const view = readAnswersView(new URLSearchParams("min=0.5&max=x&q=+"));
  expect(queryOf(["a"], view)).toEqual({ runs: ["a"], show: "all", min: 0.5 });
});

it("answers are JSON or Markdown only where they are", () => {
  expect(contentOf('{"a": 1}')).toEqual({ kind: "json", value: { a: 1 } });
  expect(contentOf("[1] says otherwise")).toEqual({ kind: "text" });
  expect(contentOf("- one\n- two").kind).toBe("markdown");
  expect(contentOf("2 * 3 * 4").kind).toBe("text");
});

it("labels are lines of JSON, or a table that no spreadsheet computes", () => {
  const label = { id: "1", question: "=1+1?", answer: 'say "2"', reference: null, label: "pass", comment: "good", run_id: "r" };
  expect(JSON.parse(labelFile([label], "jsonl"))).toEqual({
    ...{ id: "1", question: "=1+1?", answer: 'say "2"', label: "pass", run_id: "r", comment: "good" },
  });
  expect(labelFile([label], "csv")).toBe('id,question,answer,reference,label,comment,run_id\r\n1,\'=1+1?,"say ""2""",,pass,good,r\r\n');
});

it("ratings are on the scale of those there are, and exported labels are of one kind", () => {
  const view = readAnswersView(new URLSearchParams());
  expect(ratingScale(view, undefined)).toBe("pass");
  expect(ratingScale(view, { pass: 1, levels: 3 })).toBe("levels");
  expect(ratingScale({ ...view, scale: "pass" }, { pass: 1, levels: 3 })).toBe("pass");
  const label = { question: "q", answer: "a", reference: null, comment: null, run_id: "r" };
  const labels = [
    { ...label, id: "1", label: 4 },
    { ...label, id: "2", label: "fail" },
  ];
  expect(labelsOn(labels, "levels").map(({ id }) => id)).toEqual(["1"]);
  expect(labelsOn(labels, "pass").map(({ id }) => id)).toEqual(["2"]);
});

it("JSON in an answer has its whole numbers digit by digit", () => {
  expect(contentOf('{"id": 9007199254740993}')).toEqual({ kind: "json", value: { id: 9007199254740993n } });
});
