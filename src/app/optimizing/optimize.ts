import { checkRubricFields } from "../../lib/experiments/judge/judge-scorer.js";
import type { OptimizationResult } from "../../lib/experiments/optimize/optimization-result.js";
import { loadPlugins } from "../../lib/experiments/plugins/load-plugins.js";
import { datasetNotes } from "../../lib/experiments/study/dataset-notes.js";
import { TargetPool } from "../../lib/experiments/study/target-pool.js";
import { RateWatch } from "../../lib/inference/openai/rate-watch.js";
import { DEMO_MODEL } from "../../lib/inference/models/model-file.js";
import type { Host } from "../host/host.js";
import { JudgePanel } from "../judging/judge-panel.js";
import { openJournal, withJournal } from "../studies/study-journals.js";
import { originOf } from "../studies/study-options.js";
import { listed, openStudyTarget } from "../studies/study-target.js";
import { planQuestion, readQuestion, searchesTargets } from "./optimization-question.js";
import { DEFAULT_SAMPLER, type OptimizeOptions } from "./optimize-options.js";
import { checkSearch, runSearch } from "./run-search.js";

/**
 * Searches a space for the best setting, proves it on rows no trial saw, and records both. An interrupted search ends with what was
 * found by then. Throws INVALID_ARGUMENT, DATASET_NOT_FOUND, DATASET_INVALID, STUDY_CHANGED, what opening a model or a store throws,
 * and the first error where nothing was answered at all.
 */
export async function optimize(options: OptimizeOptions, host: Host): Promise<OptimizationResult> {
  const rates = new RateWatch();
  const panel = await JudgePanel.create(options, rates);
  const plugins = await loadPlugins(options.plugins);
  const question = await readQuestion(options, { judges: () => panel.judges, plugins, signal: host.signal });
  checkSearch(options, question, plugins);
  const plans = await planQuestion(options, question);
  const { search: plan } = plans;
  checkRubricFields(question.rubrics, plan.dataset);
  const slots = plan.concurrency;
  const targets = new TargetPool(plan, (params) => openStudyTarget(options, params, { slots, rates }, host));
  try {
    const isOne = !searchesTargets(options.dimensions);
    const opened = isOne ? [await targets.default()] : [];
    await panel.open(question.rubrics, { byDefault: () => targets.default(), answering: opened, slots, host });
    for (const note of datasetNotes(plan.dataset, Object.values(plan.texts), plan.scorers)) host.note(note);
    panel.announce(plan.dataset, host);
    const { dimensions, objectives = [], where = [], sampler = DEFAULT_SAMPLER, resume } = options;
    const origin = originOf(options, "optimize");
    const more = { dimensions, objectives, where, sampler };
    const { fingerprints: judges } = panel;
    const journal = openJournal(plan, { origin, resume, opened, judges, more, plugins: options.plugins });
    const asked = options.endpoint ?? options.modelPath ?? options.model ?? DEMO_MODEL;
    const target = isOne ? { model: listed(opened, "model"), location: listed(opened, "location") } : { model: asked, location: asked };
    const work = () => runSearch(options, { question, plans, plugins, targets, target, journal, origin, rates }, host);
    return await withJournal(journal, work, ({ study }) => study.status === "finished");
  } finally {
    rates.close();
    await panel.close();
    await targets.close();
  }
}
