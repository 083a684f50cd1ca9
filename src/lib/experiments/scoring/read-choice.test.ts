import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Choice } from "../dataset/choices.js";
import { readChoice } from "./read-choice.js";

const CITIES = offer("Lyon", "Paris", "Nice", "Lille");
const ANIMALS = offer("A dog is the answer", "The cat", "A whale", "I am a bird");
const SETS = offer("Iron", "Copper", "Both A and B", "Neither");
const YES_NO: Choice[] = [
  { label: "yes", text: "true" },
  { label: "no", text: "false" },
];
const NUMBERS: Choice[] = ["Lyon", "Paris", "Nice"].map((text, i) => ({ label: String(i + 1), text }));

function offer(...texts: string[]): Choice[] {
  return texts.map((text, i) => ({ label: "ABCDEFGHIJ"[i] ?? "", text }));
}

/** Checked by hand: what each answer gives, as a person who reads it would say; undefined where it gives none or several. */
const READ: readonly (readonly [choices: Choice[], answer: string, given: string | undefined])[] = [
  // one label, in its marks
  [CITIES, "B", "B"],
  [CITIES, "b", "B"],
  [CITIES, "B.", "B"],
  [CITIES, "b)", "B"],
  [CITIES, "(b)", "B"],
  [CITIES, "b) Paris", "B"],
  [CITIES, "b) because it is the capital", "B"],
  [CITIES, "B: Paris", "B"],
  [CITIES, "Option B", "B"],
  [CITIES, "Option B: Paris", "B"],
  [CITIES, "option b", "B"],
  [CITIES, "**B**", "B"],
  [CITIES, "**B. Paris**", "B"],
  [CITIES, "`B`", "B"],
  [CITIES, "[B]", "B"],
  [CITIES, "$\\boxed{B}$", "B"],
  [CITIES, "\\boxed{\\text{B}}", "B"],
  [CITIES, "\\boxed{\\textbf{(B)}}", "B"],
  [CITIES, "\\boxed{A}\n\nOn second thoughts that is wrong.\n\n\\boxed{B}", "B"],
  [CITIES, "#### B", "B"],
  [CITIES, "B\n\nParis has been the capital since 987.", "B"],
  [CITIES, "B - Paris", "B"],
  // the text instead of the label
  [CITIES, "Paris", "B"],
  [CITIES, "It is Paris, of course.", "B"],
  [CITIES, "Paris and Lyon", undefined],
  [CITIES, "Paris\nLyon", undefined],
  [CITIES, "Lyon\nParis", undefined],
  // said in a sentence
  [CITIES, "The answer is B", "B"],
  [CITIES, "The answer is b.", "B"],
  [CITIES, "The answer is (B) because it is the capital.", "B"],
  [CITIES, "The answer is B because A is not the capital.", "B"],
  [CITIES, "Final answer: B", "B"],
  [CITIES, "**Answer:** B", "B"],
  [CITIES, "I would choose (C). Options A and B are wrong.", "C"],
  [CITIES, "I'd go with C.", "C"],
  [CITIES, "B is the correct answer.", "B"],
  [CITIES, "Only B is correct.", "B"],
  [CITIES, "Die Antwort ist B", "B"],
  [CITIES, "Die richtige Antwort ist (B).", "B"],
  [CITIES, "Die Antwort ist A und B", undefined],
  [CITIES, "La respuesta es B", "B"],
  [CITIES, "La respuesta correcta es la opción B.", "B"],
  [CITIES, "La respuesta es A o B", undefined],
  [CITIES, "La réponse est B.", "B"],
  [CITIES, "La bonne réponse est A et B.", undefined],
  [CITIES, "答案是B", "B"],
  [CITIES, "答案是A和B", undefined],
  [CITIES, "答案:A、B", undefined],
  [CITIES, "正解はBです。", "B"],
  [CITIES, "正解はAとBです。", undefined],
  // a clear statement wins over what is said of others
  [CITIES, "Answer: A\n\nB is wrong because it is in the north.", "A"],
  [CITIES, "Answer: A\n\nOption B is tempting, and option C is far away.", "A"],
  [CITIES, "The answer is A. (B) and (C) are wrong.", "A"],
  [CITIES, "A\n\nB is wrong because it is in the north.", "A"],
  [CITIES, "Answer: A, B is wrong.", "A"],
  [CITIES, "The answer is (C). (B) says nothing of it.", "C"],
  [CITIES, "The correct answer is B, not A.", "B"],
  [CITIES, "B, not A.", "B"],
  [CITIES, "(B) rather than (A)", "B"],
  [CITIES, "Option A is wrong. Option B is correct.", "B"],
  [CITIES, "A is wrong and B is correct.", "B"],
  [CITIES, "Options A, B and D can be ruled out.\n\nThe answer is C.", "C"],
  [CITIES, "A. Let us see: it is the capital.\n\nThe answer is B.", "B"],
  [CITIES, "The answer is A. Wait, no: the answer is B.", "B"],
  [CITIES, "(A) is too small.\n(C) is at the sea.\nSo the answer is (B).", "B"],
  // several
  [CITIES, "A, B, C, D", undefined],
  [CITIES, "(A) and (B)", undefined],
  [CITIES, "(A), (B)", undefined],
  [CITIES, "(A) or (B)?", undefined],
  [CITIES, "A, B", undefined],
  [CITIES, "A, B. Both are large.", undefined],
  [CITIES, "A B", undefined],
  [CITIES, "AB", undefined],
  [CITIES, "(A)(B)", undefined],
  [CITIES, "(A)/(B)", undefined],
  [CITIES, "(A) & (C)", undefined],
  [CITIES, "The answer is (A) and (B)", undefined],
  [CITIES, "The answer is either A or B.", undefined],
  [CITIES, "The answer is A or maybe B.", undefined],
  [CITIES, "The answers are A and B.", undefined],
  [CITIES, "Answer: A, B", undefined],
  [CITIES, "Answer: A and option B", undefined],
  [CITIES, "**A** and **B**", undefined],
  [CITIES, "\\boxed{A, B}", undefined],
  [CITIES, "\\boxed{A} and \\boxed{B}", undefined],
  [CITIES, "#### A, B", undefined],
  [CITIES, "A\nB", undefined],
  [CITIES, "(A)\n(B)\n", undefined],
  [CITIES, "A. Lyon\nB. Paris", undefined],
  [CITIES, "A) It is large.\nB) It is the capital.", undefined],
  [CITIES, "A and B are both correct.", undefined],
  [CITIES, "A is correct, and B is also correct.", undefined],
  [CITIES, "Option A and option B", undefined],
  [CITIES, "A. Paris", undefined],
  [CITIES, "a, b", undefined],
  [CITIES, "a) and b)", undefined],
  // none
  [CITIES, "A big city", undefined],
  [CITIES, "A is not the answer.", undefined],
  [CITIES, "The answer is not A.", undefined],
  [CITIES, "I would not choose A.", undefined],
  [CITIES, "The wrong answer is A.", undefined],
  [CITIES, "I do not know.", undefined],
  [CITIES, "", undefined],
  // texts that look like labels, or hold some
  [ANIMALS, "A dog is a mammal", undefined],
  [ANIMALS, "A whale", "C"],
  [ANIMALS, "The answer is a whale.", "C"],
  [ANIMALS, "C. A whale", "C"],
  [SETS, "Both A and B", "C"],
  [SETS, "C. Both A and B", "C"],
  [SETS, "The answer is C (both A and B).", "C"],
  [SETS, "The answer is A and B", "C"],
  // labels that are words, or numbers
  [YES_NO, "Yes, there is no doubt.", "yes"],
  [YES_NO, "No.", "no"],
  [YES_NO, "The answer is no", "no"],
  [YES_NO, "Yes and no", undefined],
  [YES_NO, "no or yes", undefined],
  [NUMBERS, "2", "2"],
  [NUMBERS, "(2)", "2"],
  [NUMBERS, "The answer is 2.", "2"],
  [NUMBERS, "1, 2", undefined],
  [NUMBERS, "1.5 is the mean", undefined],
];

