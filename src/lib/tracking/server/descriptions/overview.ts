import { z } from "zod";
import type { ApiDescriptions } from "./description.js";
import { firingAlert } from "./monitors.js";
import { runStatus } from "./views.js";

const count = z.number().int();
const texts = z.record(z.string(), z.string());
const runOf = { run_id: z.string(), run_name: z.string(), experiment_id: z.string() };

/** The store at a glance. */
export const OVERVIEW_DESCRIPTIONS: ApiDescriptions = {
  "GET llmops/1/overview": {
    summary: "Read what is running, what ended last, which models are registered, at most 20 of each, and which alerts fire",
    answer: z.object({
      experiments: count,
      runs: count,
      running: z.array(
        z.object({
          ...runOf,
          start_time: count,
          progress: z.number().nullable().describe("The fraction of a study's cells that are done."),
          eta_ms: z.number().nullable().describe("Estimated milliseconds until the study is done."),
          tags: texts.describe("Those of llmops."),
        }),
      ),
      recent: z.array(
        z.object({
          ...runOf,
          status: runStatus,
          end_time: count.nullable(),
          kind: z.string().nullable().describe("What a study is; null for other runs."),
          verdict: z.string().nullable().describe("The result of a study."),
          error: z.string().nullable().describe("Why a study failed; null for other runs."),
        }),
      ),
      models: z.array(
        z.object({ name: z.string(), newest_version: z.string().nullable(), champion: z.string().nullable(), aliases: texts }),
      ),
      alerts: z.array(firingAlert).describe("What monitors and canaries last saw to fire, critical alerts first."),
    }),
  },
};
