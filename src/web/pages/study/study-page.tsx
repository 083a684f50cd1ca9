import type { ReactElement } from "react";
import { PageLink } from "../../parts/page-link.js";
import { Empty, Failure, Loading } from "../../parts/states.js";
import { LongText } from "../../parts/long-text.js";
import { useTitle } from "../../parts/use-title.js";
import { BenchView } from "./bench/bench-view.js";
import { StudyFindings } from "./study-findings.js";
import { StudyHead } from "./study-head.js";
import { StopStudy } from "./stop-study.js";
import { SweepView } from "./sweep/sweep-view.js";
import { useStudy, type Study } from "./use-study.js";

/** What a study has found so far, by its kind; it follows a study that is running. */
export function StudyPage({ runId }: { runId: string }): ReactElement {
  const { study, error, retry } = useStudy(runId);
  useTitle(study?.run.info.run_name?.slice(0, 200) ?? "Study");
  if (error) return <Failure error={error} retry={retry} />;
  if (!study) return <Loading lines={10} label="Loading the study" />;
  return (
    <div className="page study-page">
      <StudyHead study={study} action={<Stop study={study} />} />
      <Findings study={study} />
    </div>
  );
}

function Stop({ study: { run, tags } }: { study: Study }): ReactElement | null {
  const { run_id, run_name = run_id, status } = run.info;
  return status === "RUNNING" ? <StopStudy runId={run_id} name={run_name} isAsked={tags.get("llmops.stop") === "true"} /> : null;
}

const OF_SETTINGS = ["sweep", "ab", "optimize"];

function Findings({ study }: { study: Study }): ReactElement {
  const { run, tags } = study;
  const error = tags.get("llmops.error") ?? "";
  const found = foundIn(study);
  if (found) {
    return (
      <>
        {run.info.status === "FAILED" && <Why error={error} />}
        {found}
      </>
    );
  }
  if (run.info.status === "RUNNING") {
    return (
      <Empty title="Nothing is measured yet">
        <p>The first results come within seconds.</p>
      </Empty>
    );
  }
  if (error !== "") {
    return (
      <Empty title="The study failed before it had a result">
        <div className="bad">
          <LongText text={error} />
        </div>
      </Empty>
    );
  }
  return (
    <Empty title="This run has no study document">
      <p>
        Its values are on the <PageLink href={`/runs/${run.info.run_id}`}>run&apos;s page</PageLink>.
      </p>
    </Empty>
  );
}

/** What a study's document or the runs of its parts say; null where they say nothing yet. */
function foundIn({ tags, document, children }: Study): ReactElement | null {
  if (document) return <StudyFindings document={document} runs={children} />;
  const kind = tags.get("llmops.kind") ?? "";
  if (children.length === 0) return null;
  if (kind === "bench") return <BenchView document={undefined} runs={children} />;
  return OF_SETTINGS.includes(kind) ? <SweepView document={undefined} runs={children} /> : null;
}

/** Why a study failed that had found something before. */
function Why({ error }: { error: string }): ReactElement | null {
  if (error === "") return null;
  return (
    <div className="notice notice-bad" role="alert">
      <LongText text={error} />
    </div>
  );
}
