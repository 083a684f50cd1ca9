import type { ReactElement } from "react";
import type { ComparisonReport } from "../../lib/base/pages/report-data.js";
import type { RunRow } from "../api/documents.js";
import type { CheckDocument } from "../api/study-parts.js";
import { Comparison } from "../pages/compare/comparison.js";
import { Problems } from "../pages/study/problems.js";
import { Command } from "../parts/command.js";

/** Results beside each other. */
export function ComparisonReportView({ title, view }: { title: string; view: ComparisonReport }): ReactElement {
  return (
    <Comparison runs={view.runs as readonly RunRow[]} missing={[]} title={title}>
      <div className="commands">
        <Command label="Repeat it" line={view.command} />
      </div>
      <Problems errors={[]} checks={view.checks as readonly CheckDocument[]} />
    </Comparison>
  );
}
