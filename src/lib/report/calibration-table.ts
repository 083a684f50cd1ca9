import type { ChalkInstance } from "chalk";
import type { CalibrationCard } from "../experiments/evaluation/calibration-card.js";
import { broken, whole } from "./fit-columns.js";
import { renderReport, type Report, type ReportRecord } from "./report.js";
import type { Screen } from "./screen.js";
import { counted } from "../base/errors/counted.js";

/** Names of strengths of agreement (Landis and Koch 1977). */
const STRENGTHS = [
  [0.81, "almost perfect"],
  [0.61, "substantial"],
  [0.41, "moderate"],
  [0.21, "fair"],
  [0, "slight"],
] as const;

const AGREEMENT = [broken("agreement"), whole("", 0), whole("95 % interval", 0), broken("", 1)];

/** A calibration card: agreement, beside what chance and people reach, and where the judge errs. */
export function cardReport(card: CalibrationCard, chalk: ChalkInstance): Report {
  const raters = card.raters > 1 ? `${card.raters} people` : "people";
  const confusion = card.confusion.map((row, i) => [
    `people ${named(card, card.levels[i])}`,
    ...row.map((n) => (n === 0 ? "." : String(n))),
  ]);
  return {
    title: `How well ${card.judge.models.join(", ")} agrees with people on ${card.criterion}`,
    parts: [
      `${card.criterion}: ${card.judge.models.join(", ")} (${card.judge.method}, justification ${card.judge.reason}) beside ${raters} on ${counted(card.rows, "row")}.`,
      { head: AGREEMENT, rows: agreementRows(card) },
      { head: ["", ...card.levels.map((level) => whole(`judge ${named(card, level)}`, 0))], rows: confusion, align: "right" },
      ...(card.unscored > 0 ? [chalk.yellow(`${counted(card.unscored, "row")} could not be scored and are left out.`)] : []),
    ],
    records: toRecords(card),
    cases: [],
    seconds: 0,
  };
}

/** A calibration card for a terminal. */
export function renderCard(card: CalibrationCard, screen: Screen): string {
  return renderReport(cardReport(card, screen.chalk), screen);
}

function agreementRows(card: CalibrationCard): string[][] {
  const { kappa, alpha, human_kappa: human, exact, within_one: near, spearman, bias, majority, pass } = card;
  return [
    ["quadratic kappa", number(kappa.value), interval(kappa), strength(kappa.value)],
    ...(human ? [["people with each other", number(human.value), interval(human), "the ceiling for any judge"]] : []),
    ["Krippendorff's alpha", number(alpha.value), interval(alpha), "people and judge together"],
    ["exact", percent(exact), "", `always saying ${named(card, majority.level)}: ${percent(majority.exact)}`],
    ["within one level", percent(near), "", ""],
    ["rank correlation", number(spearman), "", "Spearman"],
    ["judge minus people", number(bias.value), interval(bias), card.labels === "pass" ? "as a share" : "in levels"],
    [`passing (${pass.at} or more) found`, percent(pass.tpr), "", `of ${pass.positives}`],
    ["failing found", percent(pass.tnr), "", `of ${pass.negatives}`],
  ];
}

/** A line a figure, by its name in --json. */
function toRecords(card: CalibrationCard): ReportRecord[] {
  const { kappa, alpha, human_kappa: human, bias, pass } = card;
  const alone = (value: number | null) => ({ value, low: null, high: null });
  const figures = {
    ...{ kappa, alpha, ...(human && { human_kappa: human }), bias },
    ...{ exact: alone(card.exact), within_one: alone(card.within_one), spearman: alone(card.spearman) },
    ...{ pass_tpr: alone(pass.tpr), pass_tnr: alone(pass.tnr) },
  };
  return Object.entries(figures).map(([figure, { value, low, high }]) => ({
    ...{ criterion: card.criterion, figure, value, low, high },
    ...{ rows: card.rows, unscored: card.unscored, fingerprint: card.fingerprint },
  }));
}

/** A level as people wrote it. */
function named({ labels }: CalibrationCard, level: number | undefined): string {
  return labels === "pass" ? (level === 1 ? "pass" : "fail") : String(level ?? "");
}

function strength(kappa: number | null): string {
  if (kappa === null) return "not defined: all levels are the same";
  return STRENGTHS.find(([least]) => kappa >= least)?.[1] ?? "worse than chance";
}

function number(value: number | null): string {
  return value === null ? "-" : value.toFixed(2);
}

function interval({ low, high }: { low: number | null; high: number | null }): string {
  return low === null || high === null ? "" : `${low.toFixed(2)} to ${high.toFixed(2)}`;
}

function percent(share: number | null): string {
  return share === null ? "-" : `${(100 * share).toFixed(1)} %`;
}
