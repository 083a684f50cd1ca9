import type { ReactElement } from "react";
import { Link } from "wouter";
import type { Run } from "../../api/runs.js";
import { count } from "../../format/numbers.js";
import { Icon } from "../../parts/icon.js";
import { isStudyKind } from "../../parts/study-kinds.js";

/** Where more about a run is: its study, the server it watches, its answers, and its traces, of which there are so many. */
export function RunLinks({ run: { info, data }, traces }: { run: Run; traces: number }): ReactElement {
  const tags = new Map((data.tags ?? []).map(({ key, value }) => [key, value]));
  return (
    <>
      {isStudyKind(tags.get("llmops.kind")) && (
        <Link className="button-link" href={`/studies/${info.run_id}`}>
          Study
        </Link>
      )}
      {tags.has("llmops.monitor") && (
        <Link className="button-link" href={`/monitor?run=${info.run_id}`}>
          <Icon name="monitor" /> Monitor
        </Link>
      )}
      {hasAnswers(tags) && (
        <Link className="button-link" href={`/answers?run=${info.run_id}`}>
          <Icon name="columns" /> Answers
        </Link>
      )}
      {traces > 0 && (
        <Link className="button-link" href={`/traces?run=${info.run_id}`}>
          <Icon name="traces" /> {count(traces, "trace")}
        </Link>
      )}
    </>
  );
}

/** Whether a run, or its children, record answers row by row. */
function hasAnswers(tags: ReadonlyMap<string, string>): boolean {
  return tags.has("llmops.kind") || (tags.get("mlflow.loggedArtifacts") ?? "").includes("eval_results_table.json");
}
