import type { ChalkInstance } from "chalk";
import type { AuditResult, ScoreShift } from "../evaluation/audit.js";
import { formatDifference, formatP, formatScore } from "./format-score.js";
import { plainTable } from "./plain-table.js";

/** An audit for a terminal: how each perturbation moves the scores of right and of wrong answers. */
export function renderAudit({ shifts, discrimination, unscored, judge }: AuditResult, chalk: ChalkInstance): string {
  const colours = { holds: chalk.green, fooled: chalk.red, "cannot tell": chalk.yellow };
  const tables = judge.criteria.map(({ name }) => {
    const own = shifts.filter(({ criterion }) => criterion === name);
    const rows = own
      .filter(({ base }) => base === "all")
      .map((all) => {
        const of = (base: ScoreShift["base"]) => own.find((one) => one.base === base && one.perturbation === all.perturbation);
        const cell = (shift: number | null | undefined) => formatDifference(shift ?? null, "mean");
        const range = all.low === null || all.high === null ? "" : `${cell(all.low)} to ${cell(all.high)}`;
        return [
          all.perturbation,
          cell(of("right")?.shift),
          cell(of("wrong")?.shift),
          cell(all.shift),
          range,
          formatP(all.p_value),
          colours[all.verdict](all.verdict),
        ];
      });
    const told = discrimination[name];
    return [
      `${name}: right answers score higher than wrong ones for ${formatScore(told?.mean, "rate")} of ${told?.n ?? 0} rows.`,
      plainTable([`${name}: shift by`, "right", "wrong", "all", "95 % interval", "p (Holm)", "the judge"], rows, chalk, { align: "right" }),
    ].join("\n");
  });
  return [...tables, ...(unscored > 0 ? [chalk.yellow(`${unscored} verdicts could not be read and are left out.`)] : [])].join("\n");
}
