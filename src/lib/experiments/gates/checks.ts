import { z } from "zod";
import { EXIT } from "../../base/errors/exit-codes.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";

const decidedStateSchema = z.enum(["met", "not met", "cannot tell"]);

/** What the values that were measured say by themselves. */
export type DecidedState = z.infer<typeof decidedStateSchema>;

export const checkStateSchema = z.union([decidedStateSchema, z.literal("too much failed")]);

/** What became of something a result has to hold: with too much failed nothing is said about the rest. */
export type CheckState = z.infer<typeof checkStateSchema>;

export const checkResultSchema = z.object({
  name: z.string(),
  state: checkStateSchema,
  evidence: z.string().describe("What was seen, in words."),
});

/** Something a result has to hold: its name is what must be true. */
export type CheckResult = z.infer<typeof checkResultSchema>;

/** How many cells (or rows) may end without a score: a number of all, or a share of those of any one setting. */
export type FailureLimit = { count: number } | { share: number };

/** Cells that ended, and how they lack a score. */
export interface EndedCells {
  done: number;
  failed: number;
  filtered: number;
  unscored: number;
}

/** Reads "5" or "10%". Throws INVALID_ARGUMENT. */
export function parseFailureLimit(text: string): FailureLimit {
  const [, digits, percent] = /^\s*(\d+(?:\.\d+)?)\s*(%?)\s*$/.exec(text) ?? [];
  const value = Number(digits);
  if (digits !== undefined && percent === "%" && value <= 100) return { share: value / 100 };
  if (digits !== undefined && percent === "" && Number.isInteger(value)) return { count: value };
  throw new LlmopsError("INVALID_ARGUMENT", `--max-failed ${text} is not a number of cells or a share of them.`, {
    hint: "Write --max-failed 5, or --max-failed 2% of each setting's cells.",
  });
}

/** The limit of a study: what was asked for, none at all as soon as something depends on the result, otherwise any number. */
export function failureLimit(asked: string | undefined, hasGate: boolean): FailureLimit | undefined {
  if (asked !== undefined) return parseFailureLimit(asked);
  return hasGate ? { count: 0 } : undefined;
}

/** Where more cells lack a score than may: in words how many; the groups are the settings. */
export function overLimit(limit: FailureLimit | undefined, groups: readonly EndedCells[]): string | undefined {
  if (!limit) return undefined;
  if ("share" in limit) {
    const broken = groups.find((cells) => lacking(cells) > limit.share * cells.done);
    return broken && `${describeLack(broken)}, more than --max-failed ${Number((100 * limit.share).toPrecision(6))}%`;
  }
  const all = sum(groups);
  return lacking(all) > limit.count ? `${describeLack(all)}, more than --max-failed ${limit.count}` : undefined;
}

/** In words how many cells lack a score: "97 of 120 cells failed, 2 filtered". */
export function describeLack(cells: EndedCells): string {
  const { done, failed, filtered, unscored } = cells;
  const [first, ...others] = [
    [failed, "failed"],
    [filtered, "filtered"],
    [unscored, "unscored"],
  ].filter(([count]) => count !== 0);
  if (!first) return `all ${done} cells scored`;
  return [`${first[0]} of ${done} cells ${first[1]}`, ...others.map(([count, kind]) => `${count} ${kind}`)].join(", ");
}

/** The checks of a result of which too much failed: none of them can be relied on. With none, the limit itself is one. */
export function checksWithin(
  limit: FailureLimit | undefined,
  groups: readonly EndedCells[],
  checks: readonly CheckResult[],
): CheckResult[] {
  const over = overLimit(limit, groups);
  if (over === undefined) {
    const note = limit && lacking(sum(groups)) > 0 ? `; ${describeLack(sum(groups))}` : "";
    return checks.map((check) => ({ ...check, evidence: `${check.evidence}${note}` }));
  }
  if (checks.length === 0) return [{ name: "cells without a score within --max-failed", state: "too much failed", evidence: over }];
  return checks.map(({ name, evidence }) => ({ name, state: "too much failed", evidence: `${over}; of the others: ${evidence}` }));
}

/** All that the exit code of a study depends on. */
export interface StudyOutcome {
  status: "finished" | "interrupted" | "budget spent";
  checks: readonly CheckResult[];
  /** Why nothing came of it; undefined where something was measured. */
  failure: string | undefined;
}

/**
 * The exit code of whatever runs a study: interrupted (130); too much failed, or nothing was scored at all (3); a check is not met
 * (1); the budget was spent (4); a check cannot tell (5); otherwise done (0).
 */
export function exitCodeOf({ status, checks, failure }: StudyOutcome): number {
  const some = (state: CheckState) => checks.some((check) => check.state === state);
  if (status === "interrupted") return EXIT.interrupted;
  if (some("too much failed") || failure !== undefined) return EXIT.broken;
  if (some("not met")) return EXIT.failed;
  if (status === "budget spent") return EXIT.budget;
  return some("cannot tell") ? EXIT.cannotTell : EXIT.done;
}

function lacking({ failed, filtered, unscored }: EndedCells): number {
  return failed + filtered + unscored;
}

function sum(groups: readonly EndedCells[]): EndedCells {
  const total = (key: keyof EndedCells) => groups.reduce((all, cells) => all + cells[key], 0);
  return { done: total("done"), failed: total("failed"), filtered: total("filtered"), unscored: total("unscored") };
}
