import { isAbort, LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import type { ComparingTask, GradingTask, JudgeMethod } from "../judge/judge-method.js";
import { withinPatience } from "./judge-patience.js";
import { scaleOf } from "../judge/rubric.js";
import { noPreference, unscored, WINNERS, type PairVerdict, type JudgeVerdict } from "../judge/verdict.js";
import type { CustomJudge, Grade, LoadedPlugin, Preference } from "./plugin.js";

/** A judge of a plugin, whose verdicts are checked. */
export function judgeOfPlugin(name: string, { plugin, source }: LoadedPlugin): JudgeMethod {
  const { about = `a judge of ${source}`, options, version, asksModel = true, ...judge } = plugin.judges?.[name] as CustomJudge;
  const compare = async (task: ComparingTask, given: unknown) =>
    toPreference(name, await guarded(name, () => withinPatience(toTask(task), async (own) => (await judge.compare?.(own, given)) ?? null)));
  return {
    ...{ name, about, asksModel, version: version === undefined ? undefined : String(version) },
    ...(options && { options }),
    score: async (task, given) =>
      toVerdict(name, task, await guarded(name, () => withinPatience(toTask(task), async (own) => judge.score(own, given)))),
    ...(judge.compare && { compare }),
  };
}

/** The task with a rubric, sample and messages of the judge's own: what it changes of them stays with it. */
function toTask<Task extends GradingTask | ComparingTask>(task: Task): Task {
  return { ...task, rubric: structuredClone(task.rubric), sample: structuredClone(task.sample), messages: structuredClone(task.messages) };
}

/** A number is a grade, null is unscored. Throws PLUGIN_FAILED for anything that is not a verdict on the rubric's scale. */
function toVerdict(name: string, { rubric }: GradingTask, given: number | null | Grade): Omit<JudgeVerdict, "cost"> {
  const grade: Grade = typeof given === "object" && given !== null ? given : { score: given };
  const { score, justification = null, distribution = null, problem = "the judge gave no score" } = grade;
  if (score === null) return unscored(problem, name, justification);
  const { low, high } = scaleOf(rubric);
  if (!isWithin(score, low, high)) throw failed(name, `it gave ${show(given)}, not a score from ${low} to ${high}`);
  if (distribution && !isDistribution(distribution, rubric.levels.length)) {
    throw failed(name, `its distribution is ${show(distribution)}, not a probability for each of ${rubric.levels.length} levels`);
  }
  return { score, distribution: distribution && [...distribution], justification: toText(name, justification), method: name };
}

function toText(name: string, given: unknown): string | null {
  if (given === null || typeof given === "string") return given;
  throw failed(name, `its justification is ${show(given)}, not text`);
}

function isWithin(score: unknown, low: number, high: number): boolean {
  return typeof score === "number" && score >= low && score <= high;
}

function toPreference(name: string, given: unknown): Omit<PairVerdict, "cost"> {
  if (given === null) return noPreference("the judge gave no preference");
  const {
    winner,
    justification = null,
    distribution = null,
    problem,
  } = typeof given === "string" ? { winner: given } : (given as Preference);
  if (winner === null) return noPreference(problem ?? "the judge gave no preference");
  const known = WINNERS.find((one) => one === winner);
  if (known === undefined) throw failed(name, `it gave ${show(given)}, not A, B, or tie`);
  if (distribution && !isDistribution(distribution, WINNERS.length)) {
    throw failed(name, `its distribution is ${show(distribution)}, not a probability for each of ${WINNERS.join(", ")}`);
  }
  return { winner: known, distribution: distribution && [...distribution], justification };
}

function isDistribution(shares: unknown, count: number): boolean {
  if (!Array.isArray(shares) || !shares.every((share): share is number => typeof share === "number")) return false;
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.length === count && shares.every((share) => share >= 0) && Math.abs(sum - 1) < 1e-6;
}

async function guarded<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  try {
    const given = await work();
    if (given === undefined || (typeof given === "object" && given !== null && !("score" in given) && !("winner" in given))) {
      throw failed(name, `it gave ${show(given)}, not a verdict`);
    }
    return given;
  } catch (cause) {
    if (cause instanceof LlmopsError || isAbort(cause)) throw cause;
    throw failed(name, messageOf(cause), cause);
  }
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 100);
}

function failed(name: string, why: string, cause?: unknown): LlmopsError {
  return new LlmopsError("PLUGIN_FAILED", `The judge "${name}" failed: ${why.replace(/\.$/, "")}.`, {
    hint: "Check it with checkJudge of llmops/testing; what was graded is kept: see --resume.",
    cause,
  });
}
