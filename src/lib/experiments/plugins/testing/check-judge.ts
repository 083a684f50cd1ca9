import type { Completion } from "../../../inference/openai/completion.js";
import type { ComparingTask, GradingTask, JudgeMethod } from "../../judge/judge-method.js";
import { chooseMethod, type ChosenMethod } from "../../judge/judge-methods.js";
import { readReply } from "../../judge/read-reply.js";
import type { Rubric } from "../../judge/rubric.js";
import { loadPlugins } from "../load-plugins.js";
import type { CustomJudge } from "../plugin.js";
import { isSame, rule } from "./rules.js";

const RUBRIC: Rubric = {
  weight: 1,
  ...{ name: "checked", title: "Quality", description: "How good the answer is.", requires: [], accepts: ["reference"], examples: [] },
  levels: [1, 2, 3, 4, 5].map((value) => ({ value, text: `level ${value}` })),
};
/** What a model may say to a judge: verdicts as they should be, off the scale, unreadable, and nothing. */
const REPLIES = [
  '{"justification": "fine", "score": 4}',
  '{"score": 9}',
  "I would rather not say.",
  "",
  "4",
  '{"winner": "A"}',
  '{"winner": "both"}',
];
const ANSWERS = ["Paris", "", "The capital of France is Paris. ".repeat(50), "東京 🎌"];

/**
 * Checks what llmops relies on in a judge: whatever the model says, every answer gets a score on the rubric's scale, or none; the same
 * answer and replies give the same verdict; it changes nothing it is given; and it asks no model where it says that it asks none. Its
 * comparisons are checked too, if it compares. Throws Error with the first rule that does not hold. `options` are those after its name,
 * such as "strict=true".
 */
export async function checkJudge(judge: CustomJudge, { options }: { options?: string } = {}): Promise<void> {
  const { judges } = await loadPlugins([{ api: 1, judges: { checked: judge } }]);
  await checkJudging(chooseMethod(options === undefined ? "checked" : `checked:${options}`, judges));
}

/** The same of any judge, also a built-in one. */
export async function checkJudging(chosen: ChosenMethod): Promise<void> {
  const { method } = chosen;
  for (const reply of REPLIES) {
    for (const answer of ANSWERS) {
      const about = `${method.name} on ${JSON.stringify(answer.slice(0, 40))}, where the model says ${JSON.stringify(reply)},`;
      await checkScore(chosen, answer, reply, about);
      await checkComparison(chosen, answer, reply, about);
    }
  }
}

async function checkScore({ method, options }: ChosenMethod, answer: string, reply: string, about: string): Promise<void> {
  const sample = { question: "What is the capital of France?", reference: "Paris", answer };
  const task = (): GradingTask => ({ ...taskOf(method, "score", reply), sample });
  const given = task();
  const before = JSON.stringify([given.sample, given.rubric, given.messages]);
  const first = await method.score(given, options);
  rule(JSON.stringify([given.sample, given.rubric, given.messages]) === before, `${about} changes the task it is given`);
  const { score, distribution, problem } = first;
  rule(score === null || (score >= 1 && score <= 5), `${about} gives the score ${String(score)}; the scale is 1 to 5`);
  rule(score !== null || problem !== undefined, `${about} gives no score and no problem`);
  if (distribution) {
    const sum = distribution.reduce((total, share) => total + share, 0);
    rule(distribution.length === 5 && Math.abs(sum - 1) < 1e-6, `${about} gives a distribution that is not over the 5 levels`);
  }
  rule(isSame(await method.score(task(), options), first), `${about} gives another verdict the second time`);
}

async function checkComparison({ method, options }: ChosenMethod, answer: string, reply: string, about: string): Promise<void> {
  if (!method.compare) return;
  const sample = { question: "What is the capital of France?", answer_a: answer, answer_b: "Lyon" };
  const task = (): ComparingTask => ({ ...taskOf(method, "winner", reply), sample });
  const first = await method.compare(task(), options);
  rule(first.winner !== null || first.problem !== undefined, `${about} names no winner and no problem`);
  rule([null, "A", "B", "tie"].includes(first.winner), `${about} names the winner ${String(first.winner)}`);
  rule(isSame(await method.compare(task(), options), first), `${about} prefers another answer the second time`);
}

/** A task whose model always says the same. */
function taskOf(method: JudgeMethod, key: "score" | "winner", text: string): Omit<GradingTask, "sample"> {
  const read = readReply(text, key);
  const completion: Completion = {
    ...{
      text,
      finishReason: "stop",
      choices: [],
      usage: { promptTokens: 1, completionTokens: 1 },
      timing: { firstTokenMs: 1, totalMs: 2 },
    },
  };
  const asked = <T>(given: T): Promise<T> => {
    rule(method.asksModel !== false, `${method.name} says that it asks no model, but it asks one`);
    return Promise.resolve(given);
  };
  return {
    ...{ rubric: RUBRIC, messages: [{ role: "user", content: "Grade the answer." }], votes: 3, seed: 1 },
    signal: new AbortController().signal,
    ask: () => asked(completion),
    read: () => asked(read),
    answer: () => asked({ reply: read, probabilities: key === "score" ? [0.1, 0.1, 0.1, 0.3, 0.4] : [0.5, 0.3, 0.2] }),
    vote: () => asked([read, read, read]),
  };
}
