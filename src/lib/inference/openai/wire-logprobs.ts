import { StringDecoder } from "node:string_decoder";
import type { Choice, ChosenLogprob, DrawnToken, PromptLogprob, TokenLogprob } from "./completion.js";
import type { AnswerForm } from "./wire-demand.js";

/** What of an answer's form its log-probabilities depend on. */
type LogprobForm = Pick<AnswerForm, "namesByIds" | "drawn">;

/** Log-probabilities of a chat: OpenAI's shape, with llama-server's `id`; with its `prob` and `top_probs` in their place where asked for. */
export function toWireLogprobs(logprobs: readonly ChosenLogprob[] | undefined, form: LogprobForm): object | null {
  return logprobs ? { content: logprobs.map((chosen) => toEntry(chosen, form)), refusal: null } : null;
}

/**
 * Log-probabilities of a text completion, OpenAI's shape: lists side by side, from an offset in the text on. llama-server's `content` beside
 * them where its fields asked.
 */
export function toWireTextLogprobs(
  logprobs: readonly PromptLogprob[] | undefined,
  start: number,
  form: LogprobForm & Pick<AnswerForm, "entries">,
): object | null {
  if (!logprobs) return null;
  const nameOf = (token: { id?: number; text: string }) => toName(token, form);
  return {
    tokens: logprobs.map(nameOf),
    token_logprobs: logprobs.map((token) => ("logprob" in token ? finite(token.logprob) : null)),
    top_logprobs: logprobs.map((token) =>
      "top" in token ? Object.fromEntries(token.top.map((t) => [nameOf(t), finite(t.logprob)])) : null,
    ),
    text_offset: offsetsOf(logprobs, start),
    ...(form.entries && { content: logprobs.flatMap((token) => ("top" in token ? [toEntry(token, form)] : [])) }),
  };
}

/** Where each token begins in the text: one that is part of a character begins where that does. Control tokens are not in the text. */
function offsetsOf(logprobs: readonly PromptLogprob[], start: number): number[] {
  const decoder = new StringDecoder("utf8");
  let offset = start;
  return logprobs.map((token) => {
    const own = offset;
    offset += decoder.write(Buffer.from(token.bytes)).length;
    return own;
  });
}

/** The log-probabilities of a choice of a text completion: those of the echoed prompt, of its tokens, and of the one that ended it. */
export function textLogprobsOf(
  { logprobs, last, promptLogprobs = [] }: Choice,
  { echoes }: { echoes: boolean },
): PromptLogprob[] | undefined {
  const echoed = echoes ? promptLogprobs : [];
  if (!logprobs && !last && echoed.length === 0) return undefined;
  return [...echoed, ...(logprobs ?? []), ...(last ? [last] : [])];
}

/**
 * vLLM's `prompt_logprobs`: for every token of the prompt an object by token id, null for the first one, which has no probability. `rank`
 * is 1 for the likeliest; null where the prompt's token is not among those that were asked for.
 */
export function toPromptLogprobs(logprobs: readonly PromptLogprob[]): (object | null)[] {
  return logprobs.map((token) => {
    if (!("top" in token)) return null;
    const ranked = token.top.map((one, i) => [one, i + 1] as const);
    const all = ranked.some(([one]) => one.id === token.id) ? ranked : [...ranked, [token, null] as const];
    return Object.fromEntries(
      all.map(([{ id = -1, text, logprob }, rank]) => [id, { logprob: finite(logprob), rank, decoded_token: text }]),
    );
  });
}

/** OpenAI writes -9999 for what is practically impossible; JSON has no infinity. */
export function finite(logprob: number): number {
  return Number.isFinite(logprob) ? logprob : -9999;
}

function toEntry(chosen: ChosenLogprob, form: LogprobForm): object {
  const { drawn } = chosen;
  if (form.drawn && drawn) {
    const top = drawn.top.map((one) => ({ ...described(one, form), prob: one.prob }));
    return { ...described(chosen, form), prob: drawn.prob, top_probs: top };
  }
  const toWire = (token: TokenLogprob) => ({ ...described(token, form), logprob: finite(token.logprob) });
  return { ...toWire(chosen), top_logprobs: chosen.top.map(toWire) };
}

function described(token: TokenLogprob | DrawnToken["top"][number], form: LogprobForm): object {
  const { id, bytes } = token;
  return { ...(id !== undefined && { id }), token: toName(token, form), bytes };
}

/** The text of a token, or vLLM's name of its id. */
function toName({ id, text }: { id?: number; text: string }, { namesByIds }: Pick<AnswerForm, "namesByIds">): string {
  return namesByIds && id !== undefined ? `token_id:${id}` : text;
}
