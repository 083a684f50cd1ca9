import type { ReactElement } from "react";
import type { CanaryReport } from "../../lib/base/pages/report-data.js";
import type { CanaryRound } from "../api/monitors.js";
import type { ReasonCount } from "../api/study-parts.js";
import { CanaryView } from "../pages/monitor/canary-view.js";
import { Problems } from "../pages/study/problems.js";
import { Command } from "../parts/command.js";

/** Whether a model still answers as it did. */
export function CanaryReportView({ title, view }: { title: string; view: CanaryReport }): ReactElement {
  return (
    <div className="page monitor-page">
      <h1 dir="auto">{title}</h1>
      <div className="commands">
        <Command label="Repeat it" line={view.command} />
      </div>
      <CanaryView rounds={view.rounds as readonly CanaryRound[]} />
      <Problems errors={view.errors as readonly ReasonCount[]} checks={[]} />
    </div>
  );
}
