import { currentUser } from "../../lib/base/config/environment.js";
import type { StudyKind } from "../../lib/experiments/live/study-tags.js";
import type { Budget } from "../../lib/experiments/study/budget.js";
import type { RunOptions } from "../../lib/experiments/study/run-study.js";
import type { StudyJournal } from "../../lib/experiments/study/study-journal.js";
import type { RecorderOptions } from "../../lib/experiments/study/study-recorder.js";
import type { RateWatch } from "../../lib/inference/openai/rate-watch.js";
import type { TrackingStore } from "../../lib/tracking/tracking-store.js";
import { endWith } from "../host/end-with.js";
import type { Host } from "../host/host.js";
import { DEFAULT_TRACKING_URI } from "../targets/open-target.js";
import { withTracker } from "../tracking/with-store.js";
import { budgetOf, limitsOf, typedBy, type StudyOptions, type StudyOrigin, type TypedCommand } from "./study-options.js";

/** What a study is recorded with. */
export interface RecordedParts {
  origin: StudyOrigin;
  journal: StudyJournal;
  target: { model: string; location: string };
  rates: RateWatch;
  /** The experiment, where the options name none. */
  experiment: string;
  /** For a study that can be watched, and stopped from outside, while it runs. */
  kind?: StudyKind | undefined;
  /** What is left of the budget, where some of it was spent before. */
  budget?: Budget | undefined;
}

/** What runs, and is recorded, inside a journal and a tracker. */
export interface StudyContext extends RecorderOptions, RunOptions {
  /** What the user typed, for the result. */
  typed: string;
  store: TrackingStore;
  trackingUri: string;
  rates: RateWatch;
}

/**
 * Does the work with a tracker of the options' store, and with what every study runs and is recorded with. Its signal aborts with the
 * host's, and where somebody asks for the study's end in its run. Throws what `withTracker` throws.
 */
export function recordStudy<T>(
  options: StudyOptions,
  { origin, experiment, kind, budget = budgetOf(options), ...parts }: RecordedParts,
  { note, signal }: Host,
  work: (context: StudyContext) => Promise<T>,
): Promise<T> {
  const end = endWith(signal);
  const onStop = (why: string) => {
    note(why);
    end.abort();
  };
  const resume = `${origin.name} --resume ${parts.journal.header.id}`;
  return withTracker(options.trackingUri ?? DEFAULT_TRACKING_URI, note, ({ tracker, store, uri }) =>
    work({
      ...{ ...parts, tracker, store, trackingUri: uri, experiment: options.experiment ?? experiment, user: currentUser() },
      ...{ command: origin.name, typed: typedBy(startOf(origin, parts.journal)), resumed: options.resume !== undefined },
      ...{ limits: limitsOf(options), ...(budget && { budget }), retryFailed: options.retryFailed ?? false, signal: end.signal },
      ...(kind && { live: { kind, resume, store, onStop } }),
    }),
  );
}

/** What started a study: of a resumed one the words of its first start, for --resume alone would continue whatever is last. */
function startOf(origin: StudyOrigin, { header }: StudyJournal): TypedCommand {
  const isResumed = origin.argv.some((word) => word === "--resume" || word.startsWith("--resume="));
  return isResumed ? { name: header.command, argv: header.argv } : origin;
}
