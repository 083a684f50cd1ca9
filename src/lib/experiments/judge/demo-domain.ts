import { z } from "zod";
import { readFileSync } from "node:fs";
import type { GradedSample } from "./judge-prompt.js";
import type { Judge } from "./judge.js";
import { isShippedRubric } from "./rubric-files.js";
import type { Rubric } from "./rubric.js";

/** The names results show the embedded demo model under. */
const DEMO_NAMES = ["demo", "demo-q8_0"];
/**
 * The share of unknown words from which rows are outside the demo model's world. Held-out rows of its own world have 1 to 5 % of them,
 * ordinary text of other worlds 12 % and more (models/demo/CARD.md).
 */
const MOST_UNKNOWN = 0.08;
const SHOWN_WORDS = 5;
const WORD = /\p{L}[\p{L}\p{M}]*(?:['’]\p{L}+)*/gu;

export const judgeValiditySchema = z.object({
  in_domain: z.boolean(),
  unknown_words: z.number().nullable().describe("The share of words in the rows that its training never had; null without any words."),
  threshold: z.number(),
  words: z.number(),
  examples: z.array(z.string()).describe("The commonest unknown words."),
  untrained_criteria: z.array(z.string()).describe("Criteria other than the shipped rubrics it was trained on."),
});

/** Whether what the demo model grades lies within the small world it was trained on. */
export type JudgeValidity = z.infer<typeof judgeValiditySchema>;

/** How far to trust the demo model as a judge of these rows; null where another model grades. */
export function demoValidity(
  judges: readonly Judge[],
  rubrics: readonly Rubric[],
  samples: readonly Partial<GradedSample>[],
): JudgeValidity | null {
  if (!judges.some(({ target }) => DEMO_NAMES.includes(target.model))) return null;
  const words = samples.flatMap(({ question, context, reference, answer }) =>
    [question, context, reference, answer].flatMap((text) => text?.toLowerCase().match(WORD) ?? []),
  );
  const unknown = words.filter((word) => !knownWords().has(word));
  const share = words.length === 0 ? null : unknown.length / words.length;
  const criteria = rubrics.filter((rubric) => !isShippedRubric(rubric)).map(({ name }) => name);
  return {
    in_domain: share !== null && share <= MOST_UNKNOWN && criteria.length === 0,
    unknown_words: share,
    threshold: MOST_UNKNOWN,
    words: words.length,
    examples: commonest(unknown),
    untrained_criteria: criteria,
  };
}

/** The warning for a terminal, in one line; undefined where there is nothing to warn of. */
export function describeValidity(validity: JudgeValidity | null): string | undefined {
  if (!validity || validity.in_domain) return undefined;
  const { unknown_words: share, threshold, examples, untrained_criteria: criteria } = validity;
  const reasons = [
    ...(share === null ? ["these rows hold no words"] : []),
    ...(share !== null && share > threshold
      ? [`it does not know ${Math.round(100 * share)} % of the words in these rows (${examples.join(", ")})`]
      : []),
    ...(criteria.length > 0 ? [`it was not trained to grade by ${criteria.join(", ")}`] : []),
  ];
  return (
    `Warning: the demo model is not a valid judge here: ${reasons.join(", and ")}. Its scores are for trying llmops out; ` +
    "name a real judge with --judge-model_path or --judge-endpoint."
  );
}

function commonest(words: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN_WORDS)
    .map(([word]) => word);
}

let known: ReadonlySet<string> | undefined;

/** The words of the demo model's training documents, written by models/demo/scripts/words.py. */
function knownWords(): ReadonlySet<string> {
  known ??= new Set(
    readFileSync(new URL("../../../../models/demo/words.txt", import.meta.url), "utf8")
      .trim()
      .split("\n"),
  );
  return known;
}
