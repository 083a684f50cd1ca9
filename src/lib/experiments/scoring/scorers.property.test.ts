import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Completion } from "../../inference/openai/completion.js";
import { containsAllScorer, containsScorer } from "./contains.js";
import { exactScorer } from "./exact.js";
import { numericScorer } from "./numeric.js";
import type { Scorer } from "./scorer.js";
import { bleuScorer, levenshteinScorer, rougeLScorer, tokenF1Scorer } from "./text-overlap.js";

const RUNS = { numRuns: 1000 };

function score(scorer: Scorer, text: string, answer: string): number | null {
  const sample = { id: "1", question: "?", answer, answers: [answer], topic: null, fields: {} };
  return (scorer.score(sample, { text } as Completion) as { value: number | null }).value;
}

/** Letters (and what is written onto them) of some scripts. */
const ALPHABETS = [
  "abcdefghijklmnopqrstuvwxyzéüñøłğçșåžþ",
  "|абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґђ|αβγδεζηθικλμνξοπρτυφχψωάέή|աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ|აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ",
  "|אבגדהוזחטיכלמנסעפצקרשת|ابتثجحخدذرزسشصضطظعغفقكلمنهوي|کگچپژٹڈڑے|अआइईउऊएऐओऔकखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह|কখগঘঙচছজঝটঠডঢণতথদধনপফবভমযরলশষসহ",
  "|கஙசஞடணதநபமயரலவழளறன|తదనపఫబభమయరలవశషసహ|കഖഗഘചഛജടഠഡത|กขคฆงจฉชซญดตถทธนบปผฝพฟภมยรลวศษสหอฮ|ກຂຄງຈສຊຍດຕຖທນບປຜຝພຟມຢຣລວຫອຮ",
  "|កខគឃងចឆជឈញដឋឌឍណតថទធនបផពភមយរលវសហឡអ|ကခဂဃငစဆဇညဋတထဒဓနပဖဗဘမယရလဝသဟအ|北京上海东西南北人大小中国日本山水火木金土月年学生先|あいうえおかきくけこさしすせそたちつてと|アイウエオカキクケコサシスセソタチツテト",
  "|가나다라마바사아자차카타파하서울부산한국인도|ሀለሐመሠረሰቀበተኀነአከወዐዘየደገጠጸፈፐ|ᎠᎡᎢᎣᎤᎥᎦᎧᎨᎩ|ཀཁགངཅཆཇཉཏཐདནཔཕབམ",
]
  .join("")
  .split("|")
  .map((letters) => Array.from(letters));
const MARKS = Array.from(
  "\u0301\u0308\u0327\u0331\u064e\u0650\u093f\u0940\u0941\u094d\u09bf\u0bbf\u0e31\u0e48\u0e49\u17b6\u102d\u05b7\u3099",
);
const DIGITS = Array.from("0123456789٠١٢٣۴۵०१२৩৪๕๖၇၈²³½Ⅷ");
const SYMBOLS = Array.from("+<>=~^|$€£¥₹%#&@*/\\√∞≤≥≠±×÷°→←∑π§");
const PUNCTUATION = Array.from(" .,;:!?-'\"()[]{}`*_\n\t\u200d\ufe0f");
const EMOJI = ["👍", "👎", "👍🏽", "👍🏿", "❤", "💔", "😀", "😢", "👨‍👩‍👧", "👨‍👩‍👦", "🇩🇪", "🇫🇷", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", "2️⃣", "☀", "☂"];

const lettersOf = (letters: readonly string[], most: number) =>
  fc.array(fc.constantFrom(...letters), { minLength: 2, maxLength: most }).map((chosen) => chosen.join(""));
const word = fc.oneof(...ALPHABETS.map((letters) => lettersOf(letters, 7)));
const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, min: -1e6, max: 1e6 }).map((value) => value.toFixed(2)),
);
const term = fc.oneof(
  { arbitrary: word, weight: 6 },
  number,
  fc.constantFrom("C++", "C#", "A+", "don't", "x²", "A", "the", ...EMOJI, ...SYMBOLS),
);
const sentence = fc.array(term, { maxLength: 4 }).map((terms) => terms.join(" "));
/** Any UTF-16, lone surrogates included. */
const anyText = fc.oneof(
  fc.string({ unit: "binary", minLength: 1, maxLength: 30 }),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 1, maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  fc.array(fc.oneof(term, fc.constantFrom(...PUNCTUATION)), { minLength: 1, maxLength: 8 }).map((parts) => parts.join("")),
);

/** Two different ones of a list, in place of each other within the same words. */
const changed = (list: readonly string[]) =>
  fc
    .tuple(sentence, fc.uniqueArray(fc.constantFrom(...list), { minLength: 2, maxLength: 2 }), sentence, fc.boolean())
    .map(([before, [one = "", other = ""], after, apart]) => {
      const around = (middle: string) => [before, middle, after].filter((part) => part !== "").join(apart ? " " : "");
      return [around(one), around(other)] as const;
    });

