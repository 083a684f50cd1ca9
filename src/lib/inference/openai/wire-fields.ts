import { z } from "zod";
import {
  requestNames,
  SAMPLING_KEYS,
  SAMPLING_PARAMETERS,
  samplingFields,
  type SamplingKey,
} from "../../base/config/sampling-parameters.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { deriveSeed } from "../../base/math/random.js";
import type { SamplingParameters } from "./completion.js";
import type { Deadlines } from "./deadlines.js";

const LONGEST_TIMEOUT_SECONDS = 300;
const MOST_CHOICES = 128;
const MOST_STOPS = 16;

const seconds = z.number().gt(0).max(LONGEST_TIMEOUT_SECONDS);

/** What chat and text completions have in common: OpenAI's names, and those of llama-server and vLLM where OpenAI has none. */
export const commonFields = {
  model: z.string().nullish().describe("Any name: there is one model, and the answer names it."),
  stream: z.boolean().nullish().describe("Send the answer as server-sent events."),
  stream_options: z
    .object({ include_usage: z.boolean().nullish() })
    .nullish()
    .describe("include_usage: one more event with the token counts."),
  ...samplingFields(),
  logit_bias: z
    .record(z.string().regex(/^\d+$/, "keys are token ids"), z.number().min(-100).max(100))
    .nullish()
    .describe("Added to the logits, by token id."),
  ignore_eos: z.boolean().nullish().describe("Generate max_tokens tokens whatever they are: for measuring speed."),
  n: z.number().int().min(1).max(MOST_CHOICES).nullish().describe("Independent answers to the same prompt."),
  stop: z
    .union([z.string(), z.array(z.string()).max(MOST_STOPS)])
    .nullish()
    .describe(`Up to ${MOST_STOPS} texts that end the answer; they are not part of it.`),
  priority: z
    .number()
    .int()
    .min(-100)
    .max(100)
    .nullish()
    .describe(
      "Of one key, lower ones get a free slot sooner; above 0 a request steps back behind other keys' too. 0 when absent (vLLM's name).",
    ),
  user: z.string().nullish().describe("Taken, not used."),
  track_experiment: z.boolean().nullish().describe("Record this request as a run in MLflow."),
  experiment_name: z.string().nullish().describe("The run's experiment; the server's own when absent."),
  run_name: z.string().nullish().describe("The run's name."),
  tags: z.record(z.string(), z.unknown()).nullish().describe("The run's tags; domain also labels metrics."),
  timeout: seconds.nullish().describe("Seconds until the work is stopped and the answer is 408; 60 when absent, at most 300."),
  first_token_timeout: seconds.nullish().describe("Seconds until the first token must arrive."),
  stall_timeout: seconds.nullish().describe("Longest pause between two tokens, in seconds."),
};

type CommonFields = z.output<z.ZodObject<typeof commonFields>>;

/** Fields that change the answer and that this server does not have, with the value that means "off": refused, never ignored. */
const UNSUPPORTED = new Map<string, unknown>([
  ["functions", undefined],
  ["function_call", undefined],
  ["audio", undefined],
  ["web_search_options", undefined],
  ["use_beam_search", false],
  ["min_tokens", 0],
  ["stop_token_ids", undefined],
  ["typical_p", 1],
  ["top_n_sigma", -1],
  ["mirostat", 0],
  ["dynatemp_range", 0],
  ["dry_multiplier", 0],
  ["xtc_probability", 0],
  ["lora", undefined],
]);

/**
 * A request body of the right shape. Throws INVALID_ARGUMENT or UNSUPPORTED_PARAMETER naming the field; with `all` fields that this
 * engine does not have are left to whoever answers.
 */
export function checkBody<Schema extends z.ZodType>(schema: Schema, body: unknown, { all = false } = {}): z.output<Schema> {
  const result = schema.safeParse(body);
  if (!result.success) {
    const issue = result.error.issues[0];
    const param = issue?.path.join(".") ?? "";
    const message = `${param === "" ? "The request body" : param}: ${issue?.message ?? "wrong shape"}.`;
    throw new LlmopsError("INVALID_ARGUMENT", message, param === "" ? {} : { param });
  }
  if (!all) refuseUnsupported(body as Record<string, unknown>);
  return result.data;
}

function refuseUnsupported(body: Record<string, unknown>): void {
  for (const [name, harmless] of UNSUPPORTED) {
    const value = Object.hasOwn(body, name) ? body[name] : undefined;
    if (value !== undefined && value !== null && value !== harmless) throw unsupported(name, value);
  }
}

/** The refusal of a parameter with a value this server cannot honor. */
export function unsupported(param: string, value: unknown): LlmopsError {
  return new LlmopsError("UNSUPPORTED_PARAMETER", `This server does not support ${param} = ${JSON.stringify(value)}.`, { param });
}

/** The sampling settings of a body; what is absent stays absent. */
export function toSampling(
  body: CommonFields & { max_tokens?: number | null | undefined },
): SamplingParameters & { choices?: number; priority?: number } {
  return withoutNullish({
    ...numbersOf(body),
    logitBias: body.logit_bias,
    ignoreEndTokens: body.ignore_eos,
    stop: typeof body.stop === "string" ? [body.stop] : body.stop,
    ...(typeof body.seed === "number" && { seed: toSeed(body.seed) }),
    choices: body.n,
    priority: body.priority,
  });
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

/** OpenAI takes any integer, the sampler 32 bits. */
function toSeed(seed: number): number {
  return seed >= 0 && seed < 0xffff_ffff ? seed : deriveSeed("seed", seed);
}

type NonNullish<T> = { [K in keyof T]?: NonNullable<T[K]> };

function withoutNullish<T extends Record<string, unknown>>(values: T): NonNullish<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null)) as NonNullish<T>;
}
