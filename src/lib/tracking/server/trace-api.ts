import { ASSESSMENT_DESCRIPTIONS, TRACE_DESCRIPTIONS, TRACE_V2_DESCRIPTIONS } from "./descriptions/traces.js";
import { assessmentRoutes, traceRoutes } from "./trace-routes.js";
import { traceV2Routes } from "./trace-v2-routes.js";

/** MLflow's REST API of traces, in both of its shapes, and of what is said of them. */
export const TRACE_API = [
  [traceRoutes, TRACE_DESCRIPTIONS],
  [traceV2Routes, TRACE_V2_DESCRIPTIONS],
  [assessmentRoutes, ASSESSMENT_DESCRIPTIONS],
] as const;
