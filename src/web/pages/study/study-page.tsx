import type { ReactElement } from "react";
import { Failure, Loading } from "../../parts/states.js";
import { useTitle } from "../../parts/use-title.js";
import { StudyOutcome } from "./study-outcome.js";
import { StudyHead } from "./study-head.js";
import { StopStudy } from "./stop-study.js";
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
      <StudyOutcome study={study} />
    </div>
  );
}

function Stop({ study: { run, tags } }: { study: Study }): ReactElement | null {
  const { run_id, run_name = run_id, status } = run.info;
  return status === "RUNNING" ? <StopStudy runId={run_id} name={run_name} isAsked={tags.get("llmops.stop") === "true"} /> : null;
}
