import { LlmopsError } from "../../base/errors/llmops-error.js";
import { SCORER_ALIASES } from "../scoring/scorer-aliases.js";
import type { Scorer } from "../scoring/scorer.js";
import { crossedMeans } from "../../base/stats/crossed.js";
import { parseCondition } from "../gates/requirement.js";
import type { ScoreTable } from "../study/score-table.js";
import type { Measured, SearchDirection } from "../study/search-study.js";

/** What a trial is measured by: the mean or a percentile of a scorer, or the tokens per second of all its completions together. */
export interface Quantity {
  /** As the user wrote it. */
  name: string;
  /** How the scorer is named; undefined for the total, which needs none. */
  spec: string | undefined;
  /** 0..1; undefined for the mean. */
  percentile: number | undefined;
}

export interface Objective extends Quantity {
  /** Undefined: as the scorer has it. */
  direction: SearchDirection | undefined;
}

/** A bound on a quantity. */
export interface Constraint extends Quantity {
  /** 1 where more of it is allowed than the bound, -1 where less. */
  sense: 1 | -1;
  bound: number;
  /** As the user wrote it. */
  text: string;
}

/** A quantity whose scorer is found. */
export type Resolved<Q extends Quantity> = Q & { scorer: Scorer | undefined };

/** Tokens per second of all completions of a trial together. */
export const TOTAL = "total_tokens_per_second";

/** Reads `judge:accuracy`, `latency_p95:min`, `mix=contains-0.1*latency_seconds` or `total_tokens_per_second`. */
export function parseObjective(text: string): Objective {
  const [, written = text, direction] = /^(.*?)(?::(max|min))?$/s.exec(text.trim()) ?? [];
  return { ...toQuantity(written), direction: direction as SearchDirection | undefined };
}

/** Reads `latency_p95<2`. Throws INVALID_ARGUMENT. */
export function parseConstraint(text: string): Constraint {
  const parsed = parseCondition(text);
  if (!parsed) {
    throw new LlmopsError("INVALID_ARGUMENT", `"${text}" is not a condition.`, {
      hint: "Write a constraint, as in --where 'latency_p95<2'.",
    });
  }
  const { metric, comparator, bound } = parsed;
  return { ...toQuantity(metric), sense: comparator.startsWith(">") ? 1 : -1, bound, text: text.replace(/\s+/g, "") };
}

function toQuantity(name: string): Quantity {
  if (name === TOTAL) return { name, spec: undefined, percentile: undefined };
  const [, base = name, digits] = /^([\w:-]+?)_p(\d{1,2})$/.exec(name) ?? [];
  const isFormula = !base.includes("=") && /[*+()]|\w\s*[-/]\s*[\w.]/.test(base) && !/^\.{0,2}\/|\.[cm]?js$|^\w+:/.test(base);
  const spec = isFormula ? `objective=${base}` : (SCORER_ALIASES[base] ?? base);
  return {
    name: isFormula ? "objective" : (/^([\w-]+)\s*=/.exec(name)?.[1] ?? name),
    spec,
    percentile: digits === undefined ? undefined : Number(digits) / 100,
  };
}

/** The direction of an objective. Throws INVALID_ARGUMENT where the scorer has none and nobody said it. */
export function directionOf({ direction, scorer, name }: Resolved<Objective>): SearchDirection {
  const own = direction ?? (scorer === undefined ? "max" : scorer.direction);
  if (own !== "none") return own;
  throw new LlmopsError("INVALID_ARGUMENT", `${name} has no better direction.`, {
    hint: `Choose one: --objective ${name}:min or ${name}:max.`,
  });
}

/** Whether an objective is a rate of rights and wrongs. */
export function kindOf({ scorer, percentile }: Resolved<Quantity>): "rate" | "mean" {
  return scorer?.kind === "rate" && percentile === undefined ? "rate" : "mean";
}

/** A believed or adjusted value where it can be: a rate lies within 0 and 1, also where taking out the samples' difficulty would carry it beyond. */
export function withinKind(quantity: Resolved<Quantity>, value: number): number {
  return kindOf(quantity) === "rate" ? Math.min(1, Math.max(0, value)) : value;
}

/** What was measured of every trial. */
export interface Measurements {
  table: ScoreTable;
  /** How many trials there are. */
  trials: number;
  /** Tokens per second of a trial as a whole, by its index. */
  totals: ReadonlyMap<number, number>;
}

/** A quantity of every trial, NaN where it has none. Means are compared over the samples that trials share. */
export function measure({ scorer, percentile }: Resolved<Quantity>, { table, trials, totals }: Measurements): Measured[] {
  const all = Array.from({ length: trials }, (_, trial) => trial);
  if (!scorer) return all.map((trial) => ({ value: totals.get(trial) ?? Number.NaN }));
  const values = all.map((trial) => table.values(scorer.name, trial));
  if (percentile !== undefined) return values.map((own) => toPercentile(own.flat(), percentile));
  const means = values.map((own) =>
    own.map((repeats) => (repeats.length === 0 ? Number.NaN : repeats.reduce((a, b) => a + b, 0) / repeats.length)),
  );
  return crossedMeans(means, { isRate: scorer.kind === "rate" }).map(({ mean, se }) => ({ value: mean, ...(se !== null && { se }) }));
}

/** A percentile, linear between neighbors, with a standard error by the order statistics around it. */
function toPercentile(values: readonly number[], share: number): Measured {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return { value: Number.NaN };
  const spread = Math.sqrt(sorted.length * share * (1 - share));
  const place = (sorted.length - 1) * share;
  return { value: quantileAt(sorted, place), se: (quantileAt(sorted, place + spread) - quantileAt(sorted, place - spread)) / 2 };
}

/** The value at a place between sorted ones, linear between neighbors. */
export function quantileAt(sorted: readonly number[], place: number): number {
  const at = Math.min(sorted.length - 1, Math.max(0, place));
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  return low + (at - Math.floor(at)) * ((sorted[Math.ceil(at)] ?? low) - low);
}
