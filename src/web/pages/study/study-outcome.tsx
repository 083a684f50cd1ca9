import type { ReactElement } from "react";
import { LongText } from "../../parts/long-text.js";
import { PageLink } from "../../parts/page-link.js";
import { Empty } from "../../parts/states.js";
import { BenchView } from "./bench/bench-view.js";
import { StudyFindings } from "./study-findings.js";
import { SweepView } from "./sweep/sweep-view.js";
import type { Study } from "./use-study.js";

const OF_SETTINGS = ["sweep", "ab", "optimize"];

/** What a study came to: what it found, and where it has failed why. */
export function StudyOutcome({ study }: { study: Study }): ReactElement {
  const { run, tags, document } = study;
  const error = tags.get("llmops.error") ?? document?.failure ?? "";
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
