import type { AuditResult, ScoreShift } from "../evaluation/audit.js";
import { formatDifference, formatP, formatScore } from "./format-score.js";
import { wrapProse } from "./display-width.js";
import { broken, whole } from "./fit-columns.js";
import { plainTable } from "./plain-table.js";
import type { Screen } from "./screen.js";

/** An audit for a terminal: how each perturbation moves the scores of right and of wrong answers. */
export function renderAudit({ shifts, discrimination, unscored, judge }: AuditResult, screen: Screen): string {
  const { chalk, width } = screen;
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
    const head = [broken(`${name}: shift by`), "right", "wrong", whole("all", 0), "95 % interval", "p (Holm)", whole("the judge", 0)];
    return [
      `${name}: right answers score higher than wrong ones for ${formatScore(told?.mean, "rate")} of ${told?.n ?? 0} rows.`,
      plainTable(head, rows, screen, { align: "right" }),
    ].join("\n");
  });
  const text = [...tables, ...(unscored > 0 ? [chalk.yellow(`${unscored} verdicts could not be read and are left out.`)] : [])].join("\n");
  return wrapProse(text, width);
}
