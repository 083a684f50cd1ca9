import { narrowEnough, racing } from "../../lib/experiments/study/stopping.js";
import type { StudyJournal } from "../../lib/experiments/study/study-journal.js";
import { countCells } from "../../lib/experiments/study/study.js";
import { runSweepPlan } from "../../lib/experiments/study/sweep.js";
import type { Host } from "../host/host.js";
import { announceScoring, announceSweep, linksTo, tellRunning } from "./announce-study.js";
import { conclusionOf } from "./study-conclusion.js";
import { withOpenStudy, type OpenStudy } from "./open-study.js";
import { recordStudy } from "./record-study.js";
import { openJournal, withJournal } from "./study-journals.js";
import { originOf, type StudyOrigin } from "./study-options.js";
import { sourceOf } from "./study-rows.js";
import { listed } from "./study-target.js";
import type { SweepOptions } from "./sweep-options.js";
import type { SweepOutcome } from "./sweep-outcome.js";

/**
 * Asks every setting of a sweep a dataset, scores, compares and records the answers. An interrupted one ends with what was done by
 * then. Throws INVALID_ARGUMENT, DATASET_NOT_FOUND, DATASET_INVALID, STUDY_CHANGED, BASELINE_NOT_FOUND, what opening a model or a
 * store throws, and the first error where nothing was answered at all.
 */
export function runSweep(options: SweepOptions, host: Host): Promise<SweepOutcome> {
  return withOpenStudy(options, { host }, (study) => runOpenStudy(study, options, host));
}

/** Runs an open study within its journal, and passes its gates. */
export async function runOpenStudy(study: OpenStudy, options: SweepOptions, host: Host): Promise<SweepOutcome> {
  const { plan, panel, opened, stored } = study;
  const reads = stored?.header.reads ?? sourceOf(options, plan.dataset.digest);
  const { resume, plugins } = options;
  const origin = originOf(options, "runSweep");
  const more = stored && { scored: stored.header.id };
  const journal = openJournal(plan, { origin, resume, opened, judges: panel.fingerprints, reads, more, plugins });
  const work = async () => {
    const { result, run } = await recordSweep(study, { ...options, origin, journal }, host);
    return { kind: kindOf(options), result, plan, table: run.table, journal };
  };
  return withJournal(journal, work, ({ result }) => result.study.status === "finished");
}

function kindOf({ againstFirst }: SweepOptions): SweepOutcome["kind"] {
  return againstFirst === true ? "ab" : "sweep";
}

interface Recorded extends SweepOptions {
  origin: StudyOrigin;
  journal: StudyJournal;
}

function recordSweep({ plan, targets, opened, stored, rates, gates }: OpenStudy, options: Recorded, host: Host) {
  const { origin, journal, untilHalfWidth } = options;
  const target = { model: listed(opened, "model"), location: listed(opened, "location") };
  return recordStudy(options, { origin, journal, target, rates, experiment: "sweep", kind: kindOf(options) }, host, (context) => {
    host.note(stored ? announceScoring(stored) : announceSweep(plan, target.model, options));
    const rules = [...(options.race ? [racing] : []), ...(untilHalfWidth === undefined ? [] : [narrowEnough(untilHalfWidth)])];
    const stopping = { rules, ...(untilHalfWidth !== undefined && { untilHalfWidth }) };
    const links = stored && { tags: linksTo(stored.header) };
    return host.withProgress(countCells(plan), "cells", (onCell, _say, below) => {
      const telling = { onCell, onBegin: tellRunning(plan, below) };
      return runSweepPlan(plan, targets, { ...context, ...links, ...stopping, ...conclusionOf(gates, plan), ...telling });
    });
  });
}
