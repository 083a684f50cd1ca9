import { Fragment, type ReactElement } from "react";
import type { JudgementDocument } from "../../../api/judge-documents.js";
import { count, formatNumber } from "../../../format/numbers.js";
import { Problems } from "../problems.js";
import { AuditCard } from "./audit-card.js";
import { CalibrationCard } from "./calibration-card.js";
import { CriterionCard, OverallCard } from "./criterion-card.js";
import { JudgedRows } from "./judged-rows.js";

/** What a judge said of the answers, and how far the judge can be trusted. */
export function JudgeView({ document }: { document: JudgementDocument }): ReactElement {
  const { judge, metrics, rows, study } = document;
  const { scored, unscored, failed, filtered } = study.rows;
  const lacking = Object.entries({ unscored, failed, filtered }).filter(([, number]) => number > 0);
  const overall = judge.criteria.length > 1 ? metrics["overall"] : undefined;
  return (
    <>
      {judge.warnings.map((warning) => (
        <p key={warning} className="notice study-notice" dir="auto">
          {warning}
        </p>
      ))}
      <p className="soft">
        {count(scored, "row")} scored{lacking.map(([what, number]) => `, ${formatNumber(number)} ${what}`)}
      </p>
      <div className="panels">
        {overall && <OverallCard metrics={overall} />}
        {judge.criteria.map((criterion) => {
          const own = metrics[criterion.name];
          return (
            <Fragment key={criterion.name}>
              {own && <CriterionCard criterion={criterion} metrics={own} rows={rows} />}
              <CalibrationCard criterion={criterion} shift={judge.shift?.[criterion.name]} />
            </Fragment>
          );
        })}
      </div>
      {judge.audit && <AuditCard audit={judge.audit} />}
      <JudgedRows document={document} />
      <Problems errors={document.errors} checks={document.checks} />
    </>
  );
}
