import { z } from "zod";
import {
  requestNames,
  SAMPLING_KEYS,
  SAMPLING_PARAMETERS,
  samplingFields,
  type SamplingKey,
} from "../../base/config/sampling-parameters.js";
import { deriveSeed } from "../../base/math/random.js";
import { toBodyError } from "./body-issues.js";
import type { SamplingParameters } from "./completion.js";
import type { Deadlines } from "./deadlines.js";
import { harmlessFields, refusedFields } from "./other-fields.js";
import { demandFields } from "./wire-demand.js";
import { tokenFields, toTokenRules } from "./wire-tokens.js";

const LONGEST_TIMEOUT_SECONDS = 300;
const MOST_CHOICES = 128;

/** The names by which the longest answer may be asked for; a body where several differ has been refused, or made one. */
const MOST_TOKENS = ["max_completion_tokens", "max_tokens", "n_predict", "max_new_tokens"] as const;

/** So many answers to one prompt. */
export const choiceCount = z.number().int().min(1).max(MOST_CHOICES);
/** So many tokens; -1 for as many as fit. */
export const maxTokens = z.number().int().min(-1);
/** A number, or its digits where a client's numbers are not exact: 64 bits. */
const seed = z.union([z.number().int(), z.string().regex(/^-?\d{1,20}$/, "a whole number of at most 20 digits is expected")], {
  error: "a whole number, or its digits as text, is expected",
});
const seconds = z.number().gt(0).max(LONGEST_TIMEOUT_SECONDS);

/** What chat and text completions have in common: OpenAI's names, and those of llama-server and vLLM where OpenAI has none. */
export const commonFields = {
  model: z.string().nullish().describe("Any name: the server has one model, which the answer names."),
  stream: z.boolean().nullish().describe("Send the answer as server-sent events."),
  stream_options: z
    .object({ include_usage: z.boolean().nullish() })
    .nullish()
    .describe("include_usage: adds an event with the token counts."),
  ...samplingFields(),
  seed: seed.nullish().describe(SAMPLING_PARAMETERS.seed.about),
  ...tokenFields,
  ignore_eos: z.boolean().nullish().describe("Generate exactly max_tokens tokens, to measure speed."),
  n: choiceCount.nullish().describe("Independent answers to the same prompt."),
  n_cmpl: choiceCount.nullish().describe("The same as n (llama-server's name)."),
  n_predict: maxTokens.nullish().describe("The same as max_tokens (llama-server's name)."),
  max_new_tokens: maxTokens.nullish().describe("The same as max_tokens (transformers' name)."),
  ...demandFields,
  stop: z
    .union([z.string(), z.array(z.string())])
    .nullish()
    .describe("Texts that end the answer and are not part of it. request_limits.stops limits their number."),
  priority: z
    .number()
    .int()
    .min(-100)
    .max(100)
    .nullish()
    .describe(
      "Requests of one key with a lower value get a free slot sooner; above 0, other keys' requests also go first. Default 0 (vLLM's name).",
    ),
  track_experiment: z.boolean().nullish().describe("Record this request as a run in MLflow."),
  experiment_name: z.string().nullish().describe("The run's experiment; by default the server's own."),
  run_name: z.string().nullish().describe("The run's name."),
  tags: z.record(z.string(), z.unknown()).nullish().describe("The run's tags; domain also labels metrics."),
  timeout: seconds.nullish().describe("Seconds after which the request is canceled and answered with 408; default 60, at most 300."),
  first_token_timeout: seconds.nullish().describe("Seconds within which the first token must arrive."),
  stall_timeout: seconds.nullish().describe("Longest pause between two tokens, in seconds."),
  ...harmlessFields,
  ...refusedFields,
};

type CommonFields = z.output<z.ZodObject<typeof commonFields>>;
type MaxTokens = { readonly [Name in (typeof MOST_TOKENS)[number]]?: number | null | undefined };

/**
 * A request body of the right shape. Throws INVALID_ARGUMENT, or UNSUPPORTED_PARAMETER for a field that is refused, naming the field.
 */
export function checkBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body, { reportInput: true });
  if (!result.success) throw toBodyError(result.error.issues);
  return result.data;
}

/** The sampling settings of a body; what is absent stays absent. */
export function toSampling(body: CommonFields & MaxTokens): SamplingParameters & { choices?: number; priority?: number } {
  return {
    ...withoutNullish({
      ...numbersOf(body),
      maxTokens: maxTokensOf(body),
      ignoreEndTokens: body.ignore_eos,
      stop: typeof body.stop === "string" ? [body.stop] : body.stop,
      seed: body.seed === undefined || body.seed === null ? undefined : toSeed(body.seed),
      choices: body.n ?? body.n_cmpl,
      priority: body.priority,
    }),
    ...toTokenRules(body),
  };
}

/** The most tokens a body asks for; undefined where it asks for as many as fit. */
function maxTokensOf(body: MaxTokens): number | undefined {
  const said = MOST_TOKENS.map((name) => body[name]).filter((value) => typeof value === "number");
  return said.find((value) => value >= 0);
}

/** The numbers of the sampler, by whichever of their names a body has. */
function numbersOf(body: Readonly<Record<string, unknown>>): Partial<Record<SamplingKey, number | null | undefined>> {
  return Object.fromEntries(
    SAMPLING_KEYS.map((key) => {
      const name = requestNames(SAMPLING_PARAMETERS[key]).find((one) => (body[one] ?? undefined) !== undefined);
      return [key, name === undefined ? undefined : body[name]];
    }),
  );
}

/** The deadlines a body asks for, in milliseconds. */
export function toDeadlines(body: Pick<CommonFields, "timeout" | "first_token_timeout" | "stall_timeout">): Partial<Deadlines> {
  const toMs = (value: number | null | undefined) => (typeof value === "number" ? value * 1000 : undefined);
  return withoutNullish({
    totalMs: toMs(body.timeout),
    firstTokenMs: toMs(body.first_token_timeout),
    stallMs: toMs(body.stall_timeout),
  });
}

/** Clients send any integer, some as text where a number of theirs cannot hold it; the sampler takes 32 bits. */
function toSeed(given: number | string): number {
  const seed = Number.isSafeInteger(Number(given)) ? Number(given) : String(given);
  return typeof seed === "number" && seed >= 0 && seed < 0xffff_ffff ? seed : deriveSeed("seed", seed);
}

type NonNullish<T> = { [K in keyof T]?: NonNullable<T[K]> };

function withoutNullish<T extends Record<string, unknown>>(values: T): NonNullish<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null)) as NonNullish<T>;
}
