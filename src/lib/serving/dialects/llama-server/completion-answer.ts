import { z } from "zod";
import { choicesOf } from "../../../inference/openai/answer-check.js";
import { asObject, type JsonObject } from "../../../inference/openai/json-object.js";
import { isSeveral } from "../../../inference/openai/prompts.js";
import type { Translation, StreamFormat } from "../translation.js";
import { answersEach, completionBodySchema, type NativeRequest } from "./completion-body.js";

const probability = z.looseObject({ token: z.string(), id: z.number().int().optional(), logprob: z.number().optional() });
const answerSchema = z.looseObject({
  index: z.number().int().optional(),
  content: z.string().optional(),
  tokens: z.array(z.number().int()).optional().describe("Their ids: of a stream, and with return_tokens."),
  stop: z.boolean().optional(),
  stop_type: z.enum(["none", "eos", "limit", "word"]).optional(),
  stopping_word: z.string().optional(),
  tokens_predicted: z.number().int().optional(),
  tokens_evaluated: z.number().int().optional().describe("Those of its prompt."),
  tokens_cached: z.number().int().optional().describe("Of an answer that is alone."),
  completion_probabilities: z
    .array(probability.extend({ top_logprobs: z.array(probability).optional(), top_probs: z.array(probability).optional() }))
    .optional()
    .describe("With post_sampling_probs: prob and top_probs in place of logprob and top_logprobs."),
  truncated: z.boolean().optional().describe("The answer ended where the context does."),
});
/** What is told apart from the settings, and what only counts the tokens of several answers. */
const NO_SETTINGS = ["prompt", "return_token_ids"];

/** One answer, or a list where several prompts or answers were asked for. */
export const completionAnswerSchema = z.union([answerSchema, z.array(answerSchema)]);
/** One event of a streamed answer. */
export const completionEventSchema = answerSchema;

/** A request of llama-server's in OpenAI's words. `toError` writes an error for a stream. */
export function translateCompletion(request: NativeRequest, toError: (...error: Parameters<StreamFormat["error"]>) => object): Translation {
  const { body, isList, names } = request;
  return {
    path: "/v1/completions",
    body,
    ...(names && { names }),
    toAnswer: (answer) => {
      const all = choicesOf(answer).map((choice) => pick(toNative(choice, answer, request), request.fields));
      // HTTP answers of this API are lists here, whatever the type of other APIs' bodies
      return (isList ? all : all[0]) as JsonObject;
    },
    stream: () => new NativeStream(request, toError),
  };
}

/** Events as llama-server has them: one for each piece of text, and one with all that is known at the end of each answer. */
class NativeStream implements StreamFormat {
  readonly contentType = "text/event-stream; charset=utf-8";
  private readonly request: NativeRequest;
  private readonly toError: (...error: Parameters<StreamFormat["error"]>) => object;
  private readonly ended: JsonObject[] = [];
  private readonly texts = new Map<number, string>();
  private readonly ids = new Map<number, { token_ids: unknown[]; prompt_token_ids: unknown }>();

  constructor(request: NativeRequest, toError: (...error: Parameters<StreamFormat["error"]>) => object) {
    this.request = request;
    this.toError = toError;
  }

  event(event: JsonObject): string {
    const choices = choicesOf(event);
    // the token counts come in an event of their own, after the last answer has ended
    if (choices.length === 0) return this.ends(event);
    return choices.map((choice) => this.piece(choice, event)).join("");
  }

  end(): string {
    return this.ends({});
  }

  error(...error: Parameters<StreamFormat["error"]>): string {
    return data(this.toError(...error));
  }

  private piece(choice: JsonObject, event: JsonObject): string {
    const index = Number(choice["index"] ?? 0);
    const text = textOf(choice);
    this.texts.set(index, (this.texts.get(index) ?? "") + text);
    const ids = this.noteIds(index, choice);
    if (typeof choice["finish_reason"] === "string")
      this.ended.push({ ...event, choices: [{ ...choice, ...ids, text: "", tokens: [], logprobs: null }] });
    const probabilities = toProbabilities(choice["logprobs"]);
    const tokens = tokensOf(choice);
    if (text === "" && tokens.length === 0 && !("completion_probabilities" in probabilities)) return "";
    return data({ index, content: text, tokens, stop: false, ...probabilities });
  }

  /** The ids of a choice's tokens so far, and of its prompt, where its events have them. */
  private noteIds(index: number, { token_ids: more, prompt_token_ids: prompt }: JsonObject): object {
    const { token_ids: before = [], prompt_token_ids: known = prompt } = this.ids.get(index) ?? {};
    if (!Array.isArray(more)) return {};
    const ids = { token_ids: [...before, ...(more as unknown[])], prompt_token_ids: known };
    this.ids.set(index, ids);
    return ids;
  }