function given(answer: string, choices: readonly Choice[]): string | undefined {
  return choices[readChoice(answer, choices) ?? -1]?.label;
}

describe("the choice an answer gives", () => {
  it.each(READ.map(([choices, answer, label]) => ({ choices, answer, label })))("of $answer is $label", ({ choices, answer, label }) => {
    expect(given(answer, choices)).toBe(label);
  });

  it("of one that says A is wrong is never A", () => {
    expect(given("A is incorrect, so B", CITIES)).not.toBe("A");
    expect(given("It can't be A. B?", CITIES)).not.toBe("A");
  });
});

const SAYS = [
  "",
  "Answer: ",
  "The answer is ",
  "**Answer**: ",
  "I would choose ",
  "Die Antwort ist ",
  "La respuesta es ",
  "答案是",
  "#### ",
  "Option ",
];
const LINKS = [
  ", ",
  " and ",
  " or ",
  "/",
  " & ",
  "\n",
  " ",
  "; ",
  " und ",
  " y ",
  " et ",
  "、",
  "和",
  " as well as ",
  ", and ",
  " and/or ",
  " or maybe ",
];
const ENDS = ["", ".", "?", "\n", " are correct.", " are both right."];
const DRESS: readonly ((label: string) => string)[] = [
  (label) => label,
  (label) => `(${label})`,
  (label) => `**${label}**`,
  (label) => `${label}.`,
  (label) => `[${label}]`,
  (label) => `"${label}"`,
  (label) => `${label}. ${CITIES.find((choice) => choice.label === label)?.text ?? ""}`,
];

describe("an answer that names two choices in one conclusion", () => {
  const conclusion = fc.record({
    two: fc.shuffledSubarray(["A", "B", "C", "D"], { minLength: 2, maxLength: 4 }),
    says: fc.constantFrom(...SAYS),
    link: fc.constantFrom(...LINKS),
    end: fc.constantFrom(...ENDS),
    dress: fc.constantFrom(...DRESS),
    isBoxed: fc.boolean(),
  });
  const write = ({ says, link, end, dress, isBoxed }: typeof conclusion extends fc.Arbitrary<infer T> ? T : never, labels: string[]) => {
    const list = labels.map(dress).join(link);
    return says + (isBoxed ? `\\boxed{${list}}` : list) + end;
  };

  it("has given none, in whatever order and words", () => {
    fc.assert(
      fc.property(conclusion, (parts) => {
        // #### ends with its line
        fc.pre(!(parts.says === "#### " && parts.link === "\n" && !parts.isBoxed));
        expect(given(write(parts, parts.two), CITIES)).toBeUndefined();
        expect(given(write(parts, parts.two.toReversed()), CITIES)).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  it("has given one where it names just that", () => {
    fc.assert(
      fc.property(conclusion, (parts) => {
        const [label = ""] = parts.two;
        const answer = write({ ...parts, end: parts.end.replace(/ are.*/, " is correct.") }, [label]);
        expect([given(answer, CITIES), answer]).toEqual([label, answer]);
      }),
      { numRuns: 1000 },
    );
  });
});
