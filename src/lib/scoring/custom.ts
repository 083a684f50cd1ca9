import { existsSync } from "node:fs";
import { basename, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { z } from "zod";
import type { Sample } from "../dataset/sample.js";
import { LlmopsError, messageOf } from "../errors/llmops-error.js";
import type { Completion } from "../openai/completion.js";
import { withinTime } from "./deadline.js";
import type { ScoredCompletion, ScoredSample } from "./module-types.js";
import type { Score, Scorer } from "./scorer.js";
import { noteUserModule } from "./user-modules.js";

const answerSchema = z.union([
  z.number(),
  z.boolean().transform(Number),
  z.null(),
  z.object({ value: z.union([z.number(), z.boolean().transform(Number), z.null()]), explanation: z.string().optional() }),
]);
const moduleSchema = z.object({
  score: z.function(),
  name: z.string().min(1).optional(),
  kind: z.enum(["rate", "mean"]).optional(),
  direction: z.enum(["max", "min", "none"]).optional(),
  needsReference: z.boolean().optional(),
});

type UserScore = (sample: object, completion: object) => unknown;

/**
 * A scorer from a user's module: its default export is a function (sample, completion) that gives a number, true or false, null
 * for unscored, or {value, explanation}; or an object {score, name, kind, direction}. Throws INVALID_ARGUMENT.
 */
export async function moduleScorer(path: string): Promise<Scorer> {
  if (!existsSync(path)) throw new LlmopsError("INVALID_ARGUMENT", `The scorer ${path} does not exist.`, { hint: "Name a module file." });
  let exported: unknown;
  try {
    const { href } = pathToFileURL(resolve(path));
    noteUserModule(href);
    exported = ((await import(href)) as { default?: unknown }).default;
  } catch (cause) {
    throw new LlmopsError("INVALID_ARGUMENT", `The scorer ${path} cannot be loaded: ${messageOf(cause)}.`, {
      hint: "It is an ES module.",
      cause,
    });
  }
  const parsed = moduleSchema.safeParse(typeof exported === "function" ? { score: exported } : exported);
  if (!parsed.success) {
    throw new LlmopsError("INVALID_ARGUMENT", `The scorer ${path} exports no function and no {score} by default.`, {
      hint: "For example: export default (sample, completion) => completion.text.includes(sample.answer).",
    });
  }
  const { name = basename(path, extname(path)), kind = "mean", direction = "max", needsReference = false } = parsed.data;
  const user = parsed.data.score as unknown as UserScore;
  return {
    ...{ name, kind, direction, needsReference },
    score: (sample, completion, context) => withinTime(async () => toScore(await user(toInput(sample), toOutput(completion))), context),
  };
}

/** What a user's scorer is given of a sample. */
export function toInput({ id, question, answer, answers, topic, fields, messages }: Sample): ScoredSample {
  return { ...fields, id, question, answer, answers, topic, fields, ...(messages && { messages }) };
}

/** What a user's scorer is given of a completion. */
export function toOutput({ text, thoughts, finishReason, usage, timing }: Completion): ScoredCompletion {
  return {
    text,
    ...(thoughts !== undefined && { thoughts }),
    finish_reason: finishReason,
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    latency_seconds: timing.totalMs / 1000,
  };
}

/** What a user's scorer gave, as a score. Throws SCORER_FAILED for anything that is not one. */
export function toScore(given: unknown): Score {
  const { data } = readAnswer(given);
  if (data === undefined) {
    throw scorerFailed(`it gave ${describe(given)}, not a number, true, false, null or {value, explanation}`);
  }
  if (data === null || typeof data === "number") return { value: data };
  return { value: data.value, ...(data.explanation === undefined ? {} : { explanation: data.explanation }) };
}

/** Reading it may run code of the user's: a getter that throws. */
function readAnswer(given: unknown): { data?: z.infer<typeof answerSchema> } {
  try {
    return answerSchema.safeParse(given);
  } catch (cause) {
    throw scorerFailed(`what it gave cannot be read: ${messageOf(cause)}`);
  }
}

function describe(given: unknown): string {
  try {
    return inspect(given, { depth: 1, breakLength: Infinity }).slice(0, 100);
  } catch {
    return `a ${typeof given}`;
  }
}

/** A scorer of the user's that did not give a score. The caller says which scorer, and of which row. */
export function scorerFailed(why: string): LlmopsError {
  return new LlmopsError("SCORER_FAILED", why, { hint: "Try the scorer by hand on one answer." });
}
