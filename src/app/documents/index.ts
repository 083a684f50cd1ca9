import type { z } from "zod";
import { sweepResultSchema } from "../../lib/experiments/study/sweep-result.js";
import { optimizationResultSchema } from "../../lib/experiments/optimize/optimization-document.js";
import { judgementResultSchema } from "../../lib/experiments/evaluation/judgement-result.js";
import { pairwiseResultSchema } from "../../lib/experiments/evaluation/pairwise-result.js";
import { auditResultSchema } from "../../lib/experiments/evaluation/audit.js";
import { judgementForecastSchema } from "../../lib/experiments/evaluation/forecast-judgement.js";
import { cardSchema } from "../../lib/experiments/evaluation/calibration-card.js";
import { baselineSchema } from "../../lib/experiments/runs/baseline.js";
import { forecastDocumentSchema } from "../../lib/report/forecast-table.js";
import { benchResultSchema } from "../../lib/report/bench-table.js";
import { canaryDocumentSchema } from "../monitoring/canary.js";
import { monitorDocumentSchema } from "../monitoring/monitor-document.js";
import { canarySchema } from "../../lib/operations/canary/canary-baseline.js";
import { monitorStateSchema } from "../../lib/operations/monitor/monitor-state.js";
import { recordedCallSchema } from "../../lib/inference/cassette/cassette-file.js";
import * as answers from "./answers.js";
import * as artifacts from "./artifacts.js";
import * as cache from "./cache.js";
import * as configuration from "./configuration.js";
import * as error from "./error.js";
import * as keys from "./keys.js";
import * as models from "./models.js";
import * as monitoring from "./monitoring.js";
import * as projects from "./projects.js";
import * as registry from "./registry.js";
import * as runs from "./runs.js";
import * as tracking from "./tracking.js";

const ALL: readonly z.ZodType[] = [
  sweepResultSchema,
  optimizationResultSchema,
  judgementResultSchema,
  pairwiseResultSchema,
  auditResultSchema,
  judgementForecastSchema,
  cardSchema,
  baselineSchema,
  forecastDocumentSchema,
  benchResultSchema,
  canaryDocumentSchema,
  monitorDocumentSchema,
  canarySchema,
  monitorStateSchema,
  recordedCallSchema,
  ...[answers, artifacts, cache, configuration, error, keys, models, monitoring, projects, registry, runs, tracking].flatMap((documents) =>
    Object.values<z.ZodType>(documents),
  ),
];

/** Every kind of document that llmops prints or keeps, by what stands in its field `schema`. */
export const DOCUMENTS: ReadonlyMap<string, z.ZodType> = new Map(ALL.map((schema) => [nameOf(schema), schema]));

/** The name in a document's field `schema`; alternatives of one document have the same. */
function nameOf(schema: z.ZodType): string {
  const { def } = schema as z.ZodObject | z.ZodUnion<[z.ZodObject]>;
  if (def.type === "union") return nameOf(def.options[0]);
  const { values } = (def.shape as { schema: z.ZodLiteral<string> }).schema.def;
  return values[0] ?? "";
}
