import { collectPages } from "../collect-pages.js";
import type { RegisteredModel } from "../registry-records.js";
import type { TrackingBackend } from "../tracking-backend.js";
import { findRuns, type WireRow } from "../wire/views.js";
import type { Routes } from "./api.js";
import type { FiringAlert, StoreMonitors } from "./monitors.js";

const SHOWN = 20;
const PAGE = 1000;

/** What the application's first page shows: what fires, what is running, what ended last, and the registered models. */
export function overviewRoutes(backend: TrackingBackend, monitors?: StoreMonitors): Routes {
  const { views, registry } = backend;
  const roots = { experimentIds: [], parent: "roots", offset: 0, limit: SHOWN, metrics: "last" } as const;
  return {
    "GET llmops/1/overview": async () => {
      const experiments = await collectPages((pageToken) => backend.searchExperiments({ maxResults: PAGE, pageToken }));
      const { total: runs } = await findRuns(views, { experimentIds: [], offset: 0, limit: 1 });
      const running = await findRuns(views, { ...roots, filter: "attributes.status = 'RUNNING'" });
      const ended = await findRuns(views, { ...roots, filter: "attributes.end_time > 0", orderBy: ["attributes.end_time DESC"] });
      const models = await registry.searchModels({ maxResults: SHOWN });
      return {
        experiments: experiments.length,
        runs,
        running: running.runs.map(runningToWire),
        recent: ended.runs.map(endedToWire),
        models: models.items.map(modelToWire),
        alerts: ((await monitors?.firing()) ?? []).map(alertToWire),
      };
    },
  };
}

function runningToWire({ run_id, run_name, experiment_id, start_time, tags }: WireRow): object {
  const progress = numberIn(tags["llmops.progress"]);
  return {
    ...{ run_id, run_name, experiment_id, start_time },
    ...{ progress, eta_ms: numberIn(tags["llmops.eta_ms"]), tags: ownTags(tags) },
  };
}

function endedToWire({ run_id, run_name, experiment_id, status, end_time, tags }: WireRow): object {
  const { "llmops.kind": kind = null, "llmops.verdict": verdict = null, "llmops.error": why = null } = tags;
  return { run_id, run_name, experiment_id, status, end_time, kind, verdict, error: status === "FAILED" ? why : null };
}

function modelToWire({ name, aliases, latestVersions }: RegisteredModel): object {
  const newest = Math.max(...latestVersions.map(({ version }) => Number(version)));
  return { name, newest_version: latestVersions.length === 0 ? null : String(newest), champion: aliases["champion"] ?? null, aliases };
}

function alertToWire({ runId, experimentId, isSilent, ...alert }: FiringAlert): object {
  return { ...alert, silent: isSilent, run_id: runId, experiment_id: experimentId };
}

function ownTags(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => key.startsWith("llmops.")));
}

/** What a tag says, which anybody may have written. */
function numberIn(text: string | undefined): number | null {
  const value = Number(text ?? NaN);
  return Number.isFinite(value) && value >= 0 ? value : null;
}
