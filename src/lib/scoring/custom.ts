import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { basename, extname, resolve } from "node:path";
import { text as readText } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import type { Sample } from "../dataset/sample.js";
import { LlmopsError, messageOf } from "../errors/llmops-error.js";
import type { Completion } from "../openai/completion.js";
import type { Score, Scorer } from "./scorer.js";

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
    exported = ((await import(pathToFileURL(resolve(path)).href)) as { default?: unknown }).default;
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
    score: async (sample, completion) => toScore(await user(toInput(sample), toOutput(completion)), path),
  };
}

/**
 * A scorer that is a command of the shell: it reads {"sample", "completion"} as JSON on standard input and prints what a module's
 * function would give. A failure makes the cell fail, with the end of its standard error. The command is ended with `signal`.
 */
export function commandScorer(command: string): Scorer {
  return {
    name: basename(command.trim().split(/\s+/)[0] ?? "command").replace(/\.\w+$/, ""),
    kind: "mean",
    direction: "max",
    async score(sample, completion, context) {
      const child = spawn(command, { shell: true, stdio: ["pipe", "pipe", "pipe"], ...(context?.signal && { signal: context.signal }) });
      const ended = new Promise<number | null>((resolveCode, reject) => {
        child.on("error", reject);
        child.on("close", resolveCode);
      });
      child.stdin.on("error", () => undefined); // a command that does not read its input is no failure
      child.stdin.end(JSON.stringify({ sample: toInput(sample), completion: toOutput(completion) }));
      const [output, problems, code] = await Promise.all([readText(child.stdout), readText(child.stderr), ended]);
      if (code !== 0) throw failed(command, `ended with ${code ?? "a signal"}: ${problems.trim().slice(-300)}`);
      try {
        return toScore(JSON.parse(output), command);
      } catch (cause) {
        if (cause instanceof SyntaxError) throw failed(command, `printed no JSON: ${output.slice(0, 100)}`);
        throw cause;
      }
    },
  };
}

function toInput({ id, question, answer, answers, topic, fields }: Sample): object {
  return { ...fields, id, question, answer, answers, topic };
}

function toOutput({ text, finishReason, usage, timing }: Completion): object {
  return {
    text,
    finish_reason: finishReason,
    prompt_tokens: usage.promptTokens,
    completion_tokens: usage.completionTokens,
    latency_seconds: timing.totalMs / 1000,
  };
}

function toScore(given: unknown, source: string): Score {
  const parsed = answerSchema.safeParse(given);
  if (!parsed.success) throw failed(source, `gave ${JSON.stringify(given)}, not a number, true, false, null or {value, explanation}`);
  const { data } = parsed;
  if (data === null || typeof data === "number") return { value: data };
  return { value: data.value, ...(data.explanation === undefined ? {} : { explanation: data.explanation }) };
}

function failed(source: string, why: string): LlmopsError {
  return new LlmopsError("SCORER_FAILED", `The scorer ${source} ${why}.`, { hint: "Try it by hand on one answer." });
}
