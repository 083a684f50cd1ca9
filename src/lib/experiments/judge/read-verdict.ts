import type { Reply, Unreadable } from "./read-reply.js";
import { scaleOf, type Rubric } from "./rubric.js";
import { fromDistribution, fromShares, noPreference, unscored, WINNERS } from "./verdict.js";
import type { PairVerdict, JudgeVerdict } from "./verdict.js";

const NUMBER = /^(-?\d+(?:\.\d+)?)(?:\s*(?:\/|out\s+of)\s*(\d+(?:\.\d+)?))?$/i;
const WINNER = /^[\s*"'`[]*?(?:(?:answer|response)[\s_-]*)?(A|B|tie|\[\[C)[\s*"'`\].]*$/i;

/**
 * The verdict a written score stands for: a number within the rubric's scale, also between its levels, as digits of any width, "4/5" or
 * "4 out of 5" where 5 is the scale's end. Anything else (a percentage, another scale, words) is unscored, with the reason.
 */
export function toVerdict(reply: Reply | Unreadable, rubric: Rubric, method: string): Omit<JudgeVerdict, "cost"> {
  if ("problem" in reply) return unscored(reply.problem, method);
  const { low, high } = scaleOf(rubric);
  const [, written, of] = NUMBER.exec(String(reply.value).normalize("NFKC").trim()) ?? [];
  const score = written === undefined || (of !== undefined && Number(of) !== high) ? Number.NaN : Number(written);
  if (score >= low && score <= high) return { score, distribution: null, justification: reply.justification, method };
  return unscored(`"${reply.value}" is not on the scale ${low} to ${high}`, method, reply.justification);
}

/** The preference a written winner stands for: A, B, tie, also as "Answer A", "[[A]]", or "[[C]]", which means a tie. */
export function toPreference(reply: Reply | Unreadable): Omit<PairVerdict, "cost"> {
  if ("problem" in reply) return noPreference(reply.problem);
  const winner = toWinner(reply);
  return winner === null
    ? noPreference(`"${reply.value}" is neither A, B nor tie`)
    : { winner, distribution: null, justification: reply.justification };
}

/** The mean of the votes that can be read; unscored where half of them or more cannot. */
export function voteOnScore(replies: readonly (Reply | Unreadable)[], rubric: Rubric): Omit<JudgeVerdict, "cost"> {
  const verdicts = replies.map((reply) => toVerdict(reply, rubric, "votes"));
  const counted = verdicts.flatMap((verdict) => (verdict.score === null ? [] : [{ ...verdict, score: verdict.score }]));
  if (counted.length * 2 <= replies.length)
    return verdicts.find(({ score }) => score === null) ?? unscored("no vote could be read", "votes");
  const mean = counted.reduce((sum, { score }) => sum + score, 0) / counted.length;
  const shares = rubric.levels.map(({ value }) => counted.filter(({ score }) => Math.round(score) === value).length / counted.length);
  const [typical] = [...counted].sort((a, b) => Math.abs(a.score - mean) - Math.abs(b.score - mean));
  return { ...fromDistribution([], shares, { justification: typical?.justification ?? null, method: "votes" }), score: mean };
}

/** The shares of the votes that can be read; none where half of them or more cannot. */
export function voteOnWinner(replies: readonly (Reply | Unreadable)[]): Omit<PairVerdict, "cost"> {
  const counted = replies.flatMap((reply) => {
    const winner = "problem" in reply ? null : toWinner(reply);
    return winner === null ? [] : [{ winner, justification: (reply as Reply).justification }];
  });
  if (counted.length * 2 <= replies.length) {
    const unread = replies.map(toPreference).find(({ winner }) => winner === null);
    return noPreference(unread?.problem ?? "no vote could be read");
  }
  const shares = WINNERS.map((name) => counted.filter(({ winner }) => winner === name).length / counted.length);
  const { winner } = fromShares(shares, null);
  return fromShares(shares, counted.find((vote) => vote.winner === winner)?.justification ?? null);
}

function toWinner({ value }: Reply): PairVerdict["winner"] {
  const said = WINNER.exec(String(value).normalize("NFKC"))?.[1]?.toUpperCase();
  return said === undefined ? null : said === "A" || said === "B" ? said : "tie";
}
