import type { FastifyInstance } from "fastify";
import type { TrackingBackend } from "../tracking-backend.js";
import { addRoutes, answerBytes, type Routes } from "./api.js";
import { MONITOR_DESCRIPTIONS, SERIES_DESCRIPTIONS } from "./descriptions/monitors.js";
import type { CanaryRound, StoreMonitors, WatchedServer } from "./monitors.js";
import { runId } from "./run-routes.js";

const POINTS = 300;

/** Adds what the web application asks of monitors, and of metrics over time. */
export function addMonitorRoutes(app: FastifyInstance, backend: TrackingBackend, monitors: StoreMonitors | undefined): void {
  addRoutes(app, seriesRoutes(backend), SERIES_DESCRIPTIONS);
  if (monitors) addRoutes(app, monitorRoutes(monitors), MONITOR_DESCRIPTIONS);
}

function seriesRoutes(backend: TrackingBackend): Routes {
  return {
    "GET llmops/1/metrics/series": answerBytes(async (fields) => {
      const { runId: found } = await backend.getRunInfo(runId(fields));
      const [from, to] = [fields.requiredInteger("from"), fields.requiredInteger("to")];
      return backend.views.metricSeries({
        ...{ runId: found, keys: [...new Set(fields.texts("keys"))], from, to },
        points: fields.integer("points") ?? POINTS,
      });
    }),
  };
}

function monitorRoutes(monitors: StoreMonitors): Routes {
  return {
    "GET llmops/1/monitors": async () => ({ monitors: (await monitors.servers()).map(serverToWire) }),
    "GET llmops/1/monitors/events": async (fields) => ({ events: await monitors.events(runId(fields)) }),
    "GET llmops/1/canaries": async () => ({ rounds: (await monitors.canaries()).map(roundToWire) }),
  };
}

function serverToWire({ runId, runName, experimentId, ...server }: WatchedServer): object {
  return { run_id: runId, run_name: runName, experiment_id: experimentId, ...server };
}

function roundToWire({ runId, experimentId, verdict, document }: CanaryRound): object {
  return { run_id: runId, experiment_id: experimentId, verdict, document };
}
