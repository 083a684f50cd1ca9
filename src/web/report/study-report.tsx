import { useMemo, type ReactElement } from "react";
import type { KeptAnswers, StudyReport } from "../../lib/base/pages/report-data.js";
import type { RunRow, RunStatus } from "../api/documents.js";
import type { Run } from "../api/runs.js";
import type { StudyDocument } from "../api/study-document.js";
import { AnswerMatrix } from "../pages/answers/answer-matrix.js";
import { StudyHead } from "../pages/study/study-head.js";
import { StudyOutcome } from "../pages/study/study-outcome.js";
import type { Study } from "../pages/study/use-study.js";

/** A study: what it found, and what was answered. */
export function StudyReportView({ title, view }: { title: string; view: StudyReport }): ReactElement {
  const study = useMemo(() => studyOf(title, view), [title, view]);
  return (
    <div className="page study-page">
      <StudyHead study={study} notes={view.notes} method={view.method} />
      <StudyOutcome study={study} />
      {view.answers && <Answers kept={view.answers} />}
    </div>
  );
}

function Answers({ kept }: { kept: KeptAnswers }): ReactElement {
  const runs = useMemo(() => kept.settings.map(toRun), [kept]);
  return (
    <section className="card report-answers" aria-label="Answers">
      <AnswerMatrix runs={runs} missing={[]} />
      {kept.omitted !== null && <p className="soft">{kept.omitted}</p>}
    </section>
  );
}

const STATUSES: Readonly<Record<string, RunStatus>> = { finished: "FINISHED", "budget spent": "FINISHED", running: "RUNNING" };

/** The study as the application reads it from its run. */
function studyOf(title: string, { study }: StudyReport): Study {
  const document = study as unknown as StudyDocument;
  const { kind, resume, verdict, failure } = document;
  const status = typeof failure === "string" ? "FAILED" : (STATUSES[document.status] ?? "KILLED");
  const tags = new Map([
    ["llmops.kind", kind],
    ["llmops.resume", resume],
    ...(verdict === null ? [] : ([["llmops.verdict", verdict]] as const)),
  ]);
  const info = { run_id: "", run_name: title, experiment_id: "", status, lifecycle_stage: "active" } as const;
  const run: Run = { info, data: {} };
  return { run, tags, document, children: [] };
}

function toRun({ id, name }: KeptAnswers["settings"][number]): RunRow {
  return {
    ...{ run_id: id, run_name: name, experiment_id: "", status: "FINISHED", lifecycle_stage: "active", user_id: "" },
    ...{ start_time: null, end_time: null, parent_run_id: null, children: 0, params: {}, metrics: {}, tags: {} },
  };
}
