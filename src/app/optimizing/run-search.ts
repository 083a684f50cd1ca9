import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { currentUser } from "../../lib/base/config/environment.js";
import { counted } from "../../lib/base/errors/counted.js";
import type { OptimizationResult } from "../../lib/experiments/optimize/optimization-result.js";
import { optimizePlan, type OptimizationContext } from "../../lib/experiments/optimize/optimize.js";
import type { OptimizationPlan } from "../../lib/experiments/optimize/plan-optimization.js";
import { TrialLog } from "../../lib/experiments/optimize/trial-log.js";
import { toKnown } from "../../lib/experiments/optimize/warm-start.js";
import { findChildren } from "../../lib/experiments/runs/find-children.js";
import { StudyJournal } from "../../lib/experiments/study/study-journal.js";
import type { Setting } from "../../lib/experiments/study/study.js";
import type { TargetPool } from "../../lib/experiments/study/target-pool.js";
import type { RateWatch } from "../../lib/inference/openai/rate-watch.js";
import { describeTrial } from "../../lib/report/optimization-table.js";
import type { TrackingStore } from "../../lib/tracking/tracking-store.js";
import type { Host } from "../host/host.js";
import { DEFAULT_SEED } from "../studies/study-defaults.js";
import { studyFolder } from "../studies/study-folders.js";
import { budgetOf, limitsOf, typedBy, type StudyOrigin } from "../studies/study-options.js";
import { DEFAULT_TRACKING_URI } from "../targets/open-target.js";
import { withTracker } from "../tracking/with-store.js";
import type { Question } from "./optimization-question.js";
import { DEFAULT_CANDIDATES, DEFAULT_TRIALS, type OptimizeOptions } from "./optimize-options.js";

/** A search that is open: its question, its plans, what it asks and where it is kept. */
export interface OpenSearch {
  question: Question;
  plans: OptimizationPlan;
  targets: TargetPool;
  target: { model: string; location: string };
  journal: StudyJournal;
  origin: StudyOrigin;
  rates: RateWatch;
}

type Known = ReturnType<typeof toKnown>;

/** Searches and proves, in a tracker, telling the host of every trial. */
export function runSearch(options: OptimizeOptions, search: OpenSearch, host: Host): Promise<OptimizationResult> {
  const { question, plans, targets } = search;
  const { objectives } = question;
  const { dataset } = plans.search;
  const { trials = DEFAULT_TRIALS, sampler = "gp", trackingUri = DEFAULT_TRACKING_URI } = options;
  return withTracker(trackingUri, host.note, async ({ tracker, store, uri }) => {
    const known = await learnFrom(store, { runs: options.warmStart ?? [], question }, host);
    host.note(
      `Up to ${counted(trials, "trial")} over ${counted(dataset.samples.length, "row")} each, sampler ${sampler}, for ${objectives.map(({ name }) => name).join(", ")}.${plans.heldOut ? "" : " No rows are held out: nothing will be proven."}`,
    );
    const context = { ...contextOf(options, search, known), tracker, trackingUri: uri, signal: host.signal };
    const proof = (cells: number) =>
      `Proof: the best and the default on ${counted(plans.heldOut?.samples.length ?? 0, "row")} no trial saw, ${counted(cells, "completion")}.`;
    return host.withProgress(undefined, "completions", (onCell, say) =>
      optimizePlan(plans.search, targets, {
        ...context,
        onCell,
        onTrial: (optimization, index) => say(describeTrial(optimization, objectives, { index, trials })),
        onProof: (cells) => say(proof(cells)),
      }),
    );
  });
}

type OwnContext = Omit<OptimizationContext, "tracker" | "trackingUri" | "signal" | "onTrial" | "onProof" | "onCell">;

function contextOf(options: OptimizeOptions, { question, plans, journal, target, origin, rates }: OpenSearch, known: Known): OwnContext {
  const { objectives, constraints, dimensions, enqueue } = question;
  const folder = join(studyFolder(), journal.header.id);
  const budget = budgetOf(options);
  const { seed = DEFAULT_SEED, sampler = "gp" } = options;
  return {
    ...{ journal, target, rates, experiment: options.experiment ?? "optimize", user: currentUser() },
    ...{ command: origin.name, typed: typedBy(origin), resumed: options.resume !== undefined, limits: limitsOf(options) },
    ...{ objectives, constraints, heldOut: plans.heldOut, search: { dimensions, seed, sampler, enqueue, known } },
    ...{ trials: options.trials ?? DEFAULT_TRIALS, parallel: options.parallel ?? 1, race: options.race ?? true },
    ...{ patience: options.patience, leastImprovement: options.minImprovement, penalty: options.penalty, log: new TrialLog(folder) },
    ...{ candidates: options.candidates ?? DEFAULT_CANDIDATES, proofRepeats: options.proofRepeats },
    openProofJournal: (settings) => openProof(origin, folder, settings),
    ...(budget && { budget }),
    retryFailed: options.retryFailed ?? false,
  };
}

/** What earlier studies recorded of this space. */
async function learnFrom(
  store: TrackingStore,
  { runs, question }: { runs: readonly string[]; question: Question },
  { note }: Host,
): Promise<Known> {
  const found = (await Promise.all(runs.map((name) => findChildren(store, name)))).flat();
  const known = toKnown(found, question.dimensions, question.objectives);
  if (runs.length > 0) note(`Starts with what ${known.length} of ${found.length} earlier runs say of this space.`);
  return known;
}

/** Within the study's folder, where resuming finds it as long as the same settings are to be proven. */
function openProof({ name: command, argv, folder: startedIn }: StudyOrigin, folder: string, settings: readonly Setting[]): StudyJournal {
  const key = createHash("sha256").update(JSON.stringify(settings)).digest("hex").slice(0, 8);
  const id = `${basename(folder)}-proof-${key}`;
  if (existsSync(join(folder, id))) return StudyJournal.open(folder, id);
  const created = { createdAt: new Date().toISOString(), status: "running" as const, facts: {} };
  return StudyJournal.create(folder, { id, command, argv: [...argv], folder: startedIn, ...created });
}
