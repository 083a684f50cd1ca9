import { LiveStudy } from "../live/live-study.js";
import type { LiveOptions } from "../live/study-tags.js";
import type { Tracker } from "../../tracking/tracker.js";
import type { StudyRun } from "../study/study-ledger.js";
import type { StudyPlan } from "../study/study.js";
import { judgementFailure } from "./grading-failure.js";
import type { JudgementRecorder } from "./judgement-recorder.js";
import type { JudgementResult } from "./judgement-result.js";
import { progressOfRows, viewRows } from "./live-rows.js";

/** A judgment that is shown while it runs, where it is live. */
export class LiveJudgement {
  private readonly plan: StudyPlan;
  private readonly recorder: JudgementRecorder;
  private readonly study: LiveStudy | undefined;

  constructor(plan: StudyPlan, recorder: JudgementRecorder, { tracker, live }: { tracker: Tracker; live?: LiveOptions | undefined }) {
    this.plan = plan;
    this.recorder = recorder;
    this.study = live && new LiveStudy(recorder.run, tracker, live);
  }

  /** Shows how far it is from now on; `toResult` gives what it came to by then. */
  begin(state: StudyRun, toResult: (run: StudyRun) => JudgementResult): void {
    const logMeans = () => this.recorder.logMeans(this.plan, state.table);
    this.study?.begin({ ...viewRows(this.plan, state, toResult), logMeans });
  }

  conclude(run: StudyRun, result: JudgementResult, verdict: string | null): void {
    this.study?.conclude({
      status: run.status,
      verdict,
      failure: judgementFailure(result),
      result,
      progress: progressOfRows(this.plan, run),
    });
  }

  end(): void {
    this.study?.end();
  }
}
