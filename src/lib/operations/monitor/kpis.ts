import { z } from "zod";
import { holds, parseCondition, type Condition } from "./condition.js";
import type { Measured } from "./measures.js";

export const kpiResultSchema = z.object({
  kpi: z.string(),
  value: z.number().nullable().describe("In the measure's unit; null where it is not known."),
  state: z.enum(["passed", "failed", "no data"]),
});

/** A key performance indicator with what came of it. */
export type KpiResult = z.infer<typeof kpiResultSchema>;

/** The indicators of the documented inference server. */
const DEFAULT_KPIS = [
  "avg_response_time<500ms",
  "p95_response_time<1s",
  "p99_response_time<2s",
  "requests_per_second>10",
  "generated_tokens_per_second>100",
  "success_rate>99%",
  "error_rate<1%",
  "memory_usage<80%",
  "cache_hit_rate>90%",
];

/** Reads indicators; "default" stands for the usual ones. Throws INVALID_ARGUMENT. */
export function parseKpis(texts: readonly string[]): Condition[] {
  const conditions = texts.flatMap((text) => (text === "default" ? DEFAULT_KPIS : [text])).map(parseCondition);
  return [...new Map(conditions.map((condition) => [condition.text, condition])).values()];
}

/** Holds indicators against what was measured. */
export function checkKpis(kpis: readonly Condition[], measured: Measured): KpiResult[] {
  return kpis.map((condition) => {
    const held = holds(condition, measured);
    const state = held === undefined ? "no data" : held ? "passed" : "failed";
    return { kpi: condition.text, value: measured[condition.measure] ?? null, state };
  });
}
