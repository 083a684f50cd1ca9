import { z } from "zod";
import type { Choice, Chunk, ChunkOf, PromptLogprob, TextRequest } from "./completion.js";
import { toWireEnd, type AnswerHead } from "./wire-answer.js";
import { finite, type ParsedRequest } from "./wire-chat.js";
import { checkBody, commonFields, logprobCount, maxTokens, toDeadlines, toSampling } from "./wire-fields.js";
import { refusalOf } from "./body-issues.js";
import { formatFields, toResponseFormat } from "./wire-format.js";

const BEST_OF = "Set n, and choose by logprobs among the answers.";
/** OpenAI's default for this endpoint. */
const DEFAULT_MAX_TOKENS = 16;
const MOST_PROMPTS = 128;

const tokenIds = z.array(z.number().int().min(0)).min(1);

/** POST /v1/completions, as platform.openai.com/docs/api-reference/completions/create has it. */
export const textBodySchema = z.object({
  prompt: z
    .union(
      [
        z.string(),
        tokenIds,
        z
          .array(z.union([z.string(), tokenIds]))
          .min(1)
          .max(MOST_PROMPTS),
      ],
      {
        error: "a text, a list of tokens, or a list of several of either, is expected",
      },
    )
    .describe("A text, a list of tokens, or several of either."),
  ...commonFields,
  suffix: z.string().nullish().describe("What follows after the gap, for models trained to fill one."),
  max_tokens: maxTokens.nullish().describe("16 when absent, -1 for as many as fit the context, 0 for none."),
  max_completion_tokens: maxTokens.nullish().describe("The same as max_tokens."),
  echo: z.boolean().nullish().describe("Give the prompt back before the completion."),
  logprobs: logprobCount.nullish().describe("Log-probabilities, with so many alternatives; with echo also of the prompt."),
  add_special_tokens: z
    .boolean()
    .nullish()
    .describe("false: the prompt does not begin with the token that prompts begin with (vLLM's name)."),
  best_of: z.number().int().min(1).nullish().describe("Only n."),
  ...formatFields,
});

/** The prompts of a body, each a request of its own; choices are numbered prompt by prompt. */
export interface ParsedTextRequest extends Omit<ParsedRequest<TextRequest>, "completion"> {
  completions: TextRequest[];
  echo: boolean;
}

/** Checks a request body. Throws INVALID_ARGUMENT or UNSUPPORTED_PARAMETER naming the field. */
export function parseTextRequest(body: unknown): ParsedTextRequest {
  const r = checkBody(textBodySchema, body);
  if (typeof r.best_of === "number" && r.best_of !== (r.n ?? r.n_cmpl ?? 1))
    throw refusalOf("best_of", { value: r.best_of, hint: BEST_OF });
  return {
    completions: toPrompts(r.prompt).map((prompt) => ({ prompt, ...toOptions(r) })),
    echo: r.echo ?? false,
    stream: r.stream ?? false,
    includeUsage: r.stream_options?.include_usage ?? false,
    deadlines: toDeadlines(r),
  };
}

function toOptions(r: z.output<typeof textBodySchema>): Omit<TextRequest, "prompt"> {
  const logprobs = r.logprobs ?? r.n_probs;
  const said = [r.max_tokens, r.max_completion_tokens, r.n_predict, r.max_new_tokens].some((value) => typeof value === "number");
  return {
    ...toSampling(said ? r : { ...r, max_tokens: DEFAULT_MAX_TOKENS }),
    ...toResponseFormat(r),
    ...(typeof logprobs === "number" ? { topLogprobs: logprobs } : {}),
    ...(r.echo && typeof logprobs === "number" ? { promptLogprobs: true } : {}),
    ...(r.add_special_tokens === false && { withoutBeginning: true as const }),
    ...(typeof r.suffix === "string" ? { suffix: r.suffix } : {}),
  };
}

function toPrompts(prompt: z.output<typeof textBodySchema>["prompt"]): (string | number[])[] {
  if (typeof prompt === "string") return [prompt];
  return typeof prompt[0] === "number" ? [prompt as number[]] : (prompt as string[] | number[][]);
}

/** One choice of a whole answer. */
export function toWireTextChoice(choice: Choice, index: number, echoed = ""): object {
  const logprobs = choice.logprobs || choice.promptLogprobs ? [...(choice.promptLogprobs ?? []), ...(choice.logprobs ?? [])] : undefined;
  return {
    index,
    text: echoed + choice.text,
    logprobs: toWireTextLogprobs(logprobs, 0),
    ...toWireEnd(choice.finishReason, choice.stoppedBy),
  };
}

/** Makes the events of a streamed answer. */
export class TextStream {
  private readonly head: AnswerHead;
  private readonly echoed: readonly string[];
  private readonly offsets = new Map<number, number>();

  /** `echoed`: the text each choice begins with. */
  constructor(head: AnswerHead, echoed: readonly string[] = []) {
    this.head = head;
    this.echoed = echoed;
  }

  events(chunk: Exclude<Chunk, { type: "finish" }>): object[] {
    const { choice } = chunk;
    const promptLogprobs = chunk.type === "prompt" ? chunk.logprobs : undefined;
    const events = this.offsets.has(choice) ? [] : this.echo(choice, promptLogprobs);
    const offset = this.offsets.get(choice) ?? 0;
    if (chunk.type === "text" && (chunk.text !== "" || chunk.logprobs)) {
      this.offsets.set(choice, offset + chunk.text.length);
      events.push(this.event(choice, chunk.text, { logprobs: toWireTextLogprobs(chunk.logprobs, offset) }));
    }
    if (chunk.type === "end") events.push(this.event(choice, "", { end: chunk }));
    return events;
  }

  private echo(choice: number, promptLogprobs: PromptLogprob[] | undefined): object[] {
    const text = this.echoed[choice] ?? "";
    this.offsets.set(choice, text.length);
    return text === "" ? [] : [this.event(choice, text, { logprobs: toWireTextLogprobs(promptLogprobs, 0) })];
  }

  private event(index: number, text: string, { end, logprobs }: { end?: ChunkOf<"end">; logprobs?: object | null } = {}): object {
    const ended = end ? toWireEnd(end.reason, end.stop) : { finish_reason: null };
    const choice = { index, text, logprobs: logprobs ?? null, ...ended };
    const { id, created, model, system_fingerprint } = this.head;
    return { id, object: "text_completion", created, model, system_fingerprint, choices: [choice] };
  }
}

function toWireTextLogprobs(logprobs: readonly PromptLogprob[] | undefined, start: number): object | null {
  if (!logprobs) return null;
  let offset = start;
  const offsets = logprobs.map(({ text }) => {
    offset += text.length;
    return offset - text.length;
  });
  return {
    tokens: logprobs.map(({ text }) => text),
    token_logprobs: logprobs.map((token) => ("logprob" in token ? finite(token.logprob) : null)),
    top_logprobs: logprobs.map((token) => ("top" in token ? Object.fromEntries(token.top.map((t) => [t.text, finite(t.logprob)])) : null)),
    text_offset: offsets,
  };
}
