import type { Dataset } from "../../lib/experiments/dataset/sample.js";
import { demoValidity, describeValidity } from "../../lib/experiments/judge/demo-domain.js";
import type { Judge } from "../../lib/experiments/judge/judge.js";
import { gradedSample } from "../../lib/experiments/judge/judge-scorer.js";
import type { Rubric } from "../../lib/experiments/judge/rubric.js";
import type { JudgeOptions } from "./judge-options.js";

/** Who grades, in words: the judges' models, how verdicts are read, and whether a judge grades answers of its own model. */
export function describePanel(judges: readonly Judge[], { method: asked, votes: given }: JudgeOptions, isSelf: boolean): string {
  const [first] = judges;
  if (!first) return "";
  const { method, reason, votes } = first.options;
  const asksForVotes = asked === "votes" || given !== undefined;
  const how: Record<string, string> = {
    probability: reason === "before" ? "by token probabilities after a written justification" : "by token probabilities",
    votes: `by ${votes} votes${asksForVotes ? "" : ", because it gives no token probabilities"}`,
    generate: "by one written score",
  };
  const who = judges.map(({ target }) => target.model).join(", ");
  const self = isSelf ? " It grades its own answers: models favor what they write themselves." : "";
  return `${who} grades ${how[method] ?? `by the judge ${method}`}.${self}`;
}

/** What speaks against trusting these judges on a dataset, as far as its rows show it. */
export function warningOf(judges: readonly Judge[], rubrics: readonly Rubric[], { samples }: Dataset): string | undefined {
  const graded = samples.map((sample) => {
    const { answer_a: answer } = sample.fields;
    return gradedSample(sample, typeof answer === "string" ? answer : "");
  });
  return describeValidity(demoValidity(judges, rubrics, graded));
}
