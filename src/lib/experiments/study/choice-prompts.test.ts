import { describe, expect, it } from "vitest";
import type { Sample } from "../dataset/sample.js";
import { datasetNotes } from "./dataset-notes.js";
import { fillTemplate } from "./prompt-template.js";
import { toMessages } from "./run-cell.js";

const sample: Sample = {
  id: "1",
  question: "Which?",
  answer: "blue",
  answers: ["blue"],
  topic: null,
  choices: {
    options: [
      { label: "A", text: "red" },
      { label: "B", text: "blue" },
    ],
    right: [1],
  },
  fields: { choices: ["red", "blue"] },
};
const asked = (one: Sample, prompt?: string) => toMessages(one, { system: undefined, prompt }).at(-1)?.content;

describe("choices", () => {
  it("are shown after the question, and where a prompt asks for them", () => {
    expect(asked(sample)).toBe("Which?\nA. red\nB. blue");
    expect(asked(sample, "{{choices}}\n{{question}}")).toBe("A. red\nB. blue\nWhich?");
    expect(fillTemplate("{{Choices}}", sample)).toBe("A. red\nB. blue");
  });

  it("are not shown twice, nor where they are yes and no, nor in a conversation", () => {
    expect(asked({ ...sample, question: "Which, red or blue?" })).toBe("Which, red or blue?");
    expect(asked({ ...sample, choices: { options: sample.choices?.options ?? [], right: [0], implied: true } })).toBe("Which?");
    expect(asked({ ...sample, messages: [{ role: "user", content: "Which?" }] })).toBe("Which?");
    expect(asked({ ...sample, choices: undefined } as unknown as Sample)).toBe("Which?");
  });

  it("that a prompt leaves out are warned of", () => {
    const dataset = { name: "d", path: "d", digest: "", samples: [sample], available: 1, choiceColumns: ["choices"] };
    expect(datasetNotes(dataset, [])).toEqual([]);
    expect(datasetNotes(dataset, ["Be brief."])).toEqual([]);
    expect(datasetNotes(dataset, ["{{question}} {{choices}}"])).toEqual([]);
    expect(datasetNotes(dataset, ["{{question}}?"]).join(" ")).toContain('the column "choices" is not used: the model does not see it');
  });
});
