import type { TrackedRun } from "../../tracking/tracked-run.js";
import type { Tracker } from "../../tracking/tracker.js";
import { StopRequest } from "./stop-request.js";
import { progressTags, STUDY_TAGS, type LiveOptions, type StudyProgress } from "./study-tags.js";

const FILE = "study.json";
/** Between two looks at a study, and between two of its documents. */
const LOOK_MS = 2000;
const DOCUMENT_MS = 10_000;
/** Before a store that was behind is looked at again. */
const BEHIND_MS = 250;
/** Each millisecond of looking is followed by so many without. */
const REST = 99;

/** What a running study shows of itself. */
export interface LiveView {
  progress: () => StudyProgress;
  /** Records the means that changed since it was last called. */
  logMeans?: () => void;
  /** What the command would print if the study ended now; null where that would take too long. */
  document?: () => Promise<object | null>;
}

/** How a study came out. */
export interface Conclusion {
  status: string;
  /** In a sentence; null where nothing can be said. */
  verdict: string | null;
  /** Why nothing came of it; undefined where something was measured. */
  failure: string | undefined;
  /** What the command prints. */
  result: object;
  progress: StudyProgress;
}

/**
 * Shows a study in its MLflow run while it runs: progress and remaining time as tags, running means, and the document of what is known
 * by then as study.json; and hears a wish from outside that it ends. It looks every two seconds, or so seldom that it takes no more
 * than a hundredth of the time, and not at all while the store has not taken what it was given before.
 */
export class LiveStudy {
  private readonly run: TrackedRun;
  private readonly tracker: Tracker;
  private readonly options: LiveOptions;
  private readonly stop: StopRequest;
  private view: LiveView | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isOver = false;
  /** Of the first look, for the remaining time. */
  private first = { done: 0, at: 0 };
  /** Cells at the last look. */
  private seen = -1;
  private documentAt = 0;
  /** When it is asked next whether the study is to end. */
  private stopAt = 0;

  constructor(run: TrackedRun, tracker: Tracker, options: LiveOptions) {
    this.run = run;
    this.tracker = tracker;
    this.options = options;
    this.stop = new StopRequest(run, tracker, options);
  }

  /** Shows what `view` gives from now on. */
  begin(view: LiveView): void {
    this.view = view;
    this.first = { done: view.progress().done, at: performance.now() };
    this.documentAt = this.first.at + DOCUMENT_MS;
    this.rest(LOOK_MS);
  }

  /** Shows and hears nothing more. */
  end(): void {
    this.isOver = true;
    clearTimeout(this.timer);
    this.stop.end();
  }

  /** Ends it with what came out; an unfinished study keeps how far it came. */
  conclude({ progress, verdict, ...outcome }: Conclusion): void {
    this.end();
    const isWhole = outcome.status !== "interrupted";
    const tags = progressTags(isWhole ? { ...progress, total: progress.done } : progress, 0);
    this.run.log({ tags: { ...tags, ...this.stop.tags(), ...(verdict !== null && { [STUDY_TAGS.verdict]: verdict }) } });
    this.write({ ...outcome, verdict, progress });
  }

  private rest(ms: number): void {
    if (!this.isOver) this.timer = setTimeout(() => this.look(), ms).unref();
  }

  private look(): void {
    const begun = performance.now();
    if (begun >= this.stopAt) {
      this.stop.look();
      this.stopAt = begun + LOOK_MS;
    }
    if (this.tracker.isBehind) return this.rest(BEHIND_MS);
    this.show(begun);
    this.rest(Math.max(LOOK_MS, REST * (performance.now() - begun)));
  }

  private show(now: number): void {
    const { view } = this;
    const progress = view?.progress();
    if (!view || !progress || progress.done === this.seen) return;
    this.seen = progress.done;
    this.tracker.together(() => {
      this.run.log({ tags: progressTags(progress, this.remaining(progress, now)) });
      view.logMeans?.();
    });
    if (now >= this.documentAt) void this.showDocument(view, progress);
  }

  /** Milliseconds to the end at the pace since the first look; undefined before there is one. */
  private remaining({ done, total }: StudyProgress, now: number): number | undefined {
    const ended = done - this.first.done;
    return ended > 0 ? ((now - this.first.at) / ended) * Math.max(0, total - done) : undefined;
  }

  private async showDocument(view: LiveView, progress: StudyProgress): Promise<void> {
    this.documentAt = Infinity; // not two at a time
    const begun = performance.now();
    // one that cannot be made now is made later: the study has more important work
    const result = await view.document?.().catch(() => null);
    if (result && !this.isOver) this.write({ status: "running", verdict: null, failure: undefined, progress, result });
    const now = performance.now();
    this.documentAt = now + Math.max(DOCUMENT_MS, REST * (now - begun));
  }

  private write({ status, verdict, failure, progress, result }: Conclusion): void {
    const { kind, resume } = this.options;
    const told = { status, resume, verdict, failure: failure ?? null, cells: progress };
    this.run.artifact(FILE, JSON.stringify({ schema: "llmops.study/1", kind, ...told, result }));
  }
}
