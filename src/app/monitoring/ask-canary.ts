import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { CellError } from "../../lib/experiments/study/error-tally.js";
import { countCells, type StudyPlan } from "../../lib/experiments/study/study.js";
import { runSweepPlan, type SweepContext } from "../../lib/experiments/study/sweep.js";
import { TargetPool } from "../../lib/experiments/study/target-pool.js";
import { RateWatch, rateLimitsOf } from "../../lib/inference/openai/rate-watch.js";
import type { Canary } from "../../lib/operations/canary/canary-baseline.js";
import { toCanary } from "../../lib/operations/canary/to-canary.js";
import type { TrackedRun } from "../../lib/tracking/tracked-run.js";
import type { Host } from "../host/host.js";
import { recordStudy } from "../studies/record-study.js";
import { openJournal, withJournal } from "../studies/study-journals.js";
import { originOf } from "../studies/study-options.js";
import { listed, openStudyTarget, slotsOf } from "../studies/study-target.js";
import { announceCanary, type CanaryQuestions } from "./plan-canary.js";

/** How a model answered a canary. */
export interface AskedCanary {
  canary: Canary;
  runId: string | null;
  errors: CellError[];
  limits: ReturnType<typeof rateLimitsOf>;
}

interface CanaryWork<T> {
  plan: StudyPlan;
  metrics: readonly string[];
  /** Says what became of it, and records that in the study's run. */
  conclude: (asked: AskedCanary, run: TrackedRun) => T;
}

/** Asks a canary and records it; gives what it is concluded with. Throws ABORTED where it was interrupted. */
export async function askCanary<T>(questions: CanaryQuestions, { plan, metrics, conclude }: CanaryWork<T>, host: Host): Promise<T> {
  const rates = new RateWatch();
  const targets = new TargetPool(plan, (params) => openStudyTarget(questions, params, { slots: slotsOf(plan, 0), rates }, host));
  try {
    const opened = await targets.all();
    const target = { model: listed(opened, "model"), location: listed(opened, "location") };
    announceCanary(plan, target.model, host);
    const origin = originOf(questions, "runCanary");
    const journal = openJournal(plan, { origin, opened });
    const work = async () => {
      const concluded: T[] = [];
      const onEnd: SweepContext["conclude"] = ({ study }, run, parent) => {
        if (run.status !== "finished") return;
        const canary = toCanary({ plan, run, journal, target, metrics });
        concluded.push(conclude({ canary, runId: study.run_id, errors: run.errors, limits: rateLimitsOf(rates) }, parent));
      };
      await recordStudy(questions, { origin, journal, target, rates, experiment: "canary" }, host, (context) =>
        host.withProgress(countCells(plan), "cells", (onCell) =>
          runSweepPlan(plan, targets, { ...context, rules: [], onCell, conclude: onEnd }),
        ),
      );
      const [first] = concluded;
      if (first === undefined) throw new LlmopsError("ABORTED", "The canary was interrupted, so nothing was compared.");
      return first;
    };
    return await withJournal(journal, work, () => true);
  } finally {
    rates.close();
    await targets.close();
  }
}
