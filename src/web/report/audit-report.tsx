import type { ReactElement } from "react";
import type { AuditSummary } from "../api/judge-documents.js";
import type { DatasetFacts } from "../api/study-parts.js";
import { count, formatNumber } from "../format/numbers.js";
import { formatDuration } from "../format/times.js";
import { AuditCard } from "../pages/study/judge/audit-card.js";
import { Command } from "../parts/command.js";
import { Fact } from "../parts/fact.js";

/** What is said of an audit besides what it found. */
export interface AuditFacts {
  models: readonly { model: string }[];
  method: string;
  warnings: readonly string[];
  dataset: DatasetFacts;
  status: string;
  seconds: number;
  unscored: number;
}

interface Props {
  title: string;
  command: string;
  facts: AuditFacts;
  audit: AuditSummary;
}

/** What a judge can be fooled by. */
export function AuditReportView({ title, command, facts, audit }: Props): ReactElement {
  const { models, method, warnings, dataset, status, seconds, unscored } = facts;
  return (
    <div className="page study-page">
      <header className="run-head">
        <h1 dir="auto">{title}</h1>
        <dl className="facts">
          <Fact name="Status">{status}</Fact>
          <Fact name="Duration">{formatDuration(1000 * seconds)}</Fact>
          <Fact name="Judge">
            {models.map(({ model }) => model).join(", ")} ({method})
          </Fact>
          <Fact name="Dataset">
            {dataset.path}, {count(dataset.samples, "answer")}
          </Fact>
          {unscored > 0 && <Fact name="Unread verdicts, left out">{formatNumber(unscored)}</Fact>}
        </dl>
        {warnings.map((warning) => (
          <p key={warning} className="notice study-notice" dir="auto">
            {warning}
          </p>
        ))}
        <div className="commands">
          <Command label="Repeat it" line={command} />
        </div>
      </header>
      <AuditCard audit={audit} />
    </div>
  );
}