describe("exact", () => {
  it("is 1 for every text against itself", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(score(exactScorer, text, text)).toBe(1);
      }),
      RUNS,
    );
  });

  it.each([
    ["letters", fc.constantFrom(...ALPHABETS).chain((letters) => changed(letters))],
    ["digits", changed(DIGITS)],
    ["symbols", changed(SYMBOLS)],
    ["emoji", changed(EMOJI)],
  ])("is never 1 for texts that differ in %s", (_, pairs) => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        expect(score(exactScorer, a, b)).toBe(0);
        expect(score(exactScorer, b, a)).toBe(0);
      }),
      RUNS,
    );
  });

  it("is never 1 where one has a mark, a digit, a symbol or an emoji more", () => {
    const more = fc.constantFrom(...MARKS, ...DIGITS, ...SYMBOLS, ...EMOJI);
    fc.assert(
      fc.property(sentence, word, more, (before, middle, extra) => {
        const text = `${before} ${middle}`;
        expect(score(exactScorer, `${text}${extra}`, text)).toBe(0);
      }),
      RUNS,
    );
  });

  it("is never 1 for numbers of different sign or value", () => {
    fc.assert(
      fc.property(sentence, fc.integer({ min: 1, max: 1e9 }), fc.nat({ max: 99 }), (before, whole, part) => {
        const positive = `${before} ${String(whole)}.${String(part)}`.trim();
        expect(score(exactScorer, `${before} -${String(whole)}.${String(part)}`.trim(), positive)).toBe(0);
        expect(score(exactScorer, `${before} ${String(whole)}${String(part)}`.trim(), positive)).toBe(0);
        expect(score(exactScorer, `${before} ${String(whole)} ${String(part)}`.trim(), positive)).toBe(0);
      }),
      RUNS,
    );
  });

  it("does not mind case, white space and the marks of sentences", () => {
    const plain = fc.array(word, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(plain, fc.constantFrom(".", "!", "?", "。", "…", "।", "؟"), (words, end) => {
        expect(score(exactScorer, ` ${words.join("\n ").toUpperCase()}${end}`, words.join(" "))).toBe(1);
      }),
      RUNS,
    );
  });
});

it("contains finds every word of a text", () => {
  fc.assert(
    fc.property(term, term, (x, y) => {
      expect(score(containsScorer, `${x} ${y}`, x)).toBe(1);
      expect(score(containsScorer, `${y} ${x}`, x)).toBe(1);
      expect(score(containsAllScorer, `${x} ${y}`, y)).toBe(1);
    }),
    RUNS,
  );
});

it.each([exactScorer, levenshteinScorer, tokenF1Scorer, rougeLScorer])("$name is symmetric", (scorer) => {
  const pair = fc.oneof(fc.tuple(anyText, anyText), fc.tuple(sentence, sentence), changed(EMOJI));
  fc.assert(
    fc.property(pair, ([a, b]) => {
      expect(score(scorer, a, b)).toBe(score(scorer, b, a));
    }),
    RUNS,
  );
});

it.each([
  exactScorer,
  containsScorer,
  containsAllScorer,
  numericScorer(0),
  numericScorer(0.1),
  levenshteinScorer,
  tokenF1Scorer,
  rougeLScorer,
  bleuScorer,
])("$name is between 0 and 1, or absent", (scorer) => {
  const text = fc.oneof(anyText, sentence);
  fc.assert(
    fc.property(text, text, (a, b) => {
      for (const value of [score(scorer, a, b), score(scorer, a, a)]) {
        if (value === null) continue;
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }
    }),
    RUNS,
  );
});

it.each([levenshteinScorer, tokenF1Scorer, rougeLScorer, bleuScorer])("$name is 1 for every text against itself", (scorer) => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(score(scorer, text, text)).toBeCloseTo(1, 12);
    }),
    RUNS,
  );
});

it("numeric reads a number as every locale writes it", () => {
  const names =
    "af am ar-EG ar-MA as az be bg bn bs ca ckb cs cy da de de-AT de-CH dz el en en-IN en-ZA es es-MX et eu fa ff-Adlm fi fr fr-CA fr-CH ga gsw gu he hi hr hu hy id is it it-CH ja ka km kn ko lo lt lv mk ml mn mr ms my nb ne nl or pa pl ps pt pt-PT rm ro ru sat se sk sl sq sr sv sw ta te th tr uk ur uz vi yue zh zu th-u-nu-thai";
  const formats = Intl.NumberFormat.supportedLocalesOf(names.split(" ")).map(
    (name) => new Intl.NumberFormat(name, { maximumFractionDigits: 3 }),
  );
  const value = fc.oneof(
    fc.integer(),
    fc.integer({ min: -99999, max: 99999 }).map((thousandths) => thousandths / 1000),
    fc.maxSafeInteger(),
  );
  fc.assert(
    fc.property(fc.constantFrom(...formats), value, (format, number) => {
      expect(score(numericScorer(0), format.format(number), String(number))).toBe(1);
      expect(score(numericScorer(0), format.format(number), String(-number - 1))).toBe(0);
    }),
    RUNS,
  );
});
