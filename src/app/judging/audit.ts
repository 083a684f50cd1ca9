import { prepareFolder, writeOutput } from "../../lib/base/files/output-files.js";
import { auditPath } from "../../lib/experiments/evaluation/audit-summary.js";
import { toAudit, type AuditResult } from "../../lib/experiments/evaluation/audit.js";
import { readGradedDataset } from "../../lib/experiments/evaluation/graded-dataset.js";
import { auditDataset, readPerturbations } from "../../lib/experiments/evaluation/perturbations.js";
import type { Host } from "../host/host.js";
import { DEFAULT_SEED, EXAMPLE_DATASET } from "../studies/study-defaults.js";
import { cardFolder } from "../studies/study-folders.js";
import { readRubrics } from "./choose-rubrics.js";
import { withGrading, type GradingOptions } from "./open-grading.js";
import { readMethod } from "./open-judges.js";
import { runWholeGrading } from "./whole-grading.js";

const DEFAULT_LIMIT = 54;

/** What is kept of a study of judges, and where it is recorded. */
export interface KeptStudy {
  path: string;
  runId: string | null;
  trackingUri: string;
}

/**
 * Grades answers that are right or wrong, plain and disguised, and says what the judge is fooled by; keeps that beside the calibration
 * cards. Throws what `judge` throws, and ABORTED or BUDGET_SPENT where not all was graded.
 */
export async function auditJudge(options: GradingOptions, host: Host): Promise<KeptStudy & { audit: AuditResult }> {
  await readMethod(options); // before a file is read
  const rubrics = readRubrics(options, ["accuracy"]);
  const { dataset = EXAMPLE_DATASET, limit = DEFAULT_LIMIT, seed = DEFAULT_SEED, map } = options;
  const perturbations = readPerturbations();
  const read = await readGradedDataset(dataset, { limit, seed, hasModel: true, answers: "generate", map });
  const { graded, answers } = auditDataset(read, perturbations, seed);
  prepareFolder(cardFolder());
  return withGrading(options, { rubrics, graded }, host, async (grading) => {
    const result = await runWholeGrading(options, { ...grading, name: "auditJudge", experiment: "judge-audit" }, host);
    const audit = toAudit(result, answers, perturbations, new Date().toISOString());
    const path = auditPath(
      cardFolder(),
      audit.judge.criteria.map(({ fingerprint }) => fingerprint),
    );
    await writeOutput(path, `${JSON.stringify(audit, null, 1)}\n`);
    return { audit, path, runId: result.study.run_id, trackingUri: result.study.tracking_uri };
  });
}
