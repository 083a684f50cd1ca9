import { z } from "zod";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { idsOf, PendingIds, promptMembers } from "./answer-ids.js";
import type { Best } from "./best-of.js";
import type { Choice, Chunk, ChunkOf, TextRequest } from "./completion.js";
import { promptRuns, promptsSchema, toPrompts } from "./prompts.js";
import { toWireEnd, type AnswerHead } from "./wire-answer.js";
import type { ParsedRequest } from "./wire-chat.js";
import { logprobCount, PLAIN_FORM, toDemand, toForm, type AnswerForm } from "./wire-demand.js";
import { checkBody, choiceCount, commonFields, maxTokens, toDeadlines, toSampling } from "./wire-fields.js";
import { formatFields, toResponseFormat } from "./wire-format.js";
import { textLogprobsOf, toWireTextLogprobs } from "./wire-logprobs.js";

/** OpenAI's default for this endpoint. */
const DEFAULT_MAX_TOKENS = 16;
const MOST_PROMPTS = 128;

/** POST /v1/completions, as platform.openai.com/docs/api-reference/completions/create has it. */
export const textBodySchema = z.object({
  prompt: promptsSchema(MOST_PROMPTS).describe("A text, a list of token ids that may contain texts, or a list of several of these."),
  ...commonFields,
  suffix: z.string().nullish().describe("The text after the gap, for models trained to fill in the middle."),
  max_tokens: maxTokens.nullish().describe("Default 16; -1 for as many as fit the context, 0 for none."),
  max_completion_tokens: maxTokens.nullish().describe("The same as max_tokens."),
  echo: z.boolean().nullish().describe("Return the prompt before the completion."),
  logprobs: logprobCount.nullish().describe("Return log-probabilities with this many alternatives; with echo, also of the prompt."),
  add_special_tokens: z.boolean().nullish().describe("false: do not add the BOS token (vLLM's name)."),
  best_of: choiceCount.nullish().describe("Generate this many answers to each prompt and return the n most likely, the most likely first."),
  ...formatFields,
});

/** The prompts of a body, each a request of its own; choices are numbered prompt by prompt. */
export interface ParsedTextRequest extends Omit<ParsedRequest<TextRequest>, "completion"> {
  completions: TextRequest[];
  echo: boolean;
  /** The likeliest answers to each prompt that are given, where more are made. */
  best: Best | undefined;
}

/** Checks a request body. Throws INVALID_ARGUMENT or UNSUPPORTED_PARAMETER naming the field. */
export function parseTextRequest(body: unknown): ParsedTextRequest {
  const r = checkBody(textBodySchema, body);
  const options = toOptions(r);
  const best = toBest(r, options);
  // which ones are the likeliest is told by their log-probabilities
  const made = best ? { ...options, choices: r.best_of ?? 1, topLogprobs: options.topLogprobs ?? 0 } : options;
  return {
    completions: toPrompts(r.prompt).map((prompt) => ({ prompt, ...made })),
    best,
    form: toForm(r),
    echo: r.echo ?? false,
    stream: r.stream ?? false,
    includeUsage: r.stream_options?.include_usage ?? false,
    deadlines: toDeadlines(r),
  };
}

/** What is chosen among; undefined where all answers are given. Throws INVALID_ARGUMENT where fewer would be made than given. */
function toBest(
  { best_of: made }: z.output<typeof textBodySchema>,
  { choices: count = 1, topLogprobs }: Omit<TextRequest, "prompt">,
): Best | undefined {
  if (typeof made !== "number" || (made === 1 && count === 1)) return undefined;
  if (made >= count) return { count, keepsLogprobs: topLogprobs !== undefined };
  throw new LlmopsError("INVALID_ARGUMENT", `best_of: ${made} answers are fewer than the ${count} that n asks for.`, {
    hint: "Raise best_of, or lower n.",
    param: "best_of",
  });
}

