import { z } from "zod";
import { MISSING, type ApiDescriptions } from "./description.js";
import { runId, textList } from "./fields.js";

const count = z.number().int();
const time = count.describe("Milliseconds since the epoch.");
const ids = { run_id: z.string(), experiment_id: z.string() };

/** An alert of the overview. */
export const firingAlert = z.object({
  source: z.enum(["monitor", "canary"]),
  name: z.string(),
  severity: z.string(),
  summary: z.string(),
  evidence: z.string(),
  target: z.string(),
  since: time,
  seen: z.number().describe("When it was last known to fire."),
  silent: z.boolean().describe("Its monitor is running, and has recorded nothing since."),
  ...ids,
});

/** Metrics over time, for charts that follow a clock: an API of llmops, beside MLflow's. */
export const SERIES_DESCRIPTIONS: ApiDescriptions = {
  "GET llmops/1/metrics/series": {
    summary: "Read metrics of a run between two times, with the mean and the extremes of equal stretches of time",
    fields: z.object({
      ...runId,
      keys: textList("The metrics, at most 100."),
      from: time,
      to: time,
      points: count.optional().describe("At most so many stretches, up to 1000; 300 when absent."),
    }),
    answer: z.object({
      series: z.array(
        z.object({
          key: z.string(),
          points: z
            .array(
              z.object({
                time: count.describe("Of the last value in the stretch."),
                mean: z.number(),
                min: z.number(),
                max: z.number(),
                points: count.describe("How many values it stands for."),
              }),
            )
            .describe("Stretches without finite values are left out."),
        }),
      ),
    }),
    errors: MISSING,
  },
};

/** What monitors recorded: an API of llmops, beside MLflow's. */
export const MONITOR_DESCRIPTIONS: ApiDescriptions = {
  "GET llmops/1/monitors": {
    summary: "Read how the watched servers are, from the runs of their monitors, the newest 50",
    answer: z.object({
      monitors: z.array(
        z.object({
          ...{ run_id: z.string(), run_name: z.string(), experiment_id: z.string(), target: z.string() },
          state: z
            .enum(["watching", "silent", "polled", "stopped"])
            .describe("silent: running, and not heard of for several intervals. polled: once."),
          seen: z.number().nullable().describe("When the monitor last recorded something, in milliseconds since the epoch."),
          document: z
            .looseObject({ schema: z.literal("llmops.monitor-status/1") })
            .nullable()
            .describe("monitor.json of the run; null before the first poll."),
        }),
      ),
    }),
  },
  "GET llmops/1/monitors/events": {
    summary: "Read the last alerts of a monitor's run, oldest first",
    fields: z.object(runId),
    answer: z.object({
      events: z.array(
        z.looseObject({
          event: z.enum(["firing", "still firing", "resolved"]),
          time: z.number(),
          since: z.number(),
          name: z.string(),
          severity: z.string(),
          summary: z.string(),
          evidence: z.string(),
        }),
      ),
    }),
    errors: MISSING,
  },
  "GET llmops/1/canaries": {
    summary: "Read the last 100 rounds of canaries, newest first",
    answer: z.object({
      rounds: z.array(z.object({ ...ids, verdict: z.string(), document: z.looseObject({ schema: z.literal("llmops.monitor-canary/2") }) })),
    }),
  },
};
