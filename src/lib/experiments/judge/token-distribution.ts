import type { ChosenLogprob } from "../../inference/openai/completion.js";
import { splitThoughts } from "../../inference/openai/thoughts.js";
import { findVerdict } from "./read-reply.js";

/** Probabilities read at one place of a reply. */
export interface PlaceDistribution {
  /** Of each option, in their order; they add up to 1. */
  probabilities: number[];
  /** How much of the model's own probability the options have there. */
  mass: number;
}

/**
 * The distribution over options at the place of the verdict's value, from the log-probabilities that came with the reply: in the last
 * JSON object that has the member, thoughts passed over, whatever the text says elsewhere. Undefined where there is no such member,
 * no token begins there, or none of the options is among the most likely tokens.
 */
export function readDistribution(
  logprobs: readonly ChosenLogprob[],
  { key, options }: { key: string; options: readonly string[] },
): PlaceDistribution | undefined {
  const text = Buffer.from(logprobs.flatMap(({ bytes }) => bytes)).toString("utf8");
  // thoughts stand before the answer, so that what is left of the text is its end
  const { answer } = splitThoughts(text);
  const start = text.lastIndexOf(answer);
  const offset = findVerdict(answer, key);
  const chosen = offset === undefined ? undefined : tokenAt(logprobs, Buffer.byteLength(text.slice(0, start + offset)));
  if (!chosen) return undefined;
  const { before, token } = chosen;
  const weights = options.map(() => 0);
  // the same token is often listed both as chosen and among the best
  const listed = new Map([...token.top, token].map(({ text: candidate, logprob }) => [candidate, logprob]));
  for (const [candidate, logprob] of listed) {
    const option = optionOf(candidate, before, options);
    if (option !== undefined) weights[option] = (weights[option] ?? 0) + Math.exp(logprob);
  }
  const mass = weights.reduce((sum, weight) => sum + weight, 0);
  if (mass === 0) return undefined;
  return { probabilities: weights.map((weight) => weight / mass), mass: Math.min(1, mass) };
}

/** True where the first token of an option tells it from all others: "1" and "10" may begin alike. */
export function areTokenwise(options: readonly string[]): boolean {
  return options.every((a) => options.every((b) => a === b || !b.startsWith(a)));
}

/** The token that holds the byte at an offset, with what of it stands before that byte. */
function tokenAt(logprobs: readonly ChosenLogprob[], offset: number): { before: string; token: ChosenLogprob } | undefined {
  let start = 0;
  for (const token of logprobs) {
    const end = start + token.bytes.length;
    if (offset < end) return { before: Buffer.from(token.bytes.slice(0, offset - start)).toString("utf8"), token };
    start = end;
  }
  return undefined;
}

/** Which option a token continues with: with the same beginning as the chosen one, or none but white space and a quote. */
function optionOf(token: string, before: string, options: readonly string[]): number | undefined {
  const rest = token.startsWith(before) ? token.slice(before.length) : token.replace(/^[\s"]*/, "");
  const value = rest.replace(/(?<!["},\s])["},\s]+$/, "");
  if (value === "") return undefined;
  const exact = options.indexOf(value);
  if (exact >= 0) return exact;
  const begun = options.flatMap((option, i) => (option.startsWith(value) ? [i] : []));
  return begun.length === 1 ? begun[0] : undefined;
}
