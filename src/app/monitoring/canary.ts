import { join } from "node:path";
import { z } from "zod";
import { checkComparable, keepCanary, readCanary, type Canary } from "../../lib/operations/canary/canary-baseline.js";
import { canaryComparisonSchema, compareCanary, type Tolerances } from "../../lib/operations/canary/compare-canary.js";
import { askedOf } from "../../lib/operations/canary/to-canary.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { rateLimitDocumentSchema } from "../../lib/inference/openai/rate-watch.js";
import { checkSize } from "../../lib/experiments/gates/check-size.js";
import { scaleOf } from "../../lib/experiments/study/check-sizes.js";
import { cellErrorSchema } from "../../lib/experiments/study/error-tally.js";
import type { TrackedRun } from "../../lib/tracking/tracked-run.js";
import type { Host } from "../host/host.js";
import { askCanary, type AskedCanary } from "./ask-canary.js";
import { planCanary, type CanaryQuestions } from "./plan-canary.js";
import { recordRound } from "./record-round.js";

const TIMED = ["response_length", "latency_seconds", "first_token_seconds"];
/** The canary where nobody names another. */
const DEFAULT_NAME = "canary";
/** Changes that do not matter. */
export const DEFAULT_TOLERANCES: Tolerances = { quality: 0.05, length: 0.1, latency: 0.25 };

/** What a canary asks, and what it is compared with. */
export interface CanaryOptions extends CanaryQuestions {
  /** Keeps how the model answers now. */
  bless?: boolean | undefined;
  tolerances?: Tolerances | undefined;
}

export const canaryDocumentSchema = z.object({
  schema: z.literal("llmops.monitor-canary/2"),
  name: z.string(),
  path: z.string(),
  model: z.string(),
  target: z.string(),
  time: z.string(),
  run_id: z.string().nullable(),
  blessed: z.boolean(),
  comparison: canaryComparisonSchema.nullable(),
  rate_limits: z.array(rateLimitDocumentSchema).exactOptional().describe("Only where requests were refused for their rate."),
  errors: z.array(cellErrorSchema),
});

/** What a canary found; `comparison` is null for one that was kept. */
export type CanaryDocument = z.infer<typeof canaryDocumentSchema>;

/**
 * Asks fixed prompts once, records the run, and compares it with the canary that was kept, or keeps it. Throws BASELINE_NOT_FOUND,
 * INVALID_ARGUMENT where something else was asked then, and ABORTED.
 */
export async function runCanary(options: CanaryOptions, host: Host): Promise<CanaryDocument> {
  const { name = DEFAULT_NAME, bless = false, tolerances = DEFAULT_TOLERANCES } = options;
  const path = canaryPath(name);
  const before = bless ? undefined : readCanary(path);
  const metrics = [...new Set([...(options.scorers ?? ["contains"]), ...TIMED])];
  const plan = await planCanary({ ...options, name }, metrics, host.signal);
  checkSize("--quality-tolerance", tolerances.quality, scaleOf(plan.primary));
  if (before) checkComparable(before, askedOf(plan, metrics));
  const conclude = ({ canary, runId, errors, limits }: AskedCanary, run: TrackedRun) => {
    const comparison = before ? compareCanary(before, canary, tolerances) : null;
    const document = { ...toDocument(canary, { name, path, runId }), blessed: bless, comparison, ...limits, errors };
    recordRound(run, document);
    return { canary, document };
  };
  const { canary, document } = await askCanary(options, { plan, metrics, conclude }, host);
  if (bless) await keepCanary(path, canary);
  return document;
}

function toDocument({ model, target, created: time }: Canary, { name, path, runId }: { name: string; path: string; runId: string | null }) {
  return { schema: "llmops.monitor-canary/2" as const, name, path, model, target, time, run_id: runId };
}

/** Canaries are kept for version control, in the folder at hand. */
function canaryPath(name: string): string {
  if (/^[\w][\w.-]*$/.test(name)) return join(".llmops", "canary", `${name}.json`);
  throw new LlmopsError("INVALID_ARGUMENT", `"${name}" is not a canary name.`, {
    hint: "Use letters, digits, dots, dashes and underscores.",
  });
}
