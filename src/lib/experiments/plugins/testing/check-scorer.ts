import type { Completion } from "../../../inference/openai/completion.js";
import type { Sample } from "../../dataset/sample.js";
import type { CustomScorer, ScoreFunction } from "../../scoring/module-types.js";
import type { Score, Scorer } from "../../scoring/scorer.js";
import { loadPlugins } from "../load-plugins.js";
import { isSame, rule } from "./rules.js";

/** An answer to score, with what of its row matters. */
export interface ScoredCase {
  text: string;
  answers?: readonly string[];
  question?: string;
  fields?: Readonly<Record<string, unknown>>;
}

/** Answers that scorers meet: empty, long, in other scripts, with and without a reference. */
const CASES: readonly ScoredCase[] = [
  { text: "", answers: ["Paris"] },
  { text: "Paris", answers: ["Paris"] },
  { text: "The capital of France is Paris.", answers: ["Paris", "paris"] },
  { text: "東京 🎌 \u0000 \ud800", answers: ["東京"] },
  { text: '```json\n{"a": [1, 2]}\n```', answers: ['{"a": [1, 2]}'] },
  { text: "word ".repeat(2000), answers: ["word"] },
  { text: "42", answers: ["forty-two"], fields: { level: 3, tags: ["a"], nothing: null } },
  { text: "no reference", answers: [] },
];

/**
 * Checks what llmops relies on in a scorer: it scores every answer, also empty and odd ones, with a finite number or null, within its
 * range; the same answer gets the same score, whatever was scored before or meanwhile; rows without a reference are unscored where it
 * needs one; and it changes nothing it is given. Throws Error with the first rule that does not hold. `options` are those after its name,
 * such as "words=3"; `cases` are answers of your own.
 */
export async function checkScorer(
  scorer: ScoreFunction | CustomScorer,
  { options, cases }: { options?: string; cases?: readonly ScoredCase[] } = {},
): Promise<void> {
  const { scorers } = await loadPlugins([{ api: 1, scorers: { checked: scorer } }]);
  await checkScoring(await scorers.get("checked").make(options), cases);
}

/** The same of any scorer, also a built-in one. */
export async function checkScoring(checked: Scorer, cases: readonly ScoredCase[] = []): Promise<void> {
  rule(checked.name !== "", "a scorer has a name");
  const all = [...CASES, ...cases];
  for (const one of all) {
    const about = `${checked.name} on ${JSON.stringify(one.text.slice(0, 40))}`;
    const [first, again] = [await scored(checked, one), await scored(checked, one)];
    checkValue(checked, first.value, about);
    rule(
      isSame(first, again),
      `${about} gives ${JSON.stringify(first)}, then ${JSON.stringify(again)}; the same answer has the same score`,
    );
    if (checked.needsReference && (one.answers ?? []).length === 0) {
      rule(first.value === null, `${about} gives ${String(first.value)} without a reference answer, which it says it needs`);
    }
  }
  await checkTogether(checked, all);
}

function checkValue({ kind, range }: Scorer, value: number | null, about: string): void {
  if (value === null) return;
  rule(Number.isFinite(value), `${about} gives ${value}; a score is a finite number, or null`);
  rule(kind === "mean" || (value >= 0 && value <= 1), `${about} gives ${value}; a rate is from 0 to 1`);
  if (!range) return;
  rule(value >= range[0] && value <= range[1], `${about} gives ${value}; its range is ${range[0]} to ${range[1]}`);
}

/** Answers are scored several at a time. */
async function checkTogether(scorer: Scorer, cases: readonly ScoredCase[]): Promise<void> {
  const alone: Score[] = [];
  for (const one of cases) alone.push(await scored(scorer, one));
  const together = await Promise.all(cases.map((one) => scored(scorer, one)));
  rule(isSame(alone, together), `${scorer.name} scores answers otherwise when several are scored at a time`);
}

async function scored(scorer: Scorer, { text, answers = [], question = "?", fields = {} }: ScoredCase): Promise<Score> {
  const sample: Sample = { id: "1", question, answer: answers[0] ?? null, answers: [...answers], topic: null, fields: { ...fields } };
  const completion = completionOf(text);
  const before = JSON.stringify([sample, completion]);
  const score = await scorer.score(sample, completion, { earlier: {}, timeoutMs: 60_000 });
  rule(JSON.stringify([sample, completion]) === before, `${scorer.name} changes the row or the answer it is given`);
  return score;
}

function completionOf(text: string): Completion {
  const choice = { text, finishReason: "stop", toolCalls: [], logprobs: undefined } as const;
  return {
    ...{ text, finishReason: "stop", usage: { promptTokens: 8, completionTokens: Math.max(1, Math.ceil(text.length / 4)) } },
    ...{ choices: [{ ...choice, toolCalls: [] }], timing: { firstTokenMs: 20, totalMs: 100 } },
  };
}
