import { readOptions, splitChoice } from "../../base/registry/named-options.js";
import { Registry } from "../../base/registry/registry.js";
import type { JudgeMethod } from "./judge-method.js";
import { toPreference, toVerdict, voteOnScore, voteOnWinner } from "./read-verdict.js";
import { fromDistribution, fromShares } from "./verdict.js";

/** `probability`. */
const probabilityMethod: JudgeMethod = {
  name: "probability",
  about: "the expected score over the probabilities of the levels' tokens",
  async score(task) {
    const { reply, probabilities, mass } = await task.answer();
    if (!probabilities) return toVerdict(reply, task.rubric, "probability");
    const justification = "problem" in reply ? null : reply.justification;
    const values = task.rubric.levels.map(({ value }) => value);
    return fromDistribution(values, probabilities, { justification, method: "probability", ...(mass === undefined ? {} : { mass }) });
  },
  async compare(task) {
    const { reply, probabilities } = await task.answer();
    if (probabilities) return fromShares(probabilities, "problem" in reply ? null : reply.justification);
    return toPreference(reply);
  },
};

/** `generate`. */
const generateMethod: JudgeMethod = {
  name: "generate",
  about: "one written score",
  score: async (task) => toVerdict(await task.read(), task.rubric, "generate"),
  compare: async (task) => toPreference(await task.read()),
};

/** `votes`. */
const votesMethod: JudgeMethod = {
  name: "votes",
  about: "the mean of several written scores",
  score: async (task) => voteOnScore(await task.vote(), task.rubric),
  compare: async (task) => voteOnWinner(await task.vote()),
};

/** The ways of llmops itself to judge. */
export const BUILT_IN_JUDGES: Registry<JudgeMethod> = new Registry<JudgeMethod>("judge", [probabilityMethod, generateMethod, votesMethod]);

/** A way to judge with its options, as it was written. */
export interface ChosenMethod {
  method: JudgeMethod;
  options: unknown;
  written: string;
}

/** The way to judge that `NAME` or `NAME:OPTIONS` means. Throws INVALID_ARGUMENT for an unknown one, or for wrong options. */
export function chooseMethod(written: string, judges = BUILT_IN_JUDGES): ChosenMethod {
  const { name, text } = splitChoice(written);
  const method = judges.get(name);
  return { method, options: readOptions(`judge "${name}"`, method.options, text), written };
}
