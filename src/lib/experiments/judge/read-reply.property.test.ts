import { assert, array, constantFrom, integer, oneof, property, record, string, double, type Arbitrary } from "fast-check";
import { describe, expect, it } from "vitest";
import { readReply } from "./read-reply.js";
import { toVerdict } from "./read-verdict.js";
import { toRubric } from "./rubric.js";

const RUNS = 2000;
const rubric = toRubric(
  { name: "test", title: "Test", description: "How good?", scale: Object.fromEntries([1, 2, 3, 4, 5].map((n) => [n, `level ${n}`])) },
  "test",
);
const scoreOf = (text: string) => toVerdict(readReply(text, "score"), rubric, "generate").score;

/** What models write around a verdict: words, marks, quotes, braces, numbers, other JSON; never the key, nor marks of thoughts. */
const scrap = oneof(
  string({ unit: "binary", maxLength: 12 }),
  constantFrom(
    ..."{}[]\"'`:,\\/\n*#<>".split(""),
    " 4 ",
    "5/5",
    "```json\n",
    "\n```\n",
    '{"a": 1}',
    "{'b': 2,}",
    '{"c": "{',
    '"}',
    "it's",
    "// x\n",
    "/*",
  ),
  constantFrom("I'm sorry, ", "Rating: 5\n", '{"rating": 3}', "On reflection: ", "**Grade:** 2", "A\n", "tie"),
);
const noise: Arbitrary<string> = array(scrap, { maxLength: 12 })
  .map((scraps) => scraps.join(""))
  .filter((text) => !/score|think|thought/i.test(text));

/** A verdict in one of the ways it is written, with its score. */
const verdict = record({
  score: integer({ min: 1, max: 5 }),
  said: string({ unit: "grapheme", maxLength: 20 }).filter((text) => !/score|think/i.test(text)),
  form: constantFrom("plain", "before", "fenced", "string", "fraction", "upper"),
}).map(({ score, said, form }) => {
  const text = {
    plain: () => JSON.stringify({ score, justification: said }),
    before: () => JSON.stringify({ justification: said, score }),
    fenced: () => `\n\`\`\`json\n${JSON.stringify({ score }, null, 2)}\n\`\`\`\n`,
    string: () => JSON.stringify({ score: String(score) }),
    fraction: () => JSON.stringify({ score: `${score}/5`, justification: said }),
    upper: () => JSON.stringify({ Score: score }),
  }[form]();
  return { score, text };
});

describe("reading a judge's reply, whatever stands in it", () => {
  it("finds the one valid verdict in any noise", () => {
    assert(
      property(noise, verdict, noise, (before, { score, text }, after) => {
        expect(scoreOf(`${before}${text}${after}`)).toBe(score);
      }),
      { numRuns: RUNS },
    );
  });

  it("never gives a score without the key, unless the reply is nothing else", () => {
    assert(
      property(noise, (text) => {
        const score = scoreOf(text);
        if (score !== null) expect(text.replace(/[\s*_`"'.]+/g, "")).toMatch(new RegExp(`^${score}(/5|outof5)?$`));
      }),
      { numRuns: RUNS },
    );
  });

  it("reads a reply that is only a value on the scale, and no value that stands beside other words or numbers", () => {
    const decoration = constantFrom("", " ", "\n", "**", "`", '"', "'");
    const value = record({
      n: integer({ min: 0, max: 12 }),
      of: constantFrom(undefined, 5, 10, 100),
      by: constantFrom("/", " / ", " out of "),
    });
    assert(
      property(value, decoration, noise, ({ n, of, by }, mark, other) => {
        const text = `${mark}${n}${of === undefined ? "" : `${by}${of}`}${mark}`;
        expect(scoreOf(text)).toBe(n >= 1 && n <= 5 && (of ?? 5) === 5 ? n : null);
        if (/[\p{L}\p{N}]/u.test(other)) for (const both of [`${text} ${other}`, `${other} ${text}`]) expect(scoreOf(both)).toBeNull();
      }),
      { numRuns: RUNS },
    );
  });

  it("never leaves the scale, and takes the last of several verdicts", () => {
    const anything = oneof(
      noise,
      verdict.map(({ text }) => text),
      double().map((n) => `{"score": ${n}}`),
      string().map((s) => `Score: ${s}\n`),
    );
    assert(
      property(array(anything, { maxLength: 6 }), (parts) => {
        const score = scoreOf(parts.join(" "));
        expect(score === null || (score >= 1 && score <= 5)).toBe(true);
      }),
      { numRuns: RUNS },
    );
    assert(
      property(verdict, verdict, (draft, final) => {
        expect(scoreOf(`${draft.text}\nOn reflection:\n${final.text}`)).toBe(final.score);
        expect(scoreOf(`<think>${draft.text}</think>${final.text}`)).toBe(final.score);
      }),
      { numRuns: RUNS },
    );
  });
});
