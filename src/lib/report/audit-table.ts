import type { ChalkInstance } from "chalk";
import type { AuditResult } from "../experiments/evaluation/audit.js";
import type { ScoreShift } from "../experiments/evaluation/audit-summary.js";
import { formatDifference, formatP, formatScore } from "./format-score.js";
import { broken, whole } from "./fit-columns.js";
import type { JunitCase } from "./junit.js";
import { renderReport, type Report, type ReportTable } from "./report.js";
import type { Screen } from "./screen.js";
import { counted } from "../base/errors/counted.js";

/** An audit: how each perturbation moves the scores of right and of wrong answers. */
export function auditReport({ shifts, discrimination, unscored, judge, study }: AuditResult, chalk: ChalkInstance): Report {
  const criteria = judge.criteria.flatMap(({ name }) => {
    const told = discrimination[name];
    const own = shifts.filter(({ criterion }) => criterion === name);
    return [
      `${name}: right answers score higher than wrong ones for ${formatScore(told?.mean, "rate")} of ${counted(told?.n ?? 0, "row")}.`,
      auditTable(name, own, chalk),
    ];
  });
  return {
    title: `What ${judge.models.map(({ model }) => model).join(", ")} can be fooled by`,
    parts: [...criteria, ...(unscored > 0 ? [chalk.yellow(`${counted(unscored, "verdict")} could not be read: left out.`)] : [])],
    records: shifts.map((shift) => ({ ...shift })),
    cases: shifts.filter(({ base }) => base === "all").map(toCase),
    seconds: study.seconds,
  };
}

/** An audit for a terminal. */
export function renderAudit(audit: AuditResult, screen: Screen): string {
  return renderReport(auditReport(audit, screen.chalk), screen);
}

function auditTable(name: string, own: readonly ScoreShift[], chalk: ChalkInstance): ReportTable {
  const colors = { holds: chalk.green, fooled: chalk.red, "cannot tell": chalk.yellow };
  const rows = own
    .filter(({ base }) => base === "all")
    .map((all) => {
      const of = (base: ScoreShift["base"]) => own.find((one) => one.base === base && one.perturbation === all.perturbation);
      return [
        ...[all.perturbation, shown(of("right")?.shift), shown(of("wrong")?.shift), shown(all.shift)],
        ...[rangeOf(all), formatP(all.p_value), colors[all.verdict](all.verdict)],
      ];
    });
  const head = [broken(`${name}: shift by`), "right", "wrong", whole("all", 0), "95 % interval", "p (Holm)", whole("the judge", 0)];
  return { head, rows, align: "right" };
}

/** Failed where the judge is fooled. */
function toCase(shift: ScoreShift): JunitCase {
  const { criterion, perturbation, verdict } = shift;
  const output = `${verdict}: the score moves by ${shown(shift.shift)}${rangeOf(shift) === "" ? "" : ` (${rangeOf(shift)})`}, ${formatP(shift.p_value)}`;
  return {
    ...{ name: `${criterion}: ${perturbation}`, time: 0, output },
    failure: verdict === "fooled" ? output : undefined,
    skipped: verdict === "cannot tell",
  };
}

function shown(shift: number | null | undefined): string {
  return formatDifference(shift ?? null, "mean");
}

function rangeOf({ low, high }: ScoreShift): string {
  return low === null || high === null ? "" : `${shown(low)} to ${shown(high)}`;
}