  private ends(last: JsonObject): string {
    const all = this.ended.splice(0).map((event) => {
      const [choice = {}] = choicesOf(event);
      const text = this.texts.get(Number(choice["index"] ?? 0)) ?? "";
      const whole = toNative(choice, { ...event, usage: last["usage"] ?? event["usage"] }, this.request);
      return data(pick({ ...whole, has_new_line: text.includes("\n") }, this.request.fields));
    });
    return all.join("");
  }
}

function data(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

function toNative(choice: JsonObject, answer: JsonObject, { body, isList }: NativeRequest): JsonObject {
  const index = Number(choice["index"] ?? 0);
  const text = textOf(choice);
  const counts = isList ? ownCounts(choice) : countsOf(asObject(answer["usage"]) ?? {});
  return {
    index,
    content: text,
    tokens: tokensOf(choice),
    stop: true,
    model: answer["model"],
    ...counts,
    ...(typeof counts.tokens_predicted === "number" && { truncated: isCut(choice, counts.tokens_predicted, body) }),
    generation_settings: settingsOf(body),
    prompt: promptOf(body["prompt"], index, body),
    has_new_line: text.includes("\n"),
    ...toStop(choice),
    ...(answer["timings"] !== undefined && { timings: answer["timings"] }),
    ...toProbabilities(choice["logprobs"]),
  };
}

/** The token counts of an answer that is alone. */
function countsOf(usage: JsonObject) {
  const cached = asObject(usage["prompt_tokens_details"])?.["cached_tokens"] ?? 0;
  return { tokens_predicted: usage["completion_tokens"], tokens_evaluated: usage["prompt_tokens"], tokens_cached: cached };
}

/** The token counts of one of several; none where another server answered that gives no ids. */
function ownCounts({ token_ids: ids, prompt_token_ids: prompt }: JsonObject) {
  return {
    ...(Array.isArray(ids) && { tokens_predicted: ids.length }),
    ...(Array.isArray(prompt) && { tokens_evaluated: prompt.length }),
  };
}

/** What was asked of the answer; fields that nothing knows changed nothing. */
function settingsOf(body: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(body).filter(([name]) => !NO_SETTINGS.includes(name) && Object.hasOwn(completionBodySchema.shape, name)),
  );
}

function tokensOf({ tokens }: JsonObject): unknown[] {
  return Array.isArray(tokens) ? tokens : [];
}

/** Whether the context ended an answer before it had as many tokens as it was to have. */
function isCut({ finish_reason: reason }: JsonObject, tokens: number, body: JsonObject): boolean {
  const most = Number(body["n_predict"] ?? body["max_tokens"] ?? body["max_completion_tokens"] ?? -1);
  return reason === "length" && (most < 0 || tokens < most);
}

function textOf({ text }: JsonObject): string {
  return typeof text === "string" ? text : "";
}

/** The prompt of a choice: choices are numbered prompt by prompt. */
function promptOf(prompt: unknown, index: number, body: JsonObject): unknown {
  return isSeveral(prompt) ? prompt[Math.floor(index / answersEach(body))] : prompt;
}

function toStop({ finish_reason: reason, stop_reason: stopped }: JsonObject): JsonObject {
  if (reason === "length") return { stop_type: "limit", stopping_word: "" };
  return typeof stopped === "string" ? { stop_type: "word", stopping_word: stopped } : { stop_type: "eos", stopping_word: "" };
}

/** The log-probabilities of a text completion, token by token; those of another server's have no ids. */
function toProbabilities(logprobs: unknown): { completion_probabilities?: object[] } {
  const { content } = asObject(logprobs) ?? {};
  if (Array.isArray(content)) return { completion_probabilities: content as object[] };
  const { tokens, token_logprobs: chosen, top_logprobs: top } = asObject(logprobs) ?? {};
  if (!Array.isArray(tokens) || !Array.isArray(chosen)) return {};
  return {
    completion_probabilities: tokens.map((token, place) => {
      const others = asObject(Array.isArray(top) ? top[place] : undefined) ?? {};
      const all = Object.entries(others).map(([text, logprob]) => ({ ...withBytes(text), logprob }));
      return { ...withBytes(String(token)), logprob: chosen[place] as unknown, top_logprobs: all };
    }),
  };
}

function withBytes(token: string): { token: string; bytes: number[] } {
  return { token, bytes: [...Buffer.from(token)] };
}

/** Only some members of an answer; "a/b" is the member b of a, under that name. */
function pick(answer: JsonObject, fields: readonly string[] | undefined): JsonObject {
  if (!fields) return answer;
  const found = fields.flatMap((path) => {
    const value = path.split("/").reduce<unknown>((within, name) => memberOf(within, name), answer);
    return value === undefined ? [] : [[path, value] as const];
  });
  return Object.fromEntries(found);
}

function memberOf(within: unknown, name: string): unknown {
  const object = asObject(within);
  return object && Object.hasOwn(object, name) ? object[name] : undefined;
}
