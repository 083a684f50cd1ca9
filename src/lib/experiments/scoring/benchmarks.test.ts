import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { MMLU, readRowsOf as read, scoresOf } from "../../../../test/helpers/scored-rows.js";

const RIGHT_FOR_B = ["B", "b", "(B)", "B.", "**B**", "B) Paris", "B. Paris", "Paris", "paris.", "Answer: B"];
const RIGHT_IN_PROSE = [
  "The answer is B.",
  "The correct option is (B)",
  "The capital is Paris.",
  "Lyon and Nice are large, but neither is it.\nAnswer: B",
  "A is wrong, C is wrong.\n\nTherefore the answer is **B**.",
  "Let me think. #### B",
  "Thus \\boxed{B}",
  "Die Antwort ist B.",
  "La réponse est B",
  "La respuesta correcta es B.",
  "答案：B",
  "答案是B",
  "正解はBです",
  "정답은 B입니다",
  "Ответ: B",
];
const WRONG_FOR_B = [
  "A",
  "1",
  "(C)",
  "Lyon",
  "A big city",
  "It is not known.",
  "A. Lyon B. Paris C. Nice D. Lille",
  "The answer is A, not B",
  "Answer: D",
  "",
];

describe("rows with choices", () => {
  it("name the right one by number, as MMLU's do: letter and text count, and a number is never compared with text", async () => {
    const dataset = await read(MMLU);
    expect(dataset.samples.map(({ answer }) => answer)).toEqual(["Paris", "3", "A whale"]);
    expect(dataset.notes?.join(" ")).toContain('"answer" is the number of the right one, counted from 0');
    for (const scorer of ["contains", "exact"]) {
      expect(await scoresOf(dataset, 0, scorer, RIGHT_FOR_B)).toEqual(RIGHT_FOR_B.map(() => 1));
      expect(await scoresOf(dataset, 0, scorer, WRONG_FOR_B)).toEqual(WRONG_FOR_B.map(() => 0));
    }
    expect(await scoresOf(dataset, 0, "exact", ["The capital is Paris."])).toEqual([0]);
    expect(await scoresOf(dataset, 0, "contains", RIGHT_IN_PROSE)).toEqual(RIGHT_IN_PROSE.map(() => 1));
    expect(await scoresOf(dataset, 1, "numeric", ["A", "3", "It is 3", "B", "2"])).toEqual([1, 1, 1, 0, 0]);
    expect(await scoresOf(dataset, 2, "contains", ["D", "A whale", "The whale, a mammal", "A crow is a bird", "A"])).toEqual([
      1, 1, 1, 0, 0,
    ]);
  });

  it.each([
    ["letters", MMLU.map((row) => ({ ...row, answer: "ABCD"[row.answer] }))],
    ["numbers in text", MMLU.map((row) => ({ ...row, answer: String(row.answer) }))],
    ["texts", MMLU.map((row) => ({ ...row, answer: row.choices[row.answer] }))],
    [
      "options, letter and number",
      MMLU.map(({ choices, answer, question }) => ({ question, options: choices, answer: "ABCD"[answer], answer_index: answer })),
    ],
    [
      "ARC's lists of text and label",
      MMLU.map(({ choices, answer, question }) => ({
        question,
        choices: { text: choices, label: ["A", "B", "C", "D"] },
        answerKey: "ABCD"[answer],
      })),
    ],
    [
      "a column for each letter",
      MMLU.map(({ choices: [A, B, C, D], answer, question }) => ({ question, A, B, C, D, answer: "ABCD"[answer] })),
    ],
    [
      "a column for each number",
      MMLU.map(({ choices: [option1, option2, option3, option4], answer, question }) => ({
        ...{ question, option1, option2, option3, option4 },
        answer: String(answer + 1),
      })),
    ],
    [
      "MedQA's object",
      MMLU.map(({ choices: [A, B, C, D], answer, question }) => ({ question, options: { A, B, C, D }, answer_idx: "ABCD"[answer] })),
    ],
  ])("may name it by %s", async (_, rows) => {
    const dataset = await read(rows);
    expect(await scoresOf(dataset, 0, "contains", RIGHT_FOR_B)).toEqual(RIGHT_FOR_B.map(() => 1));
    expect(await scoresOf(dataset, 0, "contains", WRONG_FOR_B)).toEqual(WRONG_FOR_B.map(() => 0));
    expect(dataset.unused).toBeUndefined();
  });

  it.each(["['Lyon', 'Paris', \"Nice\", 'Lille']", '["Lyon", "Paris", "Nice", "Lille"]'])(
    "stand in tables as JSON, or as Python writes them: %s",
    async (cell) => {
      const dataset = await read(`question,choices,answer\nq,"${cell.replaceAll('"', '""')}",1\nr,"['x','y','z']",0\n`, { name: "t.csv" });
      expect(await scoresOf(dataset, 0, "contains", ["B", "Paris", "1", "A"])).toEqual([1, 1, 0, 0]);
    },
  );

  it("are HellaSwag's endings and TruthfulQA's targets", async () => {
    const swag = await read([
      {
        ind: 4,
        activity_label: "Roof",
        ctx_a: "A man is on a roof.",
        ctx: "A man is on a roof. he",
        endings: ["eats it", "pulls up shingles", "flies"],
        label: "1",
      },
      { ind: 5, activity_label: "Roof", ctx_a: "A man", ctx: "A man", endings: ["sits", "flies", "burns"], label: "0" },
    ]);
    expect(swag.samples[0]?.question).toBe("A man is on a roof. he");
    expect(await scoresOf(swag, 0, "contains", ["B", "pulls up shingles", "1", "C"])).toEqual([1, 1, 0, 0]);
    const truthful = await read([
      {
        question: "Can pigs fly?",
        mc1_targets: { choices: ["No, they cannot", "Yes, they can"], labels: [1, 0] },
        mc2_targets: { choices: ["No", "Yes"], labels: [1, 0] },
      },
    ]);
    expect(await scoresOf(truthful, 0, "contains", ["A", "B", "No, they cannot"])).toEqual([1, 0, 1]);
  });

  it("are refused where a reference is none of them, and where --map says the wrong base", async () => {
    const rows = [...MMLU, { question: "q", choices: ["x", "y"], answer: 7 }];
    expect((await errorOf(() => read(rows))).message).toMatch(/data\.jsonl:4: answer: "7" is none of the 2 choices \(A, B\)/);
    expect(await errorOf(() => read(MMLU, { map: ["answer_number=answer"] }))).toMatchObject({ code: "DATASET_INVALID" });
    const late = [...Array.from({ length: 250 }, () => MMLU[0] ?? {}), MMLU[1] ?? {}, { question: "q", choices: ["x", "y"], answer: "z" }];
    expect((await errorOf(() => read(late))).message).toContain("data.jsonl:252: answer");
  });

  it("are refused where a row lacks them and its answer names one; free answers may stand beside them", async () => {
    const error = await errorOf(() => read([...MMLU, { question: "q", answer: 2 }]));
    expect(error.message).toMatch(/data\.jsonl:4: choices: this row has no choices, while its answer, "2", reads like the number/);
    expect((await read([...MMLU, { question: "q", answer: "free" }])).samples[3]).toMatchObject({ answers: ["free"] });
  });

  it("come with a row that YAML merges from another", async () => {
    const yaml = "- &a {question: q, choices: [x, y], answer: 0}\n- <<: *a\n  question: r\n  answer: 1\n";
    expect((await read(yaml, { name: "m.yaml" })).samples.map(({ question, answer }) => [question, answer])).toEqual([
      ["q", "x"],
      ["r", "y"],
    ]);
  });

  it("say so where numbers may count from 0 or from 1, and --map decides", async () => {
    const rows = MMLU.map((row) => ({ ...row, answer: 1 }));
    expect((await read(rows)).notes?.join(" ")).toContain(
      'Warning: "answer" could as well be the number of the right one, counted from 1: if so, say --map answer_number=answer',
    );
    const dataset = await read(rows, { map: ["answer_number=answer"] });
    expect(dataset.samples[0]?.answer).toBe("Lyon");
    expect(dataset.notes?.join(" ")).not.toContain("Warning");
  });

  it("are not choices where references are texts of their own", async () => {
    const dataset = await read([{ question: "q", options: ["x", "y"], answer: "x, because it is first" }]);
    expect(dataset.samples[0]).toMatchObject({ answer: "x, because it is first" });
    expect(dataset.unused).toEqual(["options"]);
  });
});

