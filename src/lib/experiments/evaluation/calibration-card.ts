import { readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { LlmopsError, messageOf, systemCodeOf } from "../../base/errors/llmops-error.js";
import { hintWhereFull } from "../../base/errors/system-failures.js";
import { readJsonFile } from "../../base/files/read-text-file.js";
import { writeWhole } from "../../base/files/write-whole.js";

const estimate = z.object({ value: z.number().nullable(), low: z.number().nullable(), high: z.number().nullable() });

const anchorSchema = z.object({
  id: z.string(),
  question: z.string(),
  answer: z.string(),
  reference: z.string().optional(),
  context: z.string().optional(),
  score: z.number(),
});

export const cardSchema = z.object({
  schema: z.literal("llmops.judge-card/1"),
  criterion: z.string(),
  fingerprint: z.string(),
  judge: z.object({ models: z.array(z.string()), method: z.string(), reason: z.string(), layout: z.string() }),
  created: z.string(),
  dataset: z.object({ path: z.string(), digest: z.string() }),
  rows: z.int(),
  unscored: z.int(),
  raters: z.int(),
  /** What people gave: levels of the rubric, or pass and fail, with which scores are compared from `pass.at` on. */
  labels: z.enum(["levels", "pass"]).default("levels"),
  /** Quadratic-weighted kappa of the judge with the people's consensus. */
  kappa: estimate,
  /** Krippendorff's alpha of people and judge together. */
  alpha: estimate,
  /** The people's agreement with each other; null with one of them. */
  human_kappa: estimate.nullable(),
  exact: z.number(),
  within_one: z.number(),
  spearman: z.number().nullable(),
  /** Mean of judge minus people. */
  bias: estimate,
  /** Always giving the commonest level: its share of exact hits. */
  majority: z.object({ level: z.number(), exact: z.number() }),
  levels: z.array(z.number()),
  /** Rows are the people's levels, columns the judge's. */
  confusion: z.array(z.array(z.number())),
  /** Telling passing from failing answers, at a score from which they pass. */
  pass: z.object({ at: z.number(), tpr: z.number().nullable(), positives: z.int(), tnr: z.number().nullable(), negatives: z.int() }),
  anchors: z.array(anchorSchema),
});

/** How well a judge agrees with people by one criterion, bound to its fingerprint, with frozen answers to watch it by. */
export type CalibrationCard = z.infer<typeof cardSchema>;
export type Anchor = z.infer<typeof anchorSchema>;

export const cardSummarySchema = z.object({
  kappa: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  rows: z.number(),
  created: z.string(),
  unscored: z.number().describe("Labeled rows that the judge gave no score."),
  labels: z.enum(["levels", "pass"]).describe("What people gave; pass and fail are the levels 1 and 0."),
  levels: z.array(z.number()),
  confusion: z.array(z.array(z.number())).describe("Rows are the people's levels, columns the judge's."),
  exact: z.number().describe("The share of rows where both gave the same level; within_one: or one beside it."),
  within_one: z.number(),
  majority: z.number().describe("The share of rows that always giving the commonest level would hit."),
  bias: estimate.describe("The mean of judge minus people."),
});

/** What results show of a card. */
export type CardSummary = z.infer<typeof cardSummarySchema>;

export function toCardSummary({ kappa, rows, created, majority, ...card }: CalibrationCard): CardSummary {
  const { unscored, labels, levels, confusion, exact, within_one, bias } = card;
  return {
    ...{ kappa: kappa.value, low: kappa.low, high: kappa.high, rows, created, unscored, labels, levels, confusion },
    ...{ exact, within_one, majority: majority.exact, bias },
  };
}

/** Writes a card, whole or not at all, in place of an older one of the same judge; returns its path. Throws STORE_UNWRITABLE. */
export function writeCard(folder: string, card: CalibrationCard): string {
  const path = join(folder, `${card.criterion}-${card.fingerprint}.json`);
  try {
    writeWhole(path, `${JSON.stringify(card, null, 1)}\n`, { folderMode: 0o777 });
    return path;
  } catch (cause) {
    throw new LlmopsError("STORE_UNWRITABLE", `The card ${path} cannot be written: ${messageOf(cause)}.`, {
      hint: hintWhereFull(cause, "Make the folder writable."),
      cause,
    });
  }
}

/** All cards of a folder, by criterion. Throws INVALID_ARGUMENT for a broken one. */
export function listCards(folder: string): CalibrationCard[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return [];
    throw error;
  }
  return names.sort().flatMap((name) => readCard(join(folder, name)) ?? []);
}

/** The card of a judge, if it was calibrated by this criterion. */
export function findCard(folder: string, criterion: string, fingerprint: string): CalibrationCard | undefined {
  return listCards(folder).find((card) => card.criterion === criterion && card.fingerprint === fingerprint);
}

/** Throws JUDGE_UNCALIBRATED where a judge has no card, or agrees with people less than it has to. */
export function requireKappa(least: number, criterion: string, card: CalibrationCard | undefined): void {
  const kappa = card?.kappa.value ?? null;
  if (card && kappa !== null && kappa >= least) return;
  const seen = card ? `agrees with people with a kappa of ${kappa?.toFixed(2) ?? "none"}, less than ${least}` : "was never calibrated";
  throw new LlmopsError("JUDGE_UNCALIBRATED", `This judge of ${criterion} ${seen}.`, {
    hint: card
      ? "Improve its rubric, or use a stronger judge, and calibrate it again."
      : `Calibrate it: llmops judge calibrate --labels FILE --rubric ${criterion}, with the same judge flags.`,
  });
}

/** Undefined for files of another kind, such as audits. */
function readCard(path: string): CalibrationCard | undefined {
  try {
    const value = readJsonFile(path) as { schema?: unknown };
    return value.schema === "llmops.judge-card/1" ? cardSchema.parse(value) : undefined;
  } catch (cause) {
    throw new LlmopsError("INVALID_ARGUMENT", `${path} is not a calibration card: ${messageOf(cause)}.`, {
      hint: "Calibrate the judge again, or delete the file.",
      cause,
    });
  }
}
