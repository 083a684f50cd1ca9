import { invalid } from "../mlflow-error.js";
import { toStage } from "../registry-records.js";
import type { FastifyInstance } from "fastify";
import { missingValue } from "../limits.js";
import { versionToWire } from "../wire/registry.js";
import { answerRoutes } from "./answer-routes.js";
import { ANSWER_DESCRIPTIONS } from "./descriptions/answer-views.js";
import { addRoutes, type Routes } from "./api.js";
import { EVIDENCE_DESCRIPTIONS } from "./descriptions/evidence.js";
import type { ComparisonRequest, PromotionRequest, StoreEvidence } from "./evidence.js";
import { SPAN_DESCRIPTIONS } from "./descriptions/trace-views.js";
import type { Fields } from "./fields.js";
import { spanRoutes } from "./trace-view-routes.js";

/** No more runs are compared at once. */
const MOST_COMPARED = 100;

/** Adds what the web application asks about the measurements in a store: whether a version has earned its place, and which runs differ. */
export function addEvidenceRoutes(app: FastifyInstance, evidence: StoreEvidence): void {
  addRoutes(app, evidenceRoutes(evidence), EVIDENCE_DESCRIPTIONS);
  addRoutes(app, answerRoutes(evidence), ANSWER_DESCRIPTIONS);
  addRoutes(app, spanRoutes(evidence), SPAN_DESCRIPTIONS);
}

function evidenceRoutes(evidence: StoreEvidence): Routes {
  return {
    "POST llmops/1/models/promote": async (fields) => {
      const { promoted, requirements, version } = await evidence.promote(readPromotion(fields));
      return { promoted, requirements, version: versionToWire(version) };
    },
    "POST llmops/1/runs/compare": async (fields) => {
      const { score = null, scores, pairs, directions, notes } = await evidence.compare(readComparison(fields));
      return {
        ...{ score, scores, directions, notes },
        pairs: pairs.map(({ runId, pValue, furtherSamples, ...pair }) => ({
          run_id: runId,
          ...pair,
          ...{ p_value: pValue, further_samples: furtherSamples },
        })),
      };
    },
  };
}

function readPromotion(fields: Fields): PromotionRequest {
  const [alias, stage] = [fields.text("alias"), fields.text("stage")];
  if (alias === undefined && stage === undefined) throw missingValue("alias");
  return {
    name: fields.requiredText("name"),
    version: fields.requiredId("version"),
    alias,
    stage: stage === undefined ? undefined : toStage(stage),
    archiveOthers: fields.boolean("archive_existing_versions") ?? false,
    require: fields.texts("require"),
    failUnder: fields.texts("fail_under"),
    minEffect: fields.has("min_effect") ? fields.requiredDouble("min_effect") : undefined,
    maxFailed: fields.text("max_failed"),
    isTrial: fields.boolean("dry_run") ?? false,
  };
}

function readComparison(fields: Fields): ComparisonRequest {
  const runIds = [...new Set(fields.texts("runs"))];
  const baseline = fields.text("baseline") ?? runIds[0] ?? "";
  const all = new Set([baseline, ...runIds]);
  if (runIds.length === 0) throw missingValue("runs");
  if (all.size > MOST_COMPARED) throw invalid(`${all.size} runs are too many to compare: at most ${MOST_COMPARED} are.`);
  return { baseline, runIds: runIds.filter((id) => id !== baseline), score: fields.text("score") };
}