describe("references", () => {
  it("of GSM8K and MATH are what they end in", async () => {
    const gsm = await read([{ question: "q", answer: "He has 6 * 7 = <<6*7=42>>42 eggs.\n#### 1,042" }]);
    expect(gsm.samples[0]?.answers).toEqual(["1,042"]);
    expect(await scoresOf(gsm, 0, "numeric", ["1042", "It is 1,042 eggs.", "42"])).toEqual([1, 1, 0]);
    expect(await scoresOf(gsm, 0, "contains", ["That makes 1,042 eggs.", "42"])).toEqual([1, 0]);
    const math = await read([{ problem: "p", solution: "We add: $1+1=\\boxed{\\frac{1}{2}}$." }]);
    expect(math.samples[0]?.answer).toBe("\\frac{1}{2}");
  });

  it("are what follows ####, on a line of its own or not, and notes say of how many rows", async () => {
    const dataset = await read([
      { question: "q", answer: "bla 1 #### 42" },
      { question: "r", answer: "#### 7" },
      { question: "s", answer: "#hash and ##### more" },
      { question: "t", answer: "# A\n#### B\nis a heading" },
      { question: "u", answer: true },
    ]);
    expect(dataset.samples.map(({ answer }) => answer)).toEqual(["42", "7", "#hash and ##### more", "# A\n#### B\nis a heading", "true"]);
    expect(await scoresOf(dataset, 0, "contains", ["It is 42", "1"])).toEqual([1, 0]);
    expect(dataset.notes).toContain('References: of "answer" what follows #### counts in 2 of 5 rows.');
    expect(dataset.notes).toContain('References: "answer" is true or false in 1 of 5 rows; yes and no are as good in an answer.');
    const all = await read([{ question: "u", answer: true }]);
    expect(all.notes).toContain('References: "answer" is true or false; yes and no are as good in an answer.');
  });

  it("that are true or false take yes and no as well, as BoolQ asks, and say what the model does not see", async () => {
    const boolq = await read([
      { question: "is there water", passage: "Water is there.", answer: true },
      { question: "is there air", passage: "No air.", answer: false },
    ]);
    expect(await scoresOf(boolq, 0, "contains", ["Yes.", "true", "Yes, there is no doubt.", "No", "false"])).toEqual([1, 1, 1, 0, 0]);
    expect(await scoresOf(boolq, 1, "contains", ["No", "False.", "The answer is no.", "Yes", "there is nobody"])).toEqual([1, 1, 1, 0, 0]);
    expect(await scoresOf(boolq, 1, "exact", ["No", "False.", "no"])).toEqual([1, 1, 1]);
    expect(boolq.unused).toEqual(["passage"]);
  });

  it("of SQuAD are several, any of which is right", async () => {
    const squad = await read([
      { id: "1", title: "t", context: "c", question: "q", answers: { text: ["Denver Broncos", "the Broncos"], answer_start: [1, 2] } },
    ]);
    expect(await scoresOf(squad, 0, "exact", ["Broncos", "denver broncos", "Carolina"])).toEqual([1, 1, 0]);
    const printed = `question,answers\nq,"{'text': ['x y', 'z'], 'answer_start': [1, 2]}"\n`;
    expect((await read(printed, { name: "s.csv" })).samples[0]?.answers).toEqual(["x y", "z"]);
    const numpy = `question,answers\nq,"{'text': array(['x'], dtype=object)}"\n`;
    expect((await errorOf(() => read(numpy, { name: "s.csv" }))).hint).toContain("JSONL");
  });

  it("of TruthfulQA are all correct ones", async () => {
    const row = {
      question: "q",
      best_answer: "Nothing happens",
      correct_answers: ["Nothing happens", "It is harmless"],
      incorrect_answers: ["You die"],
    };
    const dataset = await read([row]);
    expect(await scoresOf(dataset, 0, "contains", ["It is harmless.", "Nothing happens.", "You die."])).toEqual([1, 1, 0]);
    expect(dataset.unused).toEqual(["incorrect_answers"]);
  });

  it("of classes by number are warned of", async () => {
    const dataset = await read(
      [
        { text: "fine", label: 1 },
        { text: "bad", label: 0 },
      ],
      { map: ["question=text"] },
    );
    expect(dataset.notes?.join(" ")).toContain('Warning: "label" holds the names of classes (0, 1)');
    const lost = await read([{ question: "q", answerKey: "B" }]);
    expect(lost.notes?.join(" ")).toContain("no column of choices was found");
  });
});
