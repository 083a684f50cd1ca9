import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { z } from "zod";
import type { Sample } from "../dataset/sample.js";
import { scorerDirection } from "../../base/stats/metric-directions.js";
import { readTextFile } from "../../base/files/read-text-file.js";
import { isAbort, LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import type { Completion } from "../../inference/openai/completion.js";
import { ModuleThread, type ModuleFacts } from "./module-thread.js";
import type { ScoredCompletion, ScoredSample } from "./module-types.js";
import type { Score, Scorer } from "./scorer.js";
import { scorerFailed } from "./scorer-failed.js";

/** A module takes moments to load; one that takes longer never comes. */
const LOAD_MS = 60_000;

const answerSchema = z.union([
  z.number(),
  z.boolean().transform(Number),
  z.null(),
  z.object({ value: z.union([z.number(), z.boolean().transform(Number), z.null()]), explanation: z.string().optional() }),
]);
/** What is known of a scorer of the user's beside how it scores. */
export const scorerFactsSchema = z.object({
  kind: z.enum(["rate", "mean"]).default("mean"),
  direction: z.enum(["max", "min", "none"]).optional(),
  needsReference: z.boolean().default(false),
  range: z
    .tuple([z.number(), z.number()])
    .refine(([low, high]) => low < high, "the lowest value comes first")
    .optional(),
});
type ScorerFacts = z.output<typeof scorerFactsSchema> & Pick<Scorer, "direction">;
const moduleSchema = scorerFactsSchema.extend({ scores: z.literal(true), name: z.string().min(1).optional() });

/**
 * A scorer from a user's module, which runs in a thread of its own: its default export is a function (sample, completion) that gives a
 * number, true or false, null for unscored, or {value, explanation}; or an object {score, name, kind, direction}. Throws
 * INVALID_ARGUMENT, or the signal's reason where it aborts while the module is loaded.
 */
export async function moduleScorer(path: string, signal?: AbortSignal): Promise<Scorer> {
  if (!existsSync(path)) throw new LlmopsError("INVALID_ARGUMENT", `The scorer ${path} does not exist.`, { hint: "Name a module file." });
  const thread = new ModuleThread({ href: pathToFileURL(resolve(path)).href, path });
  const facts = await load(thread, path, signal);
  const parsed = moduleSchema.safeParse(facts);
  if (!parsed.success) throw notAScorer(path, facts);
  if (facts["takesOptions"] === true) {
    throw new LlmopsError("INVALID_ARGUMENT", `The scorer ${path} has options, which a module cannot be given.`, {
      hint: "Make it a scorer of a plugin: see plugins in llmops.yaml.",
    });
  }
  const { name = basename(path, extname(path)) } = parsed.data;
  return { ...threadScorer(name, factsOf(name, parsed.data), thread), version: fileVersion(path) };
}

/** What tells a module from another under its path: the beginning of its SHA-256. What it imports is not looked at. */
export function fileVersion(path: string): string {
  return createHash("sha256").update(readTextFile(path)).digest("hex").slice(0, 12);
}

/** A scorer of the user's that runs in a thread of its own, which starts when something is scored. */
export function threadScorer(name: string, facts: ScorerFacts, thread: ModuleThread): Scorer {
  const { kind, direction, needsReference, range } = facts;
  return {
    ...{ name, kind, direction, needsReference, ...(range && { range }) },
    score: async (sample, completion, context) => {
      const answer = await thread.score(toInput(sample), toOutput(completion), context);
      if ("shown" in answer) throw noScore(answer.shown);
      return withinRange(toScore(answer.given), facts);
    },
  };
}

/** What is known of a scorer with what its author left out. Throws a ZodError. */
export function factsOf(name: string, given: unknown): ScorerFacts {
  const { direction = scorerDirection(name), ...facts } = scorerFactsSchema.parse(given);
  return { ...facts, direction };
}

/** The score. Throws SCORER_FAILED for a value outside the range its scorer declares, or a rate's: intervals and axes keep to it. */
export function withinRange(
  score: Score,
  { kind, range = kind === "rate" ? [0, 1] : undefined }: Pick<z.output<typeof scorerFactsSchema>, "kind" | "range">,
): Score {
  if (!range || score.value === null || (score.value >= range[0] && score.value <= range[1])) return score;
  if (kind === "rate" && range[0] === 0 && range[1] === 1) throw scorerFailed(`it gave ${score.value}, but a rate is from 0 to 1`);
  throw scorerFailed(`it gave ${score.value}, outside its range ${range[0]} to ${range[1]}`);
}

function notAScorer(path: string, { isPlugin }: ModuleFacts): LlmopsError {
  if (isPlugin === true) {
    return new LlmopsError("INVALID_ARGUMENT", `${path} is a plugin, not a scorer.`, {
      hint: "List it under plugins in llmops.yaml, or pass --plugin; then name its scorers.",
    });
  }
  return new LlmopsError("INVALID_ARGUMENT", `The scorer ${path} exports no function and no {score} by default.`, {
    hint: "For example: export default (sample, completion) => completion.text.includes(sample.answer).",
  });
}

async function load(thread: ModuleThread, path: string, signal: AbortSignal | undefined): Promise<ModuleFacts> {
  try {
    return await thread.load(LOAD_MS, signal);
  } catch (cause) {
    if (cause instanceof LlmopsError || isAbort(cause)) throw cause;
    throw new LlmopsError("INVALID_ARGUMENT", `The scorer ${path} cannot be loaded: ${messageOf(cause)}.`, {
      hint: /\.[cm]?tsx?$/.test(path)
        ? "Compile it first (npx tsc), and name the resulting .js or .mjs file."
        : "Write it as an ES module, with the scorer as its default export.",
      cause,
    });
  }
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
  const { data } = answerSchema.safeParse(given);
  if (data === undefined) throw noScore(inspect(given, { depth: 1, breakLength: Infinity }).slice(0, 100));
  if (data === null || typeof data === "number") return { value: data };
  return { value: data.value, ...(data.explanation === undefined ? {} : { explanation: data.explanation }) };
}

function noScore(shown: string): LlmopsError {
  return scorerFailed(`it gave ${shown}, not a number, true, false, null or {value, explanation}`);
}