function toOptions(r: z.output<typeof textBodySchema>): Omit<TextRequest, "prompt"> {
  const logprobs = r.logprobs ?? r.n_probs ?? undefined;
  const said = [r.max_tokens, r.max_completion_tokens, r.n_predict, r.max_new_tokens].some((value) => typeof value === "number");
  return {
    ...toSampling(said ? r : { ...r, max_tokens: DEFAULT_MAX_TOKENS }),
    ...toResponseFormat(r),
    ...(r.echo && logprobs !== undefined && { promptLogprobs: logprobs }),
    ...toDemand(r, logprobs),
    ...(r.add_special_tokens === false && { withoutBeginning: true as const }),
    ...(typeof r.suffix === "string" ? { suffix: r.suffix } : {}),
  };
}

/** The text every choice begins with where prompts are to be echoed, in the order of the choices; undefined where they are not. */
export function echoedPrompts(
  { completions, echo }: ParsedTextRequest,
  choicesEach: number,
  detokenize: (tokens: readonly number[]) => string,
): string[] | undefined {
  if (!echo) return undefined;
  return completions.flatMap(({ prompt }) => {
    const text = promptRuns(prompt).map((run) => (typeof run === "string" ? run : detokenize(run)));
    return Array.from({ length: choicesEach }, () => text.join(""));
  });
}

/** One choice of a whole answer. */
export function toWireTextChoice(choice: Choice, index: number, { echoed, form = PLAIN_FORM }: TextWriting = {}): object {
  return {
    index,
    text: (echoed?.[index] ?? "") + choice.text,
    logprobs: toWireTextLogprobs(textLogprobsOf(choice, { echoes: echoed !== undefined }), 0, form),
    ...toWireEnd(choice.finishReason, choice.stoppedBy),
    ...promptMembers(choice, form),
    ...idsOf(choice.tokens ?? [], form),
  };
}

/** How an answer is written. */
export interface TextWriting {
  /** The text each choice begins with, where the prompt is given back. */
  echoed?: readonly string[] | undefined;
  form?: AnswerForm;
}

/** Makes the events of a streamed answer. */
export class TextStream {
  private readonly head: AnswerHead;
  private readonly echoed: readonly string[] | undefined;
  private readonly form: AnswerForm;
  private readonly pending: PendingIds;
  private readonly offsets = new Map<number, number>();

  constructor(head: AnswerHead, { echoed, form = PLAIN_FORM }: TextWriting = {}) {
    this.head = head;
    this.echoed = echoed;
    this.form = form;
    this.pending = new PendingIds(form);
  }

  /** The events of a chunk; none where it is told with a later one. */
  events(chunk: Exclude<Chunk, { type: "finish" }>): object[] {
    const { choice } = chunk;
    this.pending.note(chunk);
    const events = this.offsets.has(choice) ? [] : this.echo(chunk);
    const offset = this.offsets.get(choice) ?? 0;
    if (chunk.type === "text" && (chunk.text !== "" || chunk.logprobs)) {
      this.offsets.set(choice, offset + chunk.text.length);
      events.push(this.event(choice, chunk.text, { logprobs: toWireTextLogprobs(chunk.logprobs, offset, this.form) }));
    }
    if (chunk.type === "end") {
      const logprobs = toWireTextLogprobs(chunk.last && [chunk.last], offset, this.form);
      events.push(this.event(choice, "", { end: chunk, logprobs }));
    }
    return events;
  }

  /** The prompt given back, before anything else of a choice. */
  private echo(chunk: Exclude<Chunk, { type: "finish" }>): object[] {
    const { choice } = chunk;
    const text = this.echoed?.[choice] ?? "";
    this.offsets.set(choice, text.length);
    const logprobs = this.echoed && chunk.type === "prompt" ? toWireTextLogprobs(chunk.logprobs, 0, this.form) : null;
    return text === "" && !logprobs ? [] : [this.event(choice, text, { logprobs })];
  }

  private event(index: number, text: string, { end, logprobs }: { end?: ChunkOf<"end">; logprobs?: object | null } = {}): object {
    const ended = end ? toWireEnd(end.reason, end.stop) : { finish_reason: null };
    const choice = { index, text, logprobs: logprobs ?? null, ...ended, ...this.pending.takePrompt(index), ...this.pending.take(index) };
    const { id, created, model, system_fingerprint } = this.head;
    return { id, object: "text_completion", created, model, system_fingerprint, choices: [choice] };
  }
}
