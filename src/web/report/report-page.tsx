import type { ReactElement } from "react";
import type { ReportData, ReportView } from "../../lib/base/pages/report-data.js";
import type { JudgeCard } from "../api/judge-card.js";
import type { AuditSummary, CardSummary } from "../api/judge-documents.js";
import { formatTime } from "../format/times.js";
import { ErrorBoundary } from "../parts/error-boundary.js";
import { useTitle } from "../parts/use-title.js";
import { AuditReportView, type AuditFacts } from "./audit-report.js";
import { CalibrationReportView } from "./calibration-report.js";
import { ComparisonReportView } from "./comparison-report.js";
import { CanaryReportView } from "./canary-report.js";
import { MonitorReportView } from "./monitor-report.js";
import { RunsReportView } from "./runs-report.js";
import { StudyReportView } from "./study-report.js";

/** The page of a file, by its kind. */
export function ReportPage({ data: { title, made, version, view } }: { data: ReportData }): ReactElement {
  useTitle(title.slice(0, 200));
  return (
    <main className="report" id="main">
      <ErrorBoundary at={title}>
        <View {...{ title, view }} />
      </ErrorBoundary>
      <footer className="soft report-foot">
        Written by llmops {version}, {formatTime(made)}. The page needs no server and no network.
      </footer>
    </main>
  );
}

function View({ title, view }: { title: string; view: ReportView }): ReactElement {
  switch (view.kind) {
    case "study":
      return <StudyReportView title={title} view={view} />;
    case "calibration":
      return <CalibrationReportView title={title} summary={view.summary as CardSummary} card={view.card as JudgeCard} />;
    case "audit": {
      const { command, facts, audit } = view;
      return <AuditReportView {...{ title, command }} facts={facts as AuditFacts} audit={audit as AuditSummary} />;
    }
    case "comparison":
      return <ComparisonReportView title={title} view={view} />;
    case "canary":
      return <CanaryReportView title={title} view={view} />;
    case "monitor":
      return <MonitorReportView title={title} view={view} />;
    case "runs":
      return <RunsReportView title={title} view={view} />;
  }
}
