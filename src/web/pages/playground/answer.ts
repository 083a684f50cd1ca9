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
  /** Pieces that came, and how many of them together with the first one, until when. */
  pieces: number;
  burst: { pieces: number; until: number };
  /** Tokens a second, as the server says. */
  serverSpeed: number | null;
  finishReason: string | null;
  completionTokens: number | null;
  error: string | null;
}

const CUT_OFF = "The stream ended before the answer did: this is only a part of it. See the server's log, and ask again.";
/** What comes so soon after the first piece may have waited with it, in the browser or on the way. */
const BURST_MS = 20;
/** Of less time, or fewer pieces, no speed can be told. */
const LEAST = { ms: 100, pieces: 2 };

/** An answer that was just asked for. */
export function newAnswer(now: number): Answer {
  return {
    ...{ state: "waiting", text: "", thoughts: "", tokens: [], startedAt: now, firstAt: null, lastAt: null },
    ...{ pieces: 0, burst: { pieces: 0, until: now }, serverSpeed: null, finishReason: null, completionTokens: null, error: null },
  };
}

/** An answer with what an event adds to it; what is not as the API has it adds nothing. */
export function withEvent(answer: Answer, event: ChatEvent, now: number): Answer {
  const { choices, error } = event;
  if (error) return { ...answer, state: "failed", error: wordsOf(error) };
  const { delta, logprobs, finish_reason: finishReason } = choices?.[0] ?? {};
  const { text, thoughts } = partIn(delta ?? {});
  const tokens = Array.isArray(logprobs?.content) ? logprobs.content : [];
  return {
    ...(text === "" && thoughts === "" ? answer : withPiece(answer, now)),
    text: answer.text + text,
    thoughts: answer.thoughts + thoughts,
    tokens: [...answer.tokens, ...tokens],
    finishReason: finishReason ?? answer.finishReason,
    ...numbersOf(answer, event),
  };
}

/** An answer whose stream has ended. It is whole where the endpoint said why it ended, or that the stream has (`isDone`). */
export function ended(answer: Answer, isDone: boolean): Answer {
  if (answer.state === "failed") return answer;
  const isEmpty = answer.text === "" && answer.thoughts === "";
  if (answer.finishReason === null && isEmpty)
    return { ...answer, state: "failed", error: "The endpoint ended the stream without an answer." };
  if (answer.finishReason === null && !isDone) return { ...answer, state: "failed", error: CUT_OFF };
  return { ...answer, state: "done" };
}

function numbersOf(answer: Answer, { usage, timings }: ChatEvent): Partial<Answer> {
  // of a single token servers know no speed, and say one all the same
  const speed = timings?.predicted_n === 1 ? undefined : positive(timings?.predicted_per_second);
  return { completionTokens: positive(usage?.completion_tokens) ?? answer.completionTokens, serverSpeed: speed ?? answer.serverSpeed };
}

function withPiece(answer: Answer, now: number): Answer {
  const { firstAt, burst } = answer;
  const pieces = answer.pieces + 1;
  const isTogether = now - (firstAt ?? now) <= BURST_MS;
  return {
    ...answer,
    state: "streaming",
    firstAt: firstAt ?? now,
    lastAt: now,
    pieces,
    burst: isTogether ? { pieces, until: now } : burst,
  };
}

function positive(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : undefined;
}

function wordsOf(error: NonNullable<ChatEvent["error"]>): string {
  const words: unknown = typeof error === "string" ? error : error.message;
  return typeof words === "string" ? words : "The endpoint failed.";
}

/** What a delta adds: thoughts are named differently by servers, and a refusal is what is said instead of an answer. */
function partIn({ content, refusal, reasoning_content: reasoning, reasoning: thought }: Delta): { text: string; thoughts: string } {
  const textIn = (...parts: unknown[]) => parts.find((part) => typeof part === "string") ?? "";
  return { text: textIn(content, refusal), thoughts: textIn(reasoning, thought) };
}

type Delta = NonNullable<NonNullable<NonNullable<ChatEvent["choices"]>[number]>["delta"]>;

/**
 * Milliseconds to the first token, and tokens a second; null where they are not known. The speed is the server's own where it says it.
 * Otherwise it is that of the pieces after the first ones, as the page saw them; of an answer that came at once there is none.
 */
export function speedOf(answer: Answer): { firstMs: number | null; perSecond: number | null } {
  const { startedAt, firstAt, serverSpeed } = answer;
  return { firstMs: firstAt === null ? null : firstAt - startedAt, perSecond: serverSpeed ?? seenSpeed(answer) };
}

function seenSpeed({ lastAt, pieces, burst, completionTokens, tokens }: Answer): number | null {
  const count = completionTokens ?? tokens.length;
  const further = pieces - burst.pieces;
  const ms = (lastAt ?? burst.until) - burst.until;
  if (count < 2 || further < LEAST.pieces || ms < LEAST.ms) return null;
  return (count * (further / pieces)) / (ms / 1000);
}

/** The tokens, where they are the text letter by letter: probabilities are shown at no other. */
export function shownTokens({ text, tokens }: Answer): TokenProbability[] | undefined {
  return tokens.length > 0 && tokens.map(({ token }) => token).join("") === text ? tokens : undefined;
}
