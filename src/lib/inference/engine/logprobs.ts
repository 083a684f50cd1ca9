import type { ChosenLogprob, DrawnToken, TokenLogprob } from "../openai/completion.js";
import type { Logits, Probabilities } from "./native-context.js";
import type { TokenBytes } from "./token-bytes.js";

/** The text of one token: the name of a control token, U+FFFD where it is only part of a character. */
export function textOf(token: number, bytes: TokenBytes): string {
  const own = bytes.of(token);
  return own.length > 0 ? Buffer.from(own).toString("utf8") : bytes.nameOf(token);
}

/** A chosen token with its natural log-probability over the whole vocabulary, before any sampler setting, and the best `top` at its place. */
export function toChosenLogprob(token: number, { top, of, logSumExp }: Logits, bytes: TokenBytes): ChosenLogprob {
  const describe = (id: number, logit: number): TokenLogprob => {
    // the numbers come as 32-bit floats: a certain token may miss 0 by a rounding
    const logprob = Math.min(0, logit - logSumExp);
    return { id, text: textOf(id, bytes), bytes: [...bytes.of(id)], logprob };
  };
  return { ...describe(token, of.get(token) ?? -Infinity), top: top.map(([id, logit]) => describe(id, logit)) };
}

/** What a token was drawn from, in texts. */
export function toDrawnToken({ own, top }: Probabilities, bytes: TokenBytes): DrawnToken {
  return { prob: own, top: top.map(([id, prob]) => ({ id, text: textOf(id, bytes), bytes: [...bytes.of(id)], prob })) };
}
