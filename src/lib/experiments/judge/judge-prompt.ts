import type { ChatMessage } from "../../inference/openai/completion.js";
import { judgeTemplate } from "./judge-template.js";
import { scaleOf, type Rubric, type RubricExample } from "./rubric.js";

/** Whether all samples share the rubric at the prompt's beginning, or all criteria of a sample share the sample. */
export const LAYOUTS = ["rubric_first", "sample_first"] as const;
export type Layout = (typeof LAYOUTS)[number];

/** Where the judge writes its justification: nowhere, before the score, or after it. */
export const REASONS = ["none", "before", "after"] as const;
export type ReasonPlace = (typeof REASONS)[number];

export interface PromptOptions {
  layout: Layout;
  reason: ReasonPlace;
}

/** What a judge is shown of a sample. */
export interface GradedSample {
  question: string;
  context?: string | undefined;
  reference?: string | undefined;
  answer: string;
}

/** A sample with two answers, in the order they are shown. */
export interface PairedSample extends Omit<GradedSample, "answer"> {
  answer_a: string;
  answer_b: string;
}

/** The conversation that asks for a score: the rubric, its examples as earlier turns, the sample. */
export function scoreMessages(rubric: Rubric, sample: GradedSample, options: PromptOptions): ChatMessage[] {
  const { score } = judgeTemplate();
  const { low, high } = scaleOf(rubric);
  const levels = [...rubric.levels].reverse().map(({ value, text }) => `${value} = ${text}`);
  const instruction = fill(score.instruction, { title: rubric.title, description: rubric.description, levels: levels.join("\n") });
  const format = fill(score.formats[options.reason], { low: String(low), high: String(high) });
  const { system, ask } = frame(options, { instruction, format });
  const turns = rubric.examples.flatMap((example): ChatMessage[] => [
    { role: "user", content: ask(shown(rubric, example)) },
    { role: "assistant", content: writeReply({ score: example.score, justification: example.justification }, options.reason) },
  ]);
  return [{ role: "system", content: system }, ...turns, { role: "user", content: ask(shown(rubric, sample)) }];
}

/** The conversation that asks which of two answers is better. */
export function pairMessages(rubric: Rubric, sample: PairedSample, options: PromptOptions): ChatMessage[] {
  const { pairwise } = judgeTemplate();
  const instruction = fill(pairwise.instruction, { title: rubric.title, description: rubric.description });
  const { system, ask } = frame(options, { instruction, format: pairwise.formats[options.reason] });
  return [
    { role: "system", content: system },
    { role: "user", content: ask(shown(rubric, sample)) },
  ];
}

/** The beginning of a reply up to where its verdict stands. */
export function prefillOf(key: "score" | "winner"): string {
  return key === "score" ? '{"score": ' : '{"winner": "';
}

/** The system message, and what makes a user's message of a sample's fields. */
function frame({ layout }: PromptOptions, parts: { instruction: string; format: string }) {
  const { system, layouts } = judgeTemplate();
  const { system: head, user } = layouts[layout];
  return {
    system: fill(head, { system, ...parts }),
    ask: (sample: Parameters<typeof renderFields>[0]) => fill(user, { fields: renderFields(sample), ...parts }),
  };
}

/** Only what the rubric knows of: a rubric that does not accept a reference must not see it. */
function shown<Shown extends object>(rubric: Rubric, sample: Shown): Partial<Shown> {
  const hidden = (["context", "reference"] as const).filter((field) => ![...rubric.requires, ...rubric.accepts].includes(field));
  return Object.fromEntries(Object.entries(sample).filter(([name]) => !(hidden as string[]).includes(name))) as Partial<Shown>;
}

function renderFields(sample: Partial<GradedSample & PairedSample & RubricExample>): string {
  const lines = Object.entries(judgeTemplate().fields).flatMap(([name, line]) => {
    const value = sample[name as keyof typeof sample];
    return value === undefined || value === "" ? [] : [fill(line, { [name]: String(value) })];
  });
  return lines.join("\n");
}

function writeReply({ score, justification }: { score: number; justification: string }, reason: ReasonPlace): string {
  const said = `"justification": ${JSON.stringify(justification)}`;
  const parts = { none: [`"score": ${score}`], before: [said, `"score": ${score}`], after: [`"score": ${score}`, said] };
  return `{${parts[reason].join(", ")}}`;
}

/** Puts values into {name} holes, all at once: what a value holds is not filled again. */
function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => values[name] ?? hole);
}
