import type { ChatEvent, TokenProbability } from "../../api/playground.js";

export type AnswerState = "waiting" | "streaming" | "done" | "stopped" | "failed";

/** An answer as far as it has come. Times are milliseconds of the page's clock. */
export interface Answer {
  state: AnswerState;
  text: string;
  thoughts: string;
  tokens: TokenProbability[];
  startedAt: number;
  firstAt: number | null;
  lastAt: number | null;
  finishReason: string | null;
  completionTokens: number | null;
  error: string | null;
}

/** An answer that was just asked for. */
export function newAnswer(now: number): Answer {
  return {
    ...{ state: "waiting", text: "", thoughts: "", tokens: [], startedAt: now, firstAt: null, lastAt: null },
    ...{ finishReason: null, completionTokens: null, error: null },
  };
}

/** An answer with what an event adds to it. */
export function withEvent(answer: Answer, { choices, usage, error }: ChatEvent, now: number): Answer {
  if (error) return { ...answer, state: "failed", error: wordsOf(error) };
  const { delta = {}, logprobs, finish_reason: finishReason } = choices?.[0] ?? {};
  const { text, thoughts } = partIn(delta);
  return {
    ...(text === "" && thoughts === "" ? answer : begun(answer, now)),
    text: answer.text + text,
    thoughts: answer.thoughts + thoughts,
    tokens: [...answer.tokens, ...(logprobs?.content ?? [])],
    finishReason: finishReason ?? answer.finishReason,
    completionTokens: usage?.completion_tokens ?? answer.completionTokens,
  };
}

function begun(answer: Answer, now: number): Answer {
  return { ...answer, state: "streaming", firstAt: answer.firstAt ?? now, lastAt: now };
}

function wordsOf(error: NonNullable<ChatEvent["error"]>): string {
  return typeof error === "string" ? error : (error.message ?? "The endpoint failed.");
}

/** What a delta adds: thoughts are named differently by servers, and a refusal is what is said instead of an answer. */
function partIn({ content, refusal, reasoning_content: reasoning, reasoning: thought }: Delta): { text: string; thoughts: string } {
  return { text: content ?? refusal ?? "", thoughts: reasoning ?? thought ?? "" };
}

type Delta = NonNullable<NonNullable<ChatEvent["choices"]>[number]["delta"]>;

/** Milliseconds to the first token, and tokens a second after it; null where they are not known. */
export function speedOf({ startedAt, firstAt, lastAt, completionTokens, tokens }: Answer): {
  firstMs: number | null;
  perSecond: number | null;
} {
  const count = completionTokens ?? (tokens.length > 0 ? tokens.length : null);
  const firstMs = firstAt === null ? null : firstAt - startedAt;
  const seconds = firstAt === null || lastAt === null ? 0 : (lastAt - firstAt) / 1000;
  return { firstMs, perSecond: count !== null && count > 1 && seconds > 0 ? (count - 1) / seconds : null };
}

/** The tokens, where they are the text letter by letter: probabilities are shown at no other. */
export function shownTokens({ text, tokens }: Answer): TokenProbability[] | undefined {
  return tokens.length > 0 && tokens.map(({ token }) => token).join("") === text ? tokens : undefined;
}
