import type { TrackedRun } from "../../tracking/tracked-run.js";
import type { Tracker } from "../../tracking/tracker.js";
import { STUDY_TAGS, type LiveOptions } from "./study-tags.js";

/** Looks whether somebody has asked for a study's end, by a tag of its run. */
export class StopRequest {
  private readonly run: TrackedRun;
  private readonly tracker: Pick<Tracker, "idOf">;
  private readonly options: LiveOptions;
  private isLooking = false;
  private isOver = false;
  private isHeard = false;

  constructor(run: TrackedRun, tracker: Pick<Tracker, "idOf">, options: LiveOptions) {
    this.run = run;
    this.tracker = tracker;
    this.options = options;
  }

  /** Asks the store, unless an earlier question is still open; waits for nothing. A store that is away has nothing to say. */
  look(): void {
    const runId = this.tracker.idOf(this.run);
    if (runId === undefined || this.isLooking || this.isOver) return;
    this.isLooking = true;
    void this.options.store
      .getRun(runId)
      .then(
        ({ tags }) => this.obey(runId, tags),
        () => undefined,
      )
      .finally(() => (this.isLooking = false));
  }

  /** What the store answers from now on is not heard. */
  end(): void {
    this.isOver = true;
  }

  /** What the run has at its end: a wish that was heard is none any more. */
  tags(): Record<string, string> {
    return this.isHeard ? { [STUDY_TAGS.stop]: "false" } : {};
  }

  private obey(runId: string, tags: Readonly<Record<string, string>>): void {
    if (this.isOver || tags[STUDY_TAGS.stop] !== "true") return;
    this.isOver = this.isHeard = true;
    const by = tags[STUDY_TAGS.stopBy];
    this.options.onStop(`Stopped ${by ? `by ${by}` : "from outside"}: the tag ${STUDY_TAGS.stop} of run ${runId} is "true".`);
  }
}
