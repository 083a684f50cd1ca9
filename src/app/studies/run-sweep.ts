import { currentUser } from "../../lib/base/config/environment.js";
import { counted } from "../../lib/base/errors/counted.js";
import { forecastStudy } from "../../lib/experiments/study/dry-run.js";
import { measureCells } from "../../lib/experiments/study/measure-cells.js";
import { narrowEnough, racing } from "../../lib/experiments/study/stopping.js";
import { countCells, describeSetting, type StudyPlan } from "../../lib/experiments/study/study.js";
import { runSweepPlan } from "../../lib/experiments/study/sweep.js";
import type { ForecastDocument } from "../../lib/report/forecast-table.js";
import type { Host } from "../host/host.js";
import { DEFAULT_TRACKING_URI } from "../targets/open-target.js";
import { withTracker } from "../tracking/with-store.js";
import { withOpenStudy, type OpenStudy } from "./open-study.js";
import { sourceOf } from "./plan-study.js";
import { announceScoring, linksTo } from "./stored-target.js";
import { DEFAULT_LIMIT } from "./study-defaults.js";
import { passGates } from "./study-gates.js";
import { openJournal, withJournal } from "./study-journals.js";
import { budgetOf, limitsOf, originOf, typedBy } from "./study-options.js";
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

/** Says what a sweep would cost and could tell, having asked a few of its cells. Throws what `runSweep` throws. */
export function forecastSweep(options: SweepOptions, host: Host): Promise<ForecastDocument> {
  return withOpenStudy(options, { host }, async ({ plan, targets, opened }) => {
    const measured = await measureCells(plan, targets, limitsOf(options), host.signal);
    const [first] = opened;
    const countTokens = opened.length === 1 ? first?.countPromptTokens?.bind(first) : undefined;
    const forecast = forecastStudy(plan, { countTokens, secondsPerCell: measured.secondsPerCell });
    return { schema: "llmops.plan/1", model: listed(opened, "model"), tried: measured.cells, ...forecast };
  });
}

/** Runs an open study within its journal, and passes its gates. */
export async function runOpenStudy(study: OpenStudy, options: SweepOptions, host: Host): Promise<SweepOutcome> {
  const { plan, panel, opened, stored, gates } = study;
  const reads = stored?.header.reads ?? sourceOf(options, plan);
  const origin = originOf(options, "runSweep");
  const more = stored && { scored: stored.header.id };
  const journal = openJournal(plan, { origin, resume: options.resume, opened, judges: panel.fingerprints, reads, more });
  const work = async () => {
    const { result, run } = await recordStudy(study, { ...options, origin, journal }, host);
    return { result: { ...result, checks: passGates(gates, plan, result, run.table) }, plan, table: run.table, journal };
  };
  return withJournal(journal, work, ({ result }) => result.study.status === "finished");
}

type Recorded = SweepOptions & { origin: ReturnType<typeof originOf>; journal: ReturnType<typeof openJournal> };

function recordStudy({ plan, targets, opened, stored, rates }: OpenStudy, options: Recorded, host: Host) {
  const { origin, journal, untilHalfWidth, trackingUri: store = DEFAULT_TRACKING_URI, experiment = "sweep" } = options;
  const target = { model: listed(opened, "model"), location: listed(opened, "location") };
  const budget = budgetOf(options);
  return withTracker(store, host.note, async ({ tracker, uri }) => {
    host.note(stored ? announceScoring(stored) : announce(plan, target.model, options));
    return host.withProgress(countCells(plan), "cells", (tick) =>
      runSweepPlan(plan, targets, {
        ...{ tracker, journal, target, rates, trackingUri: uri, experiment, user: currentUser() },
        ...{ command: origin.name, typed: typedBy(origin), resumed: options.resume !== undefined, limits: limitsOf(options) },
        ...(budget && { budget }),
        ...(stored && { tags: linksTo(stored.header) }),
        rules: [...(options.race ? [racing] : []), ...(untilHalfWidth === undefined ? [] : [narrowEnough(untilHalfWidth)])],
        ...(untilHalfWidth !== undefined && { untilHalfWidth }),
        ...{ retryFailed: options.retryFailed ?? false, signal: host.signal, onCell: tick },
      }),
    );
  });
}

function announce(plan: StudyPlan, model: string, { limit, resume }: SweepOptions): string {
  const { samples, available } = plan.dataset;
  const subset = samples.length === available ? `all ${counted(available, "row")}` : `${samples.length} of ${counted(available, "row")}`;
  const byDefault = limit === undefined && samples.length < available;
  const why = byDefault ? ` (default --limit ${DEFAULT_LIMIT}; --limit 0 uses all)` : "";
  const { length } = plan.settings;
  const verb = resume === undefined ? (plan.name.startsWith("eval") ? "Evaluating" : "Sweeping") : "Resuming";
  const settings = length === 1 ? `setting ${describeSetting(plan.settings[0] ?? {})}` : counted(length, "setting");
  return `${verb} ${model}: ${subset}${why}, ${settings}, ${counted(countCells(plan), "completion")}.`;
}
